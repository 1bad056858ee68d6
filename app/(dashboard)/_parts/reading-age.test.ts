import { describe, expect, it } from 'vitest';
import type { ReadingCost } from '@/lib/model/live';
import { ageOf, paceWords } from './reading-age';

const now = 1_700_000_100_000;
const reading = (what: ReadingCost['what'], ageMs: number | null, everyMs: number): ReadingCost => ({
  what,
  from: '/api/queues',
  readAt: ageMs === null ? null : now - ageMs,
  tookMs: 1_410,
  everyMs,
});

describe('how old figures are', () => {
  it('says nothing of what is young, was never read, or was not asked for', () => {
    const readings = [
      reading('depths', 9_000, 2_000),
      reading('rates', null, 20_000),
      reading('nodes', 60_000, 2_000),
    ];
    expect(ageOf(readings, ['depths', 'rates'], now)).toBeNull();
  });

  it('speaks steadily of a slow pace, while figures age and are renewed', () => {
    const words = [500, 7_000, 14_100].map(
      (age) => ageOf([reading('rates', age, 14_100)], ['rates'], now)?.words,
    );
    expect(words).toEqual(Array(3).fill('rates up to 15 s old'));
    expect(ageOf([reading('rates', 7_000, 14_100)], ['rates'], now)?.title).toBe(
      'rates: 7 s old, read from /api/queues each 14 s; the broker took 1.41 s.',
    );
  });

  it('counts what is later than its pace, with the part that is so', () => {
    const readings = [reading('depths', 1_000, 2_000), reading('rates', 34_000, 2_000)];
    expect(ageOf(readings, ['depths', 'rates'], now)?.words).toBe('rates 34 s old');
  });
});

it('writes a pace with what it is worth', () => {
  expect([2_000, 2_345, 14_100, 75_000].map(paceWords)).toEqual([
    'each 2 s',
    'each 2.3 s',
    'each 14 s',
    'each 1 m',
  ]);
});
