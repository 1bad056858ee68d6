import { expect, test } from 'vitest';
import { isWhole, reasonWords, savedBy, scopeWords, sumOf } from './words.ts';

const WHOLE = ['publish.#', 'deliver.#'];

test('what came is summed by whether something that was wanted is missing', () => {
  const dropped = { 'own traffic': 5, 'not sampled': 20, malformed: 2, 'a reason that is new': 1 };
  expect(sumOf({ received: 100, stored: 70, inMemory: 2, dropped })).toEqual({
    received: 100,
    stored: 70,
    inMemory: 2,
    aside: 25,
    lost: 3,
    unaccounted: 0,
  });
  expect(sumOf({ received: 100, stored: 70, inMemory: 2, dropped: {} }).unaccounted).toBe(28);
  expect(reasonWords('toString')).toBe('Not stored');
});

test('a scope in words', () => {
  expect(scopeWords(undefined, WHOLE)).toBe('every publish and every delivery');
  expect(scopeWords({ mode: 'all' }, ['publish.x'])).toBe('every publish and every delivery');
  expect(scopeWords(undefined, ['publish.x'])).toContain('publish.x (HOPLIGHT_TAP_KEYS)');
  const chosen = { mode: 'chosen' as const, exchanges: ['a'], queues: ['b', 'c'] };
  expect(scopeWords(chosen, WHOLE)).toBe('publishes of 1 exchange, deliveries of 2 queues');
  expect([isWhole(chosen, WHOLE), isWhole(undefined, ['#'])]).toEqual([false, true]);
});

test('what a narrower scope saves is a share of its own vhost, unknown while nothing comes', () => {
  const of = (vhost: string, kind: 'exchange' | 'queue', name: string, eventsPerSecond: number) => ({
    ...{ vhost, kind, name, eventsPerSecond },
    bytesPerSecond: 0,
  });
  const cost = [
    of('/', 'exchange', 'a', 6),
    of('/', 'queue', 'a', 3),
    of('/', 'queue', 'b', 1),
    of('x', 'queue', 'b', 90),
  ];
  expect(savedBy(cost, '/', { mode: 'chosen', exchanges: ['a'], queues: ['b'] })).toBeCloseTo(0.3);
  expect(savedBy(cost, '/', { mode: 'all' })).toBe(0);
  expect(savedBy(cost, 'silent', { mode: 'all' })).toBeNull();
});
