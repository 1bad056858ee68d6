import { expect, test } from 'vitest';
import { growthOf } from './growth';

test('growth is what came in the last ten minutes, not what came before', () => {
  expect(growthOf([0, 9_000, ...new Array<number>(11).fill(9_000)])).toEqual({ by: 0, minutes: 10 });
  expect(growthOf([0, null, 20])).toEqual({ by: 20, minutes: 2 });
  expect(growthOf([30, 10])).toEqual({ by: -20, minutes: 1 });
});

test('of one point nobody knows', () => {
  expect(growthOf([])).toBeNull();
  expect(growthOf([null, 5])).toBeNull();
});
