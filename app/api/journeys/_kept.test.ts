import { expect, it } from 'vitest';
import { createKept } from './_kept.ts';

it('makes a value again when its state or subject changed, or when others pushed it out', () => {
  const kept = createKept<number>(2);
  let made = 0;
  const topology = {};
  const ask = (key: string, state = 's', about: object | null = topology) =>
    kept.of(key, state, about, () => ++made);
  expect([ask('a'), ask('a')]).toEqual([1, 1]);
  expect(ask('a', 'changed')).toBe(2);
  expect(ask('a', 'changed', {})).toBe(3);
  expect([ask('b'), ask('c'), ask('b')]).toEqual([4, 5, 4]);
  expect(ask('a')).toBe(6);
});
