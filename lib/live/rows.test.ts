import { expect, it } from 'vitest';
import { queue } from '../../test/build.ts';
import type { Attention } from '../model/live.ts';
import { createRows } from './rows.ts';

const attention: Attention = {
  code: 'growing',
  level: 'warn',
  vhost: '/',
  queue: 'b',
  words: 'growing',
  figure: '1',
  since: null,
};

it('gives the same row again for a queue that rests, wherever it stands', () => {
  const rowsOf = createRows();
  const first = rowsOf([queue('a'), queue('b'), queue('c', { ready: 1 })], () => [0, 1], []);
  const second = rowsOf([queue('b'), queue('a'), queue('c', { ready: 2 })], () => [0, 1], []);
  expect([second[0], second[1]]).toEqual([first[1], first[0]]);
  expect(second[0]).toBe(first[1]);
  expect(second[1]).toBe(first[0]);
  expect(second[2]).toMatchObject({ ready: 2 });
});

it('makes a new one when its line or what it needs changes, and says the gravest', () => {
  const rowsOf = createRows();
  const [a, b] = rowsOf([queue('a'), queue('b')], () => [0], []);
  const next = rowsOf([queue('a'), queue('b')], (_, name) => (name === 'a' ? [0, 5] : [0]), [
    attention,
    { ...attention, words: 'less grave' },
  ]);
  expect(next[0]).not.toBe(a);
  expect(next[0]?.spark).toEqual([0, 5]);
  expect(next[1]).not.toBe(b);
  expect(next[1]?.attention?.words).toBe('growing');
});
