import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { isHoplightError } from '../../model/errors.ts';
import {
  type FactStoreLimits,
  type FactStoreUnderTest,
  factStoreContract,
  stateStoreContract,
} from '../contract.ts';
import { searchContract } from '../contract-search.ts';
import type { StateStoreUnderTest } from '../contract-state.ts';
import { factOf } from '../fact-samples.ts';
import { openFactReader } from './fact-reader.ts';
import { openFactWriter } from './fact-writer.ts';
import { segmentFile } from './segment-files.ts';
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
