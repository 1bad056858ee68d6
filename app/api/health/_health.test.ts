import { describe, expect, test } from 'vitest';
import { healthSchema } from '../../../lib/model/api.ts';
import type { Attention, LiveState } from '../../../lib/model/live.ts';
import { queue, snapshot } from '../../../test/build.ts';
import { unattended } from '../consumers/_unattended.ts';
import { health } from './_health.ts';

function live(more: Partial<LiveState> = {}): LiveState {
  const s = snapshot();
  return {
    now: 2_000,
    freshness: 'live',
    readAt: 1_000,
    since: null,
    reason: null,
    cluster: s.cluster,
    version: s.version,
    nodes: s.nodes,
    vhosts: ['/'],
    totals: s.totals,
    queues: [],
    consumers: [],
    gone: [],
    attention: [],
    deadLetters: 0,
    readings: [],
    status: {
      taps: [
        {
          vhost: '/',
          state: 'on',
          since: 0,
          words: 'It listens.',
          eventsPerSecond: 0,
          bytesPerSecond: 0,
          deadLetterExchanges: [],
        },
      ],
      capture: { received: 0, stored: 0, inMemory: 0, dropped: {} },
      store: { facts: 0, bytes: 0, limitBytes: 1, segments: 0, oldestAt: null, words: 'Writes.', ok: true },
      amqp: { state: 'open', since: 0, reason: null },
      missing: [],
    },
    ...more,
  };
}
const row = (name: string, total: number, publish: number | null, ack: number | null) => ({
  ...queue(name, { total, ready: total, rates: { publish, ack, deliver: ack, redeliver: 0 } }),
  spark: [],
  attention: null,
});
const waits: Attention = {
  code: 'no_consumer',
  level: 'dead',
  vhost: '/',
  queue: 'mail',
  words: 'no consumer',
  figure: '500 ready',
  since: 7,
};
const waiting = { ...row('mail', 500, 0, 0), attention: waits };

describe('health', () => {
  test('all is well', () => {
    const h = health(live());
    expect(healthSchema.parse(h)).toEqual(h);
    expect(h.status).toBe('UP');
  });

  test.each([
    ['the broker is away', live({ freshness: 'away', reason: 'Nothing listens.' }), 'management', 'DOWN'],
    ['nothing was read yet', live({ freshness: 'stale', readAt: null }), 'management', 'UNKNOWN'],
    ['readings are old', live({ freshness: 'stale' }), 'management', 'DEGRADED'],
    ['a queue waits', live({ queues: [waiting] }), 'consumers', 'DEGRADED'],
    [
      'a tap is deaf',
      live({
        status: { ...live().status, taps: live().status.taps.map((t) => ({ ...t, state: 'failed' })) },
      }),
      'tap',
      'DEGRADED',
    ],
    [
      'the store refuses',
      live({ status: { ...live().status, store: { ...live().status.store, ok: false } } }),
      'store',
      'DOWN',
    ],
    [
      'AMQP is blocked',
      live({ status: { ...live().status, amqp: { state: 'blocked', since: 0, reason: 'low on memory' } } }),
      'amqp',
      'DEGRADED',
    ],
  ] as const)('%s', (_what, state, component, status) => {
    const h = health(state);
    expect(h.components[component]?.status).toBe(status);
    expect(h.status).toBe(status);
    expect(h.components[component]?.words).not.toBe('');
  });

  test('consumer lag names depth, consumers and drain rate of each queue that piled up', () => {
    const { components } = health(
      live({
        queues: [
          row('low', 3, 0, 0),
          row('drains', 600, 10, 40),
          row('grows', 900, 5, 1),
          row('?', 100, null, 1),
        ],
      }),
    );
    expect(components.consumers?.details?.queues).toEqual([
      expect.objectContaining({ queue: 'grows', depth: 900, drainPerSecond: -4, secondsToEmpty: null }),
      expect.objectContaining({ queue: 'drains', consumers: 1, drainPerSecond: 30, secondsToEmpty: 20 }),
      expect.objectContaining({ queue: '?', drainPerSecond: null, secondsToEmpty: null }),
    ]);
  });

  test('consumers are unknown, not well, while the broker is away', () => {
    expect(health(live({ freshness: 'away' })).components.consumers?.status).toBe('UNKNOWN');
  });
});

test('queues that wait for a consumer carry their depth and since when', () => {
  expect(unattended(live({ queues: [row('idle', 900, 0, 0), waiting] }))).toEqual([
    { vhost: '/', queue: 'mail', messages: 500, since: 7 },
  ]);
});
