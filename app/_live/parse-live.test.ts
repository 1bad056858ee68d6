import { describe, expect, it } from 'vitest';
import { parseLive } from './parse-live.ts';

const unknownTotals = {
  ready: null,
  unacked: null,
  total: null,
  publish: null,
  deliver: null,
  ack: null,
  redeliver: null,
};

const queue = (name: string) => ({
  vhost: '/',
  name,
  type: 'quorum',
  durable: true,
  autoDelete: false,
  exclusive: false,
  state: null,
  node: null,
  ready: null,
  unacked: null,
  total: null,
  consumers: null,
  utilisation: null,
  rates: { publish: null, deliver: null, ack: null, redeliver: null },
  policy: null,
  arguments: {},
  deadLetter: null,
  limits: { maxLength: null, maxLengthBytes: null, overflow: null, deliveryLimit: null, messageTtlMs: null },
  bytes: null,
  idleSince: null,
  spark: [null],
  attention: null,
});

const event = (queues: unknown[]) =>
  JSON.stringify({
    now: 1,
    freshness: 'live',
    readAt: 1,
    since: null,
    reason: null,
    cluster: null,
    version: null,
    nodes: [],
    vhosts: ['/'],
    totals: unknownTotals,
    queues,
    consumers: [],
    gone: [],
    attention: [],
    deadLetters: null,
    status: {
      taps: [],
      capture: { received: 0, stored: 0, inMemory: 0, dropped: {} },
      store: { facts: 0, bytes: 0, limitBytes: 0, segments: 0, oldestAt: null, words: '', ok: true },
      amqp: { state: 'open', since: 1, reason: null },
      missing: [],
    },
  });

describe('parseLive', () => {
  it('keeps every queue in order over many slices', async () => {
    const names = Array.from({ length: 1001 }, (_, i) => `q${i}`);
    const state = await parseLive(event(names.map(queue)), () => false);
    expect(state?.queues.map((q) => q.name)).toEqual(names);
  });
  it('gives up for a newer event', async () => {
    let asked = 0;
    const names = Array.from({ length: 1001 }, (_, i) => queue(`q${i}`));
    expect(await parseLive(event(names), () => ++asked > 1)).toBeNull();
    expect(asked).toBe(2);
  });
  it('refuses what is not a live state, wherever it is wrong', async () => {
    await expect(parseLive('{', () => false)).rejects.toThrow();
    await expect(parseLive('{}', () => false)).rejects.toThrow();
    await expect(
      parseLive(event([queue('a'), { ...queue('b'), ready: 'many' }]), () => false),
    ).rejects.toThrow();
  });
});
