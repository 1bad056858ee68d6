import { expect, test } from 'vitest';
import { growthOf } from './growth';

test('growth is what came in the last ten minutes, not what came before', () => {
  expect(growthOf([0, 9_000, ...new Array<number>(11).fill(9_000)])).toBe(0);
  expect(growthOf([0, null, 20])).toBe(10);
  expect(growthOf([30, 10])).toBe(-20);
});

test('of one point nobody knows', () => {
  expect(growthOf([])).toBeNull();
  expect(growthOf([null, 5])).toBeNull();
});
