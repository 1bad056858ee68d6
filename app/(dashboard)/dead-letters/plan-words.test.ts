import { expect, test } from 'vitest';
import { aPlan } from '../../../test/build-replay.ts';
import { changeOf, goesOf, headOf } from './plan-words.ts';

test.each([
  ['are added: which replay, how often', 'Set', 'which replay, how often'],
  ['moves to x-original-death, typed as it was', 'Move', 'to x-original-death, typed as it was'],
  ['go: the copy reaches the named target only', 'Strip', 'the copy reaches the named target only'],
  ["go: they are the broker's own", 'Strip', "they are the broker's own"],
  ['names what the edit changes', 'Set', 'names what the edit changes'],
  ['is changed by the edit', 'Change', 'by the edit'],
  ['is taken off: the copy does not expire by itself', 'Strip', 'the copy does not expire by itself'],
  ['becomes 2, persistent', 'Set', '2, persistent'],
  ['is now what you typed', 'Change', 'is now what you typed'],
])('%s', (words, verb, rest) => expect(changeOf(words)).toEqual({ verb, rest }));

test('a warning begins with its fact', () => {
  expect(headOf('billing has no consumer now: the copies will wait there.')).toEqual([
    'billing has no consumer now:',
    'the copies will wait there.',
  ]);
  expect(headOf('The queue holds no message.')).toEqual(['The queue holds no message.', '']);
});

test('what stays does not go', () => {
  expect(goesOf(aPlan())).toBe(1_102);
  expect(goesOf(aPlan({ stays: [{ words: 'replayed 10 times', messages: 2 }] }))).toBe(1_100);
  const to = (...targets: (number | null)[]) => ({
    stays: [],
    targets: targets.map((messages) => ({
      exchange: '',
      routingKey: 'billing',
      messages,
      reaches: [],
      mayWrite: 'yes' as const,
    })),
  });
  expect(goesOf({ selected: 131, ...to(100, 14) })).toBe(114);
  expect(goesOf({ selected: 131, ...to(131) })).toBe(131);
  expect(goesOf({ selected: 131, ...to(100, null) })).toBe(131);
  expect(goesOf({ selected: 3, ...to() })).toBe(3);
});
