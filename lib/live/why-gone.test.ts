import { describe, expect, test } from 'vitest';
import { goneConsumer } from '../../test/build.ts';
import type { GoneConsumer } from '../model/broker.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import { createWhyGone } from './why-gone.ts';

const T0 = 1_790_000_000_000;
const event = (change: Partial<BrokerEvent>): BrokerEvent => ({
  id: `e${change.at ?? T0}`,
  at: T0 - 1_000,
  kind: 'connection.closed',
  source: 'log',
  vhost: '/',
  queue: null,
  connection: 'k',
  consumerTag: null,
  user: null,
  node: null,
  words: '',
  ...change,
});
const gone = (more: Partial<GoneConsumer> = {}) =>
  goneConsumer('c', 'a', { connection: 'k', channel: 2, lastSeenAt: T0 - 2_000, goneAt: T0, ...more });

test('a fleet that goes at one reading costs one look into the events, and the next reading looks again', () => {
  let now = T0;
  const asked: unknown[] = [];
  const told: BrokerEvent[] = [];
  const why = createWhyGone(
    {
      events: (...question) => {
        asked.push(question);
        return [...told];
      },
    },
    () => now,
  );
  const one = (n: number) => gone({ connection: `c${n}` });
  for (let n = 0; n < 500; n++) expect(why(one(n), null)).toBeNull();
  expect(asked).toEqual([[['/'], T0 - 32_000, T0 + 30_000, 2_000]]);

  told.push(event({ connection: 'c7', cause: 'client lost' }));
  now += 500;
  expect(why(one(6), null)).toBeNull();
  expect(why(one(7), null)).toMatchObject({ cause: 'client lost', source: 'told' });
  expect(asked).toHaveLength(2);
  why({ ...one(7), vhost: 'other' }, null);
  expect(asked).toHaveLength(3);
});

describe('of all that was told', () => {
  const ask = (events: BrokerEvent[], one = gone(), node: string | null = null) => {
    const why = createWhyGone({ events: () => events }, () => T0)(one, node);
    return why && `${why.source}: ${why.cause}${why.code === null ? '' : ` ${why.code}`}`;
  };
  const own = (more: Partial<BrokerEvent>) =>
    event({ kind: 'consumer.deleted', source: 'event', queue: 'a', consumerTag: 'c', ...more });
  const orderly = event({ source: 'event', cause: 'client closed', deduced: true });
  const channel = (n: number) =>
    event({
      kind: 'channel.closed',
      cause: 'channel error',
      code: 404,
      words: `Channel ${n} of connection k ended.`,
    });

  test.each<[string, BrokerEvent[], string | null]>([
    ['its own end comes first', [own({ cause: 'cancelled' }), channel(2)], 'told: cancelled'],
    [
      'then the log, which may come late',
      [own({ cause: 'channel closed', deduced: true }), channel(2)],
      'told: channel error 404',
    ],
    ['of its own channel', [channel(22), orderly], 'deduced: client closed'],
    ['then the order of events', [own({ cause: 'client lost', deduced: true })], 'deduced: client lost'],
    ['that of another connection is nothing', [event({ connection: 'x', cause: 'client lost' })], null],
    [
      'nor what has no cause, as stored before there were any',
      [event({ words: 'Connection k ended.' })],
      null,
    ],
    [
      'the nearest to its time',
      [event({ at: T0 - 20_000, cause: 'client lost' }), event({ cause: 'heartbeat missed' })],
      'told: heartbeat missed',
    ],
  ])('%s', (_, events, expected) => {
    expect(ask(events)).toBe(expected);
  });

  test('a queue’s end comes before what its client did after that', () => {
    const deleted = event({
      kind: 'queue.deleted',
      source: 'event',
      connection: null,
      queue: 'a',
      user: 'ann',
      cause: 'queue deleted',
    });
    const bereft = gone({ how: 'queue-deleted' });
    expect(ask([deleted, orderly], bereft)).toBe('told: queue deleted');
    const why = createWhyGone({ events: () => [deleted] }, () => T0)(bereft, null);
    expect(why?.words).toContain('by ann');
    expect(ask([deleted, orderly])).toBe('deduced: client closed');
  });

  test('a node’s end takes along what was connected to it, and a deduced end is no better', () => {
    const stopped = event({
      kind: 'node.stopped',
      vhost: '',
      connection: null,
      node: 'n1',
      cause: 'node restarted',
    });
    const away = gone({ how: 'broker' });
    expect(ask([stopped, orderly], away, 'n1')).toBe('told: node restarted');
    expect(ask([stopped, orderly], away, 'n2')).toBeNull();
    expect(ask([stopped, orderly], gone(), 'n1')).toBe('deduced: client closed');
  });

  // killed, it sends no event of an end: connection ended (readings) ── rabbit@b down (its peers' log)
  test('a node that died explains connections that were there and of whose end nobody told', () => {
    const died = event({ kind: 'node.stopped', connection: null, node: 'rabbit@b', cause: 'node restarted' });
    const one = gone({ how: 'connection' });
    expect(ask([died], one, 'rabbit@b')).toBe('told: node restarted');
    expect(ask([died], one, 'rabbit@a')).toBeNull();
    expect(ask([died, orderly], one, 'rabbit@b')).toBe('deduced: client closed');
    expect(ask([died], gone({ how: 'channel' }), 'rabbit@b')).toBeNull();
  });
});
