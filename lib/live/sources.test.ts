/** Where depths and rates are read: the lists, or the nodes' metrics where the list of queues is dear. */
import { afterEach, describe, expect, test } from 'vitest';
import { node, queue } from '../../test/build.ts';
import { bareConsumer, fakeManagement, handTime } from '../../test/fake-management.ts';
import type { MetricsQuestion, QueueMetrics } from '../broker/prometheus.ts';
import { type Queue, queueKey } from '../model/broker.ts';
import { HoplightError } from '../model/errors.ts';
import { createLive, type Live } from './live.ts';

let running: Live | null = null;
afterEach(() => running?.stop());

/** A broker whose list of queues takes `listMs`, and whose metrics tell what is in `told`. */
async function dear(o: { queues: Queue[]; listMs?: number; dearMs?: number }) {
  const management = fakeManagement();
  const time = handTime();
  const told = {
    queues: o.queues,
    silent: [] as string[],
    failing: null as HoplightError | null,
    acked: 0,
    asked: [] as MetricsQuestion[],
  };
  management.world.queues = o.queues;
  management.hold = async (method) => {
    if (method === 'queueTotals') time.set(time.clock() + (o.listMs ?? 0));
  };
  const live = createLive({
    management,
    config: { pollMs: 2_000 },
    clock: time.clock,
    wait: time.wait,
    status: () => ({
      taps: [],
      capture: { received: 0, stored: 0, inMemory: 0, dropped: {} },
      store: { facts: 0, bytes: 0, limitBytes: 1, segments: 0, oldestAt: null, words: '', ok: true },
      amqp: { state: 'open', since: 0, reason: null },
      missing: [],
    }),
    judge: () => ({ found: [], lines: [] }),
    dearMs: o.dearMs ?? 0,
    metrics: {
      read: async (question) => {
        told.asked.push(question);
        if (told.failing) throw told.failing;
        return metricsOf(told.queues, question, told.silent, told.acked);
      },
    },
  });
  running = live;
  live.start();
  await time.pause();
  const lists = () => management.calls.filter((c) => c === 'queueTotals').length;
  const shown = (name: string) => live.snapshot()?.queues.find((q) => q.name === name);
  const missing = () => live.snapshot()?.missing.map((m) => m.what) ?? [];
  const from = (what: string) => live.state('all').readings.find((r) => r.what === what)?.from;
  return { live, management, time, told, world: management.world, lists, shown, missing, from };
}

function metricsOf(
  queues: readonly Queue[],
  question: MetricsQuestion,
  silent: readonly string[],
  acked: number,
): QueueMetrics {
  const known = new Set([...question.known.values()].map((k) => k?.key));
  const depths: QueueMetrics['depths'] = new Map();
  const strangers = new Set<string>();
  const counters = new Map<string, { key: string; counts: readonly [number, number, number, number] }>();
  for (const q of queues) {
    const key = queueKey(q.vhost, q.name);
    if (!known.has(key)) {
      strangers.add(q.name);
      continue;
    }
    const { ready, unacked, total } = q;
    const consumers = question.consumers ? q.consumers : null;
    depths.set(key, {
      ready: ready ?? 0,
      unacked: unacked ?? 0,
      total: total ?? 0,
      consumers,
      node: 'rabbit@one',
    });
    counters.set(key, { key, counts: [0, 0, acked, 0] });
  }
  return {
    depths,
    strangers,
    silent: silent.map((one) => ({ node: one, why: 'It does not answer.', mend: 'Start it.' })),
    nodes: [{ node: 'rabbit@one', cluster: 'rabbit@one', depths, strangers, counters }],
  };
}

const deep = (name: string, ready: number) => queue(name, { ready, total: ready });

describe('a small broker', () => {
  test('is read by its lists: they are fresher', async () => {
    const { told, from, time } = await dear({ queues: [deep('a', 1)], dearMs: 150, listMs: 40 });
    await time.passFor(20_000);
    expect(told.asked).toEqual([]);
    expect(from('depths')).toBe('/api/queues in totals mode');
  });
});

describe('where the list of queues is dear', () => {
  test('depths and rates come from the metrics, and the list is left alone', async () => {
    const { time, told, lists, shown, from, management, missing } = await dear({ queues: [deep('a', 1)] });
    const before = lists();
    told.queues = [deep('a', 7)];
    told.acked = 0;
    await time.passFor(6_000);
    told.acked = 60;
    await time.passFor(6_000);
    expect(shown('a')).toMatchObject({ ready: 7, total: 7, rates: { ack: 5, publish: 0 } });
    expect(lists() - before).toBeLessThanOrEqual(2);
    expect(management.calls).not.toContain('queues');
    expect(from('depths')).toBe('Prometheus metrics of 1 node');
    expect(missing()).toEqual(['bytes']);
  });

  test('bytes come from the full list, seldom, as long as that is to be had for little', async () => {
    const { time, management, world, shown, missing, from } = await dear({
      queues: [queue('a', { bytes: 7 })],
      listMs: 4,
      dearMs: 3,
    });
    await time.passFor(25_000);
    expect(from('depths')).toContain('Prometheus');
    const before = management.calls.filter((c) => c === 'queues').length;
    world.queues = [queue('a', { bytes: 9 })];
    await time.passFor(120_000);
    expect(shown('a')?.bytes).toBe(9);
    expect(management.calls.filter((c) => c === 'queues').length - before).toBeLessThanOrEqual(2);
    expect(from('bytes')).toBe('/api/queues');
    expect(missing()).toEqual([]);
  });

  test('a switch there and back is not made for a little more or less', async () => {
    const o = { queues: [deep('a', 1)], listMs: 4, dearMs: 3 };
    const { from, time } = await dear(o);
    await time.passFor(25_000);
    expect(from('depths')).toContain('Prometheus');
    o.listMs = 2;
    await time.passFor(650_000);
    expect(from('depths')).toContain('Prometheus');
    o.listMs = 1;
    await time.passFor(650_000);
    expect(from('depths')).toContain('totals mode');
  });

  test('a queue that came or went is listed at the next reading of the metrics', async () => {
    //  metrics   a       a, new ──▶ list asked at once
    const { time, told, world, lists, shown } = await dear({ queues: [deep('a', 1)] });
    await time.passFor(40_000);
    const before = lists();
    world.queues = told.queues = [deep('a', 1), deep('new', 5)];
    await time.passFor(6_000);
    expect(shown('new')).toMatchObject({ total: 5 });
    world.queues = told.queues = [deep('new', 5)];
    await time.passFor(6_000);
    expect(shown('a')).toBeUndefined();
    expect(lists() - before).toBe(2);
  });

  test('what a queue has counted before it was named is no rate', async () => {
    const { time, told, world, shown } = await dear({ queues: [deep('a', 1)] });
    told.acked = 1_000_000;
    await time.passFor(40_000);
    world.queues = told.queues = [deep('a', 1), deep('new', 5)];
    const seen = new Set<unknown>();
    for (let s = 0; s < 12; s++) {
      await time.passFor(2_000);
      seen.add(shown('new')?.rates.ack);
    }
    expect([...seen]).toEqual([undefined, null, 0].filter((rate) => seen.has(rate)));
    expect(shown('new')?.rates.ack).toBe(0);
  });

  test('queues that the account may not see are not asked for again and again', async () => {
    const { time, told, world, lists } = await dear({ queues: [deep('a', 1)] });
    told.queues = [deep('a', 1), deep('hidden', 5)];
    await time.passFor(30_000);
    const before = lists();
    await time.passFor(60_000);
    expect(lists()).toBe(before);
    expect(world.queues).toHaveLength(1);
  });

  test('a queue that no node tells of is unknown, never 0', async () => {
    const { time, told, shown } = await dear({ queues: [deep('a', 1), deep('b', 2)] });
    await time.passFor(40_000);
    told.queues = [deep('a', 1)];
    await time.passFor(12_000);
    // The list, asked since, has it still: its figure of then holds until the metrics are read again.
    await time.passFor(12_000);
    expect(shown('b')).toMatchObject({ ready: null, total: null, rates: { publish: null } });
    expect(shown('a')).toMatchObject({ total: 1 });
  });

  test('a change of policies or nodes lists the queues anew', async () => {
    const { time, management, lists, world } = await dear({ queues: [deep('a', 1)] });
    await time.passFor(40_000);
    const before = lists();
    world.nodes = [...world.nodes, { ...node('rabbit@two'), running: false }];
    await time.passFor(12_000);
    expect(lists()).toBe(before + 1);
    management.policies = async () => [
      { vhost: '/', name: 'p', definition: { 'dead-letter-exchange': 'x' } },
    ];
    await time.passFor(12_000);
    expect(lists()).toBe(before + 2);
  });

  test('a queue that the list calls down is listed anew when a node tells of it again', async () => {
    //  list     running   down ─────────────────────▶ running
    //  metrics  told      not told      told ──▶ list asked once
    const { time, told, world, lists, shown } = await dear({ queues: [deep('a', 1), deep('b', 2)] });
    await time.passFor(40_000);
    told.queues = [deep('a', 1)];
    world.queues = [deep('a', 1), { ...deep('b', 2), state: 'down' }];
    await time.passFor(12_000);
    expect(shown('b')?.state).toBe('down');
    // the list was read before it was back
    told.queues = world.queues = [deep('a', 1), deep('b', 2)];
    const before = lists();
    await time.passFor(12_000);
    expect(shown('b')).toMatchObject({ state: 'running', total: 2 });
    await time.passFor(60_000);
    expect(lists() - before).toBe(1);
  });

  test('one that the list goes on to call down is not asked for again and again', async () => {
    const { time, told, world, lists } = await dear({ queues: [deep('a', 1)] });
    await time.passFor(40_000);
    told.queues = [];
    world.queues = [{ ...deep('a', 1), state: 'down' }];
    await time.passFor(12_000);
    told.queues = [deep('a', 1)];
    await time.passFor(12_000);
    const before = lists();
    await time.passFor(60_000);
    expect(lists()).toBe(before);
  });

  test('why a consumer left is asked for once more when the answer broke off', async () => {
    //  consumers   c, d   d ──────────────▶ c is gone
    //  channels    open   ✕     asked again
    const { live, time, management, world } = await dear({ queues: [deep('a', 1)] });
    world.consumers = [bareConsumer('c', 'a', { connection: 'one' }), bareConsumer('d', 'a')];
    await time.passFor(20_000);
    world.consumers = world.consumers.slice(1);
    management.failing.set('channels', new HoplightError('management_unreachable', 'It broke off.'));
    management.calls.splice(0);
    await time.pass();
    expect(management.calls).toContain('channels');
    expect(live.gone()).toEqual([]);
    management.failing.clear();
    await time.pass();
    expect(live.gone().map((g) => g.tag)).toEqual(['c']);
  });

  test('consumers are counted by the metrics when their list is not to be had', async () => {
    const { time, world, told, shown } = await dear({ queues: [queue('a', { consumers: 4 })] });
    world.consumers = [bareConsumer('c', 'a')];
    await time.passFor(6_000);
    expect(told.asked.at(-1)?.consumers).toBe(false);
    expect(shown('a')?.consumers).toBe(1);
    world.tags = ['management'];
    await time.passFor(40_000);
    expect(told.asked.at(-1)?.consumers).toBe(true);
    expect(shown('a')?.consumers).toBe(4);
  });
});

describe('where metrics fail', () => {
  test('the lists take over, and it is said with how to mend it', async () => {
    const { time, told, world, shown, from, live, management } = await dear({ queues: [deep('a', 1)] });
    await time.passFor(10_000);
    told.failing = new HoplightError('not_found', 'No node gives metrics.', { next: 'Enable them.' });
    world.queues = [
      queue('a', { ready: 9, total: 9, rates: { publish: 3, deliver: 3, ack: 3, redeliver: 0 } }),
    ];
    await time.passFor(10_000);
    expect(shown('a')).toMatchObject({ total: 9, rates: { publish: 3 } });
    expect(from('depths')).toBe('/api/queues in totals mode');
    expect(management.calls).toContain('queues');
    expect(live.snapshot()?.missing).toMatchObject([{ what: 'metrics', mend: 'Enable them.' }]);
  });

  test('at one node of several: its queues come from the list, the others’ from the metrics', async () => {
    const { time, told, world, shown, live } = await dear({ queues: [deep('a', 1), deep('b', 2)] });
    await time.passFor(10_000);
    told.queues = [deep('a', 7)];
    told.silent = ['rabbit@two'];
    world.queues = [deep('a', 1), deep('b', 6)];
    await time.passFor(10_000);
    expect(shown('a')?.total).toBe(7);
    expect(shown('b')?.total).toBe(6);
    expect(live.snapshot()?.missing).toMatchObject([
      { what: 'metrics', why: expect.stringContaining('rabbit@two'), mend: 'Start it.' },
    ]);
  });
});

test('a list that fails is asked for again soon, not at the pace of one that is known', async () => {
  const { time, management, shown, told } = await dear({ queues: [deep('a', 1)] });
  await time.passFor(40_000);
  management.failing.set('queueTotals', new HoplightError('internal', 'Broke.'));
  management.world.queues = told.queues = [deep('a', 1), deep('new', 2)];
  await time.passFor(20_000);
  expect(shown('a')?.total).toBe(1);
  expect(shown('new')).toBeUndefined();
  management.failing.clear();
  await time.passFor(32_000);
  expect(shown('new')?.total).toBe(2);
});

test('bindings are asked for by exchange where queues are many and exchanges few', async () => {
  const asked: (number | undefined)[] = [];
  const { time, management } = await dear({
    queues: Array.from({ length: 120 }, (_, i) => deep(`q${i}`, 0)),
  });
  management.bindings = async (_signal, of) => {
    asked.push(of?.length);
    return [];
  };
  const exchange = (name: string) => ({
    vhost: '/',
    name,
    type: 'direct',
    durable: true,
    internal: false,
    alternate: null,
    policy: null,
  });
  management.world.exchanges = ['', 'one', 'two'].map(exchange);
  await time.passFor(12_000);
  management.world.exchanges = ['', 'one', 'two', 'three'].map(exchange);
  await time.passFor(12_000);
  expect([asked[0], asked.at(-1)]).toEqual([2, undefined]);
});

test('a broker that is away between two overviews is noticed by what else is asked', async () => {
  const { live, time, management } = await dear({ queues: [deep('a', 1)] });
  const gone = new HoplightError('management_unreachable', 'Nothing listens.', { next: 'Start it.' });
  management.failing.set('overview', gone).set('consumers', gone);
  await time.pass();
  expect(live.freshness().freshness).toBe('away');
});
