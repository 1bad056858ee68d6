import { expect, test } from 'vitest';
import { kept } from './sample.ts';

const keys = Array.from({ length: 20_000 }, (_, i) => `message:order-${i}`);

test('the share that is kept is the share that was asked for, also of keys that differ in one digit', () => {
  for (const share of [0.01, 0.1, 0.5, 0.9]) {
    const part = keys.filter((key) => kept(key, share)).length / keys.length;
    expect(Math.abs(part - share)).toBeLessThan(0.012);
  }
});

test('all are kept at 1; what a smaller share keeps, a larger keeps too', () => {
  expect(keys.every((key) => kept(key, 1))).toBe(true);
  expect(keys.filter((key) => kept(key, 0.1)).every((key) => kept(key, 0.3))).toBe(true);
});
