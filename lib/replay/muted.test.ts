import { expect, test } from 'vitest';
import { queueKey } from '../model/broker.ts';
import type { Cause } from '../model/death.ts';
import { mutedIn } from './muted.ts';

const NOW = 1_000;
const cause = (key: string, count: number): Cause => ({
  key,
  originQueue: 'work',
  reason: 'rejected',
  error: null,
  count,
  firstAt: 0,
  lastAt: 0,
  trend: [],
});
const note = (mutedUntil: number | null) => ({ text: '', mutedUntil, by: 'anna', at: 0 });
const queue = (messages: number | null, notes: Record<string, ReturnType<typeof note>>) => ({
  vhost: '/',
  queue: 'dead',
  messages,
  causes: [cause('a', 30), cause('b', 5)],
  notes,
});
const mutedOf = (q: ReturnType<typeof queue>) => mutedIn([q], NOW).get(queueKey('/', 'dead')) ?? 0;

test('counts the messages of muted causes, while the mute lasts, and never more than lie there', () => {
  expect(mutedOf(queue(40, { a: note(NOW + 1) }))).toBe(30);
  expect(mutedOf(queue(40, { a: note(NOW + 1), b: note(NOW + 1) }))).toBe(35);
  expect(mutedOf(queue(12, { a: note(NOW + 1) }))).toBe(12);
  expect(mutedOf(queue(40, { a: note(NOW) }))).toBe(0);
  expect(mutedOf(queue(40, { a: note(null) }))).toBe(0);
  expect(mutedOf(queue(40, { other: note(NOW + 1) }))).toBe(0);
  expect(mutedOf(queue(null, { b: note(NOW + 1) }))).toBe(5);
});
