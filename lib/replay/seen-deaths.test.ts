import { expect, it } from 'vitest';
import { consumer, queue, snapshot } from '../../test/build.ts';
import { deathsOf } from './seen-deaths.ts';
import { whoTook } from './who-took.ts';

const tap = { hears: () => true, seesDeaths: (exchange: string) => exchange === 'dlx', hides: null };
const dlx = (exchange: string) => ({ exchange, routingKey: 'dead', from: 'argument' as const });
const by = (
  deadLetter: ReturnType<typeof dlx> | null,
  more: Parameters<typeof queue>[1] = {},
  version = '4.3.6',
) =>
  deathsOf(
    snapshot({
      version,
      queues: [queue('billing', { deadLetter }), queue('dead', { consumers: 0, ...more })],
    }),
    tap,
    '/',
    'billing',
    'other',
  );

it('a death is seen by a tap, or by reading where that harms nobody, or not at all', () => {
  expect(by(dlx('dlx')).by).toBe('tap');
  expect(by(null).by).toBe('nothing dies');
  expect(by(dlx(''))).toEqual({ by: 'reading', queues: ['dead'] });
  // somebody takes from there, reading costs lives, a stream, nothing known
  expect(by(dlx(''), { consumers: 1 }).by).toBe('nobody');
  expect(by(dlx(''), { consumers: null }).by).toBe('nobody');
  expect(by(dlx(''), { type: 'quorum' }, '4.0.5').by).toBe('nobody');
  expect(by(dlx(''), { type: 'stream' }).by).toBe('nobody');
  expect(deathsOf(null, tap, '/', 'billing', 'other').by).toBe('nobody');
});

it('who took a copy is named as far as the broker tells', () => {
  const fact = {
    id: 'f',
    kind: 'delivered' as const,
    source: 'firehose' as const,
    at: 0,
    precision: 'arrival' as const,
    vhost: '/',
    journey: 'message:m',
    ids: {},
    fingerprint: '',
    queue: 'billing',
    connection: '10.0.3.4:51021 -> 10.0.0.1:5672',
    channel: 2,
    user: 'billing',
  };
  const one = consumer('c1', 'billing', {
    connection: fact.connection,
    channel: 2,
    client: { name: 'billing-2', product: null, version: null, platform: null },
  });
  expect(whoTook(fact, snapshot({ consumers: [one] }))).toBe('to billing-2 (tag c1)');
  expect(whoTook(fact, snapshot({ consumers: [one, { ...one, tag: 'c2' }] }))).toBe('to billing-2');
  expect(whoTook({ ...fact, channel: 3 }, snapshot({ consumers: [one] }))).toBe(
    'to billing at 10.0.3.4:51021',
  );
  const { connection: _, ...untold } = fact;
  expect(whoTook(untold, null)).toBeNull();
});
