import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isHoplightError } from '../../model/errors.ts';
import type { Fact } from '../../model/fact.ts';
import {
  type FactStoreLimits,
  type FactStoreUnderTest,
  factStoreContract,
  stateStoreContract,
} from '../contract.ts';
import { searchContract } from '../contract-search.ts';
import type { StateStoreUnderTest } from '../contract-state.ts';
import { factOf } from '../fact-samples.ts';
import { openDatabase } from './database.ts';
import { openFactReader } from './fact-reader.ts';
import { openFactWriter } from './fact-writer.ts';
import { MOST_NAMES, NameRows } from './name-rows.ts';
import { listSegments, segmentFile } from './segment-files.ts';
import { openStateStore } from './state-store.ts';

const DAY = 86_400_000;
const limits = { limitBytes: 2 ** 30, maxAgeMs: DAY, segmentFacts: 1_000 };
const folder = () => mkdtempSync(join(tmpdir(), 'hoplight-store-'));

function factStore(o: FactStoreLimits = {}, dir = folder()): FactStoreUnderTest {
  const writer = openFactWriter(dir, { ...limits, clock: () => 1_700_000_000_000, ...o });
  const reader = openFactReader(dir, { clock: o.clock });
  return {
    writer,
    reader,
    reopen() {
      writer.close();
      reader.close();
      return factStore(o, dir);
    },
    destroy() {
      writer.close();
      reader.close();
      rmSync(dir, { recursive: true });
    },
  };
}

function stateStore(clock?: () => number, dir = folder()): StateStoreUnderTest {
  const store = openStateStore(join(dir, 'state.db'), { clock });
  return {
    store,
    reopen() {
      store.close();
      return stateStore(clock, dir);
    },
    destroy() {
      store.close();
      rmSync(dir, { recursive: true });
    },
  };
}

describe('the fact store in SQLite', () => factStoreContract(factStore));
describe('search in SQLite', () => searchContract(factStore));
describe('the state store in SQLite', () => stateStoreContract((clock) => stateStore(clock)));

describe('files that cannot be used', () => {
  let dir = '';
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  function refusal(work: () => unknown) {
    try {
      work();
    } catch (error) {
      if (isHoplightError(error)) return { code: error.code, words: error.message, next: error.more.next };
      throw error;
    }
    throw new Error('nothing was refused');
  }

  test('a second writer is told that the folder is in use, and may come when the first has gone', () => {
    dir = folder();
    const first = openFactWriter(dir, limits);
    expect(refusal(() => openFactWriter(dir, limits))).toMatchObject({
      code: 'busy',
      words: expect.stringContaining('in use'),
      next: expect.stringContaining('HOPLIGHT_DATA'),
    });
    first.close();
    openFactWriter(dir, limits).close();
  });

  test('a damaged file is named, with what to do, by writer, reader and state store', () => {
    dir = folder();
    for (const name of ['journeys.db', 'state.db'])
      writeFileSync(join(dir, name), 'not a database '.repeat(500));
    const damaged = { code: 'internal', words: expect.stringContaining('damaged'), next: expect.any(String) };
    expect(refusal(() => openFactWriter(dir, limits))).toMatchObject(damaged);
    expect(refusal(() => openFactReader(dir).size())).toMatchObject(damaged);
    expect(refusal(() => openStateStore(join(dir, 'state.db')))).toMatchObject(damaged);
    rmSync(join(dir, 'journeys.db'));
    // the refused writer let go of the folder
    const writer = openFactWriter(dir, limits);
    writer.append([factOf()]);
    writer.close();
    writeFileSync(segmentFile(dir, 1), 'not a database '.repeat(500));
    expect(refusal(() => openFactWriter(dir, limits))).toMatchObject(damaged);
    const reader = openFactReader(dir);
    expect(refusal(() => reader.journeyFacts('message:m-1', 10))).toMatchObject(damaged);
    reader.close();
  });

  test('a folder that cannot be made is an error in words', () => {
    dir = folder();
    writeFileSync(join(dir, 'file'), '');
    expect(refusal(() => openFactWriter(join(dir, 'file', 'facts'), limits))).toMatchObject({
      code: 'internal',
    });
  });

  test('a reader before the first writer finds an empty store, and the facts when they come', () => {
    dir = folder();
    const reader = openFactReader(join(dir, 'later'));
    expect(reader.size()).toEqual({ facts: 0, bytes: 0, limitBytes: 0, segments: 0, oldestAt: null });
    expect(reader.list({ limit: 5 }, ['/'])).toEqual({ journeys: [], next: null, searchedTo: null });
    expect(reader.journeyFacts('message:m-1', 5)).toEqual([]);
    const writer = openFactWriter(join(dir, 'later'), limits);
    writer.append([factOf()]);
    expect(reader.journeyFacts('message:m-1', 5)).toHaveLength(1);
    reader.close();
    writer.close();
  });
});

describe('what an earlier Hoplight left', () => {
  let dir = '';
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  /** As the first version wrote it: other tables of journeys, tokens in the segments. */
  function leaveOldStore(): Fact[] {
    const header = { name: 'tenant', type: 'S' as const, value: 'acme' };
    const message = { properties: {}, headers: [header], body: { size: 0, data: null, truncated: false } };
    const facts = ['a', 'b', 'c'].map((messageId) => factOf({ ids: { messageId }, message }));
    const writer = openFactWriter(dir, { ...limits, segmentFacts: 2 });
    for (const fact of facts) writer.append([fact]);
    writer.heartbeat(7);
    writer.close();
    const journeys = openDatabase(join(dir, 'journeys.db'));
    journeys.exec(`DROP TABLE journeys; DROP TABLE postings; DROP TABLE broker_events;
      CREATE TABLE journeys (number INTEGER PRIMARY KEY, hash INTEGER NOT NULL, queues TEXT NOT NULL);
      DELETE FROM migrations WHERE version > 1; DELETE FROM settings WHERE name = 'derived'`);
    journeys.close();
    for (const number of listSegments(dir)) {
      const segment = openDatabase(segmentFile(dir, number));
      segment.exec(`CREATE TABLE tokens (token INTEGER, journey INTEGER, PRIMARY KEY (token, journey)) WITHOUT ROWID;
        DELETE FROM migrations WHERE version > 1`);
      segment.close();
    }
    return facts;
  }

  test('is kept: its facts are made into journeys anew, found by all that is searched now', () => {
    dir = folder();
    const facts = leaveOldStore();
    const reader = openFactReader(dir);
    expect(reader.list({ limit: 5 }, ['/']).journeys).toEqual([]);
    for (const opened of [1, 2]) {
      const writer = openFactWriter(dir, limits);
      expect(writer.size().facts).toBe(3);
      expect(writer.lastHeartbeat()).toBe(7);
      expect(reader.list({ limit: 5, header: ['tenant=acme'] }, ['/']).journeys).toHaveLength(3);
      expect(reader.list({ limit: 5 }, ['/']).journeys.map((j) => j.messages)).toEqual([1, 1, 1]);
      expect(reader.find('a', 5)).toHaveLength(1);
      if (opened === 2) expect(writer.append(facts)).toBe(0);
      writer.close();
    }
    reader.close();
  });

  test('nothing of what was purged is left in the files, and a purge that was cut short is made good', () => {
    dir = folder();
    const writer = openFactWriter(dir, { ...limits, segmentFacts: 3 });
    const secret = (at: number, words: string) => {
      const data = Buffer.from(`body ${words}`).toString('base64');
      const header = { name: 'card', type: 'S' as const, value: `header ${words}` };
      return factOf({
        ids: { messageId: `id ${words}` },
        at,
        user: `user ${words}`,
        routingKeys: [`key ${words}`],
        message: { properties: {}, headers: [header], body: { size: 30, data, truncated: false } },
      });
    };
    writer.append([
      secret(1, '4111111111111111'),
      secret(2, '4222222222222222'),
      secret(9, '5555444433332222'),
    ]);
    writer.append([secret(3, '4333333333333333')]);
    expect(writer.purge(5)).toBe(3);
    const bytes = () =>
      readdirSync(dir)
        .map((name) => readFileSync(join(dir, name)).toString('latin1'))
        .join('');
    expect(bytes().includes('body 5555444433332222')).toBe(true);
    expect(/4111111111111111|4222222222222222|4333333333333333/.exec(bytes())).toBeNull();
    // a process that ended in the middle
    writer.putSetting('derived', 'purging');
    writer.close();
    const again = openFactWriter(dir, limits);
    const reader = openFactReader(dir);
    expect(reader.list({ limit: 5, client: 'user' }, ['/']).journeys).toHaveLength(1);
    expect(again.purge(null)).toBe(1);
    expect(/5555444433332222/.exec(bytes())).toBeNull();
    again.close();
    reader.close();
  });
});

test('where names have no end, patterns and parts of names are looked for in the facts', () => {
  const dir = folder();
  const writer = openFactWriter(dir, limits);
  const reader = openFactReader(dir);
  const key = (n: number) =>
    factOf({ ids: { messageId: `${n}` }, routingKeys: [`order.${n}`], user: `u${n}` });
  writer.append([key(1), key(2)]);
  const db = openDatabase(join(dir, 'journeys.db'));
  const names = () => db.prepare<[], number>('SELECT count(*) FROM names').pluck().get() ?? 0;
  const rows = new NameRows(db);
  const many = Array.from({ length: MOST_NAMES + 500 }, (_, n) => key(n + 10));
  db.transaction(() => rows.note(1, many))();
  const full = names();
  db.transaction(() => rows.note(1, [key(1e9)]))();
  expect(full).toBeLessThan(2 * MOST_NAMES + 10);
  expect(names()).toBe(full);
  db.exec('DELETE FROM names WHERE segment = 1 AND length(name) > 0'); // as if they had come after those that are known
  const found = (query: object) => reader.list({ limit: 5, ...query }, ['/']).journeys.map((j) => j.id);
  expect(found({ key: '*.2' })).toEqual(['message:2']);
  expect(found({ client: 'U1' })).toEqual(['message:1']);
  expect(found({ key: 'order.*', client: 'u3' })).toEqual([]);
  db.close();
  writer.close();
  reader.close();
  rmSync(dir, { recursive: true });
});

test('files are readable by their owner alone, also in a folder that anybody may enter', () => {
  const dir = folder();
  chmodSync(dir, 0o755);
  const writer = openFactWriter(dir, limits);
  const store = openStateStore(join(dir, 'state.db'));
  writer.append([factOf()]);
  const open = readdirSync(dir).filter((name) => (statSync(join(dir, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
  writer.close();
  store.close();
  rmSync(dir, { recursive: true });
});
