import { expect, test } from 'vitest';
import type { BrokerEvent } from '../model/broker-event.ts';
import { createWhyGone } from './why-gone.ts';

test('a fleet that goes at one reading costs one look into the events, and the next reading looks again', () => {
  const T0 = 1_790_000_000_000;
  let now = T0;
  const asked: unknown[] = [];
  const told: BrokerEvent[] = [];
  const events = (...question: unknown[]) => {
    asked.push(question);
    return [...told];
  };
  const why = createWhyGone({ events }, () => now);
  const one = (n: number) => ({
    vhost: '/',
    connection: `c${n}`,
    channel: 1,
    lastSeenAt: T0 - 2_000,
    goneAt: T0,
  });
  for (let n = 0; n < 500; n++) expect(why(one(n))).toBeNull();
  expect(asked).toEqual([[['/'], T0 - 32_000, T0 + 30_000, 2_000]]);

  told.push({
    id: 'e1',
    at: T0,
    kind: 'connection.closed',
    source: 'log',
    vhost: '/',
    queue: null,
    connection: 'c7',
    consumerTag: null,
    user: null,
    node: null,
    words: 'Connection c7 ended.',
  });
  now += 500;
  expect(why(one(6))).toBeNull();
  expect(why(one(7))).toBe('Connection c7 ended.');
  expect(asked).toHaveLength(2);
  why({ ...one(7), vhost: 'other' });
  expect(asked).toHaveLength(3);
});
