/**
 * The audit log's chain: whatever somebody does to the file behind Hoplight's back shows, at the entry where it begins.
 *
 *   1 ──seal──▶ 2 ──seal──▶ 3 ──seal──▶ 4 ──seal──▶ 5      head: 5
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { auditQuerySchema } from '../../model/audit.ts';
import { canonical } from '../act-seal.ts';
import type { StateStore } from '../state.ts';
import { openStateStore } from './state-store.ts';

const T0 = 1_700_000_000_000;
let dir = '';
let file = '';
let store: StateStore;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hoplight-acts-'));
  file = join(dir, 'state.db');
  store = openStateStore(file);
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true });
});

function intend(n: number, more: { by?: string; kind?: string; intent?: unknown } = {}): void {
  const { by = 'anna', kind = 'publish', intent = { n } } = more;
  store.recordIntent({ id: `a${n}`, at: T0 + n, by, kind, words: `Act ${n}`, intent, href: null });
}

/** Five entries, four of them with an outcome. */
function five(): void {
  for (const n of [1, 2, 3, 4, 5]) intend(n);
  for (const n of [1, 2, 3, 4]) store.recordOutcome(`a${n}`, `done ${n}`, T0 + 10 + n);
}

function tamper(sql: string): void {
  store.close();
  const db = new Database(file);
  db.exec(sql);
  db.close();
  store = openStateStore(file);
}

test('a chain that nobody touched is whole, over restarts, and its head is the last seal', () => {
  expect(store.verifyChain()).toEqual({ state: 'whole', checked: 0, brokenAt: null, head: null });
  five();
  const before = store.verifyChain();
  expect(before).toMatchObject({ state: 'whole', checked: 5, brokenAt: null });
  store.close();
  store = openStateStore(file);
  expect(store.verifyChain()).toEqual(before);
  intend(6);
  const after = store.verifyChain();
  expect(after).toMatchObject({ state: 'whole', checked: 6 });
  expect(after.head).toMatch(/^[0-9a-f]{64}$/);
  expect(after.head).toBe(store.acts(auditQuerySchema.parse({}))[0]?.seal);
});

describe('a chain that somebody changed behind our back is broken', () => {
  test.each([
    ['words', "UPDATE acts SET words = 'x' WHERE number = 3", 3],
    ['the time', 'UPDATE acts SET at = at + 1 WHERE number = 3', 3],
    ['who', "UPDATE acts SET by_user = 'bert' WHERE number = 2", 2],
    ['the kind', "UPDATE acts SET kind = 'tap' WHERE number = 2", 2],
    ['the intent', 'UPDATE acts SET intent = \'{"n":9}\' WHERE number = 4', 4],
    ['the link', "UPDATE acts SET href = '/x' WHERE number = 1", 1],
    ['the ID', "UPDATE acts SET id = 'other' WHERE number = 1", 1],
    ['an outcome', "UPDATE acts SET outcome = 'failed' WHERE number = 2", 2],
    ['the time of an outcome', 'UPDATE acts SET outcome_at = outcome_at + 1 WHERE number = 2', 2],
    ['an outcome that was never written', "UPDATE acts SET outcome = 'done' WHERE number = 5", 5],
    ['an outcome taken away', 'UPDATE acts SET outcome = NULL WHERE number = 3', 3],
    ['a seal', "UPDATE acts SET seal = 'ff' WHERE number = 3", 3],
    ['a seal taken away', 'UPDATE acts SET seal = NULL, outcome_seal = NULL WHERE number = 3', 3],
    ['the first entry removed', 'DELETE FROM acts WHERE number = 1', 2],
    ['one removed in the middle', 'DELETE FROM acts WHERE number = 3', 4],
    [
      'one removed and the others moved up',
      'DELETE FROM acts WHERE number = 3; UPDATE acts SET number = number - 1 WHERE number > 3',
      3,
    ],
    [
      'two that changed places',
      'UPDATE acts SET number = 99 WHERE number = 2; UPDATE acts SET number = 2 WHERE number = 3; UPDATE acts SET number = 3 WHERE number = 99',
      2,
    ],
    ['the end moved on, with a hole before it', 'UPDATE acts SET number = number + 10 WHERE number > 3', 14],
    ['the last removed', 'DELETE FROM acts WHERE number = 5', 5],
    ['the last three removed', 'DELETE FROM acts WHERE number > 2', 3],
    ['all removed', 'DELETE FROM acts', 1],
    [
      'one put in',
      "INSERT INTO acts (number, id, at, by_user, kind, words, intent) VALUES (6, 'x', 1, 'x', 'x', 'x', '{}')",
      6,
    ],
  ])('%s', (_what, sql, brokenAt) => {
    five();
    tamper(sql);
    expect(store.verifyChain()).toMatchObject({ state: 'broken', brokenAt });
    // what comes later hides nothing
    intend(7);
    expect(store.verifyChain()).toMatchObject({ state: 'broken' });
  });
});

test('a change to an old entry is seen while it runs, not only after a restart', async () => {
  five();
  expect(store.verifyChain().state).toBe('whole');
  const other = new Database(file);
  other.exec("UPDATE acts SET words = 'x' WHERE number = 1");
  other.close();
  await expect.poll(() => store.verifyChain()).toMatchObject({ state: 'broken', brokenAt: 1 });
});

test('entries from before there were seals stand outside the chain, and none can be slipped in later', () => {
  tamper(
    "INSERT INTO acts (number, id, at, by_user, kind, words, intent) VALUES (1, 'old', 1, 'x', 'x', 'Old', '{}')",
  );
  intend(2);
  store.recordOutcome('old', 'done', T0);
  expect(store.verifyChain()).toMatchObject({ state: 'whole', checked: 1 });
});

test('two processes on one file make one chain', () => {
  const other = openStateStore(file);
  for (let n = 1; n <= 20; n++) {
    const entry = { id: `b${n}`, at: T0, by: 'b', kind: 'k', words: 'w', intent: n, href: null };
    (n % 2 ? store : other).recordIntent(entry);
  }
  expect(other.verifyChain()).toMatchObject({ state: 'whole', checked: 20 });
  other.close();
});

test('is asked for by who, kind, time and text, a page at a time', () => {
  for (let n = 1; n <= 9; n++)
    intend(n, { by: n % 3 ? 'anna' : 'bert', kind: n % 2 ? 'replay' : 'tap', intent: { queue: `q"${n}%` } });
  store.recordOutcome('a4', 'failed: full', T0 + 20);
  const numbers = (query: object) => store.acts(auditQuerySchema.parse(query)).map((e) => e.number);
  expect(numbers({})).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
  expect(numbers({ by: 'bert' })).toEqual([9, 6, 3]);
  expect(numbers({ by: 'bert', kind: 'replay' })).toEqual([9, 3]);
  expect(numbers({ from: T0 + 3, to: T0 + 5 })).toEqual([5, 4, 3]);
  expect(numbers({ before: 4, limit: 2 })).toEqual([3, 2]);
  expect(numbers({ text: 'FULL' })).toEqual([4]);
  expect(numbers({ text: 'act 7' })).toEqual([7]);
  expect(numbers({ text: 'q"5%' })).toEqual([5]);
  expect(numbers({ text: '5_' })).toEqual([]);
  expect(numbers({ text: store.acts(auditQuerySchema.parse({ before: 3 }))[0]?.seal })).toEqual([2]);
  expect(store.actNames()).toEqual({ users: ['anna', 'bert'], kinds: ['replay', 'tap'] });
  const [entry] = store.acts(auditQuerySchema.parse({ text: 'full' }));
  expect(entry).toMatchObject({ intent: { queue: 'q"4%' }, outcome: 'failed: full', outcomeAt: T0 + 20 });
});

test('canonical JSON is the same for the same value, whatever the order of its names', () => {
  expect(canonical({ b: [1, { z: null, a: 'ä"\n' }], a: undefined, 10: 1, 9: 2 })).toBe(
    '{"10":1,"9":2,"b":[1,{"a":"ä\\"\\n","z":null}]}',
  );
  expect(canonical(JSON.parse('{"__proto__":{"y":1,"x":2}}'))).toBe('{"__proto__":{"x":2,"y":1}}');
  expect(canonical(undefined)).toBe('null');
});

test('a note and a mute of a cause are kept, changed and taken away; a mute runs out', () => {
  const note = (cause: string, text: string, mutedUntil: number | null) =>
    store.putCauseNote({ vhost: '/', queue: 'dead', cause, text, mutedUntil }, 'anna', T0);
  note('c1', 'psp is down', T0 + 100);
  note('c2', '', T0 + 50);
  note('__proto__', 'a name like any other', null);
  expect(store.causeNotes('/', 'dead')).toEqual(
    Object.fromEntries([
      ['c1', { text: 'psp is down', mutedUntil: T0 + 100, by: 'anna', at: T0 }],
      ['c2', { text: '', mutedUntil: T0 + 50, by: 'anna', at: T0 }],
      ['__proto__', { text: 'a name like any other', mutedUntil: null, by: 'anna', at: T0 }],
    ]),
  );
  expect(store.mutedCauses(T0 + 60)).toEqual([{ vhost: '/', queue: 'dead', cause: 'c1' }]);
  note('c1', 'mended', null);
  note('c2', '', null);
  expect(store.mutedCauses(T0)).toEqual([]);
  expect(Object.keys(store.causeNotes('/', 'dead'))).toEqual(['__proto__', 'c1']);
  expect(store.causeNotes('/', 'other')).toEqual({});
});
