/**
 * The live picture of a cluster of three, read at its usual pace with every list counted as dear, while one node is killed,
 * comes back, and another is cut off. One picture hears the broker's events and log, the other has readings alone.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect } from 'amqplib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { liveState } from '../../test/build-live.ts';
import { until } from '../../test/with-app.ts';
import { listenTo } from '../../test/with-capture.ts';
import { type ClusterMember, withCluster } from '../../test/with-cluster.ts';
import { createManagementClient } from '../broker/client.ts';
import { createPrometheus } from '../broker/prometheus.ts';
import { judge } from '../findings/attention.ts';
import type { Queue } from '../model/broker.ts';
import { openMomentStore } from '../store/sqlite/moment-store.ts';
import { createLive, type Live, type LiveDeps } from './live.ts';
import { createMomentRecorder } from './moments.ts';
import { createWhyGone } from './why-gone.ts';

const cluster = await withCluster('4.3', {
  plugins: ['rabbitmq_event_exchange'],
  config: ['log.exchange = true', 'log.exchange.level = info'],
});
const { user, password, management } = cluster;
const [a, b, c] = cluster.members;
const dir = mkdtempSync(join(tmpdir(), 'hoplight-live-cluster-'));
const tap = await listenTo({ ...cluster, vhost: '/' }, dir, { HOPLIGHT_TAP_KEYS: 'publish.none' });
const named = z.object({
  listeners: z.array(z.object({ node: z.string(), protocol: z.string(), port: z.number() })),
});
const ends: (() => unknown)[] = [];
afterAll(async () => {
  for (const end of ends.reverse()) await Promise.resolve(end()).catch(() => {});
  await tap.stop();
  rmSync(dir, { recursive: true, force: true });
});

function look(more: Partial<LiveDeps>) {
  const live = createLive({
    management: createManagementClient({ url: management, user, password }),
    metrics: createPrometheus({ at: 'listeners', managementUrl: management }),
    dearMs: 0,
    config: { pollMs: 2_000 },
    clock: Date.now,
    status: () => liveState().status,
    judge,
    ...more,
  });
  live.start();
  ends.push(() => live.stop());
  return live;
}
const moments = openMomentStore(join(dir, 'past.db'), { keepMs: 86_400_000 });
ends.push(() => moments.close());
const told = look({
  whyGone: createWhyGone(tap.reader, Date.now),
  moments: createMomentRecorder({
    store: moments,
    events: (...of) => tap.reader.events(...of),
    clock: Date.now,
  }),
});
const alone = look({});
tap.capture.onEnds(() => told.nudge());

async function channelAt(member: ClusterMember, name: string): Promise<ConfirmChannel> {
  const connection = await connect(member.amqp, { clientProperties: { connection_name: name } });
  connection.on('error', () => {});
  ends.push(async () => connection.close());
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  return channel;
}
const queueOf = (live: Live, name: string): Queue | undefined =>
  live.snapshot()?.queues.find((q) => q.name === name);
const all = (see: (live: Live) => unknown) => async () => see(told) && see(alone);

/** Consumed at node c, led by node a. */
const fleet = ['fleet 1', 'fleet 2', 'fleet 3'];
/** Messages that lie there all the time, held by a consumer at node b. */
const depths: Record<string, number> = { 'at a': 2, 'at b': 2, 'at c': 2, 'on all': 3 };
const flows = ['flow a', 'flow c'];

/** What no reading may ever show: a depth that nobody made, a rate beyond what is sent, a queue that is not there. */
const odd = new Set<string>();
function watch(which: string, live: Live) {
  live.subscribe(() => {
    for (const name of [...Object.keys(depths), ...flows, ...fleet]) {
      const q = queueOf(live, name);
      if (!q) odd.add(`${which}: no ${name}`);
      const depth = depths[name];
      if (depth !== undefined && q && q.total !== null && q.total !== depth)
        odd.add(`${which}: ${name} has ${q.total}`);
      for (const [of, rate] of Object.entries(q?.rates ?? {}))
        if ((rate ?? 0) > (flows.includes(name) ? 80 : 2)) odd.add(`${which}: ${name} ${of} ${rate}/s`);
    }
  });
}
/** Causes of those that are gone, by tag. */
const causes = (live: Live) =>
  Object.fromEntries(
    live.gone().map((g) => [g.tag, `${g.cause}: ${g.reason.includes(c.node) ? c.node : g.reason}`]),
  );
const lines = (live: Live) => live.attention().map((x) => `${x.code} ${x.node ?? x.queue}`);

beforeAll(async () => {
  const [atA, atB, atC] = [
    await channelAt(a, 'maker'),
    await channelAt(b, 'maker'),
    await channelAt(c, 'maker'),
  ];
  const classic = { arguments: { 'x-queue-type': 'classic' } };
  const quorum = { arguments: { 'x-queue-type': 'quorum' } };
  for (const [channel, name, kind] of [
    [atA, 'at a', classic],
    [atB, 'at b', classic],
    [atC, 'at c', classic],
    [atC, 'on all', quorum],
    [atA, 'flow a', classic],
    [atC, 'flow c', quorum],
    ...fleet.map((name) => [atA, name, classic] as const),
  ] as const)
    await channel.assertQueue(name, kind);
  const send = (queue: string) => atA.sendToQueue(queue, Buffer.from('x'), { persistent: true });
  for (const [name, n] of Object.entries(depths)) for (let i = 0; i < n; i++) send(name);
  for (const name of fleet) send(name);
  await atA.waitForConfirms();
  const [patient, mover] = [await channelAt(b, 'patient'), await channelAt(a, 'mover')];
  for (const name of Object.keys(depths)) await patient.consume(name, () => {}, { consumerTag: name });
  for (const name of flows) await mover.consume(name, (m) => m && mover.ack(m), { consumerTag: name });
  const ships = await channelAt(c, 'fleet');
  for (const name of fleet) await ships.consume(name, () => {}, { consumerTag: name });
  const flow = setInterval(() => flows.forEach(send), 25);
  ends.push(() => clearInterval(flow));
});

test('each queue has its depth and its rates, whichever node leads it', async () => {
  await until(
    'rates',
    all(
      (live) =>
        flows.every((name) => {
          const { publish, deliver, ack } = queueOf(live, name)?.rates ?? {};
          return [publish, deliver, ack].every((rate) => (rate ?? 0) > 5);
        }) &&
        Object.entries(depths).every(([name, n]) => queueOf(live, name)?.total === n) &&
        live.consumers().length === 9,
    ),
  );
  expect(told.state('all').readings[0]?.from).toBe('Prometheus metrics of 3 nodes');
  const leaders = ['at a', 'at b', 'at c', 'flow a'].map((name) => queueOf(alone, name)?.node);
  expect(leaders).toEqual([a.node, b.node, c.node, a.node]);
  expect(lines(alone)).toEqual([]);
  watch('told', told);
  watch('alone', alone);
});

test('a node whose metrics are not to be had is named, and its queues come from the list', async () => {
  const { listeners } = named.parse(await a.api('GET', '/api/overview'));
  const metrics = listeners.filter((l) => l.protocol === 'http/prometheus' && l.node !== c.node);
  const at = metrics.map((l) => `http://127.0.0.1:${l.port}`);
  const live = look({ metrics: createPrometheus({ at, managementUrl: management }) });
  const missing = () => live.snapshot()?.missing.find((m) => m.what === 'metrics');
  await until(
    'it to be named',
    async () => missing()?.why.includes(c.node) && queueOf(live, 'at c')?.total === 2,
  );
  expect(missing()?.mend).toContain('PROMETHEUS_URL');
  await live.stop();
});

test('a node that is killed: its queues are unknown, what it took along is one line with its cause', async () => {
  const began = Date.now();
  await c.kill();
  const taken = Object.fromEntries([...fleet, 'at c'].map((tag) => [tag, `node restarted: ${c.node}`]));
  for (const [which, live] of Object.entries({ told, alone })) {
    await until(`the causes, ${which}`, async () => {
      expect(causes(live)).toEqual(taken);
      return true;
    });
    console.log(`${which}: the cause of all ${Date.now() - began} ms after the node was killed`);
  }
  const queues = [...fleet, 'at c'].sort();
  await until(
    'one line',
    all((live) => {
      const [line, ...others] = live.attention();
      const under = line?.symptoms?.map((s) => s.queue).sort() ?? [];
      return line?.code === 'node_down' && others.length === 0 && under.join() === queues.join();
    }),
  );
  for (const live of [told, alone]) {
    expect(queueOf(live, 'at c')).toMatchObject({ state: 'down', node: c.node, total: null, ready: null });
    expect(live.state('all').readings[0]?.from).toBe('Prometheus metrics of 2 nodes');
    expect(queueOf(live, 'on all')).toMatchObject({ total: 3, consumers: 1 });
  }
  expect([...odd]).toEqual([]);
});

test('when it is back, its queues have their depth again and nobody has made up a rate', async () => {
  await c.restart();
  await until(
    'all depths',
    all((live) => Object.entries(depths).every(([name, n]) => queueOf(live, name)?.total === n)),
  );
  const ships = await channelAt(c, 'fleet');
  for (const name of [...fleet, 'at c']) await ships.consume(name, () => {}, { consumerTag: name });
  await until(
    'nothing to need a look',
    all((live) => live.gone().length === 0 && lines(live).length === 0),
    60_000,
  );
  await until(
    'rates of all three',
    all((live) => queueOf(live, 'at c')?.rates.publish === 0),
  );
  expect([...odd]).toEqual([]);
  const what = moments.list({ vhosts: ['/'], limit: 500, from: 0, to: Date.now() + 60_000 });
  const of = (kind: string) => what.filter((m) => m.kind === kind).map((m) => m.words);
  expect(of('node down')).toEqual([expect.stringContaining(c.node)]);
  expect(of('node restarted')).toEqual([expect.stringContaining(c.node)]);
  expect(of('queue deleted')).toEqual([]);
  expect(of('consumer gone')).toHaveLength(4);
}, 120_000);

test('a node that stands still stops the picture, and nobody is said to have left', async () => {
  const live = (yes: boolean) => all((one) => (one.freshness().freshness === 'live') === yes);
  b.suspend(true);
  try {
    // the others wait for it, until they give it up after a minute
    await until('what is shown to be called old', live(false));
  } finally {
    b.suspend(false);
  }
  const goesOnAt = Date.now();
  await until('the picture to go on', live(true));
  await until(
    'a new reading',
    all((one) => (one.snapshot()?.readAt ?? 0) > goesOnAt + 4_000),
  );
  for (const one of [told, alone]) {
    expect(one.gone()).toEqual([]);
    expect(lines(one)).toEqual([]);
  }
  expect([...odd]).toEqual([]);
});
