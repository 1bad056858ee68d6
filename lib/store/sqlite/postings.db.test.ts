import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Db, openDatabase } from './database.ts';
import { bringUp } from './journeys-schema.ts';
import { PostingReader } from './posting-reader.ts';
import { COMMON_PAIRS, PostingRows } from './postings.ts';

let dir = '';
let db: Db;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hoplight-postings-'));
  db = openDatabase(join(dir, 'journeys.db'));
  bringUp(db);
});
afterEach(() => {
  db.close();
  rmSync(dir, { recursive: true });
});

const count = (table: string) => db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get();

/** 40 batches of 600 pairs: tokens 1 to 50 in turn, of journeys 1, 2, … */
function fill(postings: PostingRows, segment: number, from = 0): Map<number, number[]> {
  const all = new Map<number, number[]>();
  for (let batch = from; batch < from + 40; batch++) {
    const numbers = Array.from({ length: 600 }, (_, i) => batch * 600 + i + 1);
    const tokens = numbers.map((n) => 1 + ((n * 7) % 50));
    numbers.forEach((n, i) => {
      const token = tokens[i] ?? 0;
      all.set(token, [...(all.get(token) ?? []), n]);
    });
    db.transaction(() => postings.add(segment, { tokens, numbers }))();
  }
  return all;
}

test('every token leads to all of its journeys, through all merging, and a full segment keeps one run', () => {
  const postings = new PostingRows(db);
  const reader = new PostingReader(db);
  const all = fill(postings, 1);
  const numbersOf = (token: number) => reader.find([[token]])[0]?.numbers.sort((a, b) => a - b);
  expect(count('posting_runs')).toBeLessThan(16);
  for (const [token, numbers] of all) expect(numbersOf(token)).toEqual(numbers);
  expect(reader.find([[51], [0], [2 ** 32 - 1]]).map((f) => [f.numbers.length, f.segments.size])).toEqual([
    [0, 0],
    [0, 0],
    [0, 0],
  ]);
  postings.add(2, { tokens: [3], numbers: [1_000_000] });
  expect(count('posting_runs')).toBe(2);
  expect(numbersOf(3)).toEqual([...(all.get(3) ?? []), 1_000_000]);
  expect([...(reader.find([[3, 4]])[0]?.segments ?? [])].sort()).toEqual([1, 2]);
  postings.prune(2);
  expect(numbersOf(3)).toEqual([1_000_000]);
  expect(count('postings')).toBe(1);
});

test('a token of very many journeys is only marked, and pairs written twice are kept once', () => {
  const postings = new PostingRows(db);
  const reader = new PostingReader(db);
  const many = Array.from({ length: COMMON_PAIRS + 1 }, (_, i) => i + 1);
  postings.add(1, { tokens: many.map(() => 2 ** 40 + 9), numbers: many });
  postings.add(1, { tokens: [9, 9, 8, 8], numbers: [1, 7, 5, 5] });
  postings.add(2, { tokens: [], numbers: [] });
  const [common, once] = reader.find([[9], [8]]);
  expect(common).toMatchObject({ common: true, numbers: [] });
  expect(once).toMatchObject({ common: false, numbers: [5] });
});
