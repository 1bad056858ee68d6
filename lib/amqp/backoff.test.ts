import { expect, test } from 'vitest';
import { backoffDelay } from './backoff.ts';

/** failures   1     2     3     4      5      6 …
 *  waits    0.2 s 0.4 s 0.8 s 1.6 s  2.0 s  2.0 s, each less up to a quarter */
test('waits double from 0.2 s up to 2 s', () => {
  const waits = [1, 2, 3, 4, 5, 6, 1_000].map((n) => backoffDelay(n, () => 0));
  expect(waits).toEqual([200, 400, 800, 1_600, 2_000, 2_000, 2_000]);
});

test('jitter takes off up to a quarter and never adds', () => {
  expect(backoffDelay(1, () => 0.999_999)).toBeCloseTo(150, 1);
  expect(backoffDelay(9, () => 0.5)).toBe(1_750);
});
