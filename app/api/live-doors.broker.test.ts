/** The doors to the live picture, called as Next calls them, in front of a real broker. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChannelModel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  consumerListSchema,
  healthSchema,
  overviewSchema,
  queueDetailSchema,
  queueListSchema,
} from '../../lib/model/api.ts';
import { type LiveState, liveChangeSchema, liveWholeSchema } from '../../lib/model/live.ts';
import { withChange } from '../../lib/model/live-change.ts';
import { stateOf } from '../../lib/model/live-whole.ts';
import { type Runtime, startRuntime, stopRuntime } from '../../lib/runtime.ts';
import { withBroker } from '../../test/with-broker.ts';
import { GET as metricsDoor } from '../metrics/route.ts';
import { GET as consumersDoor } from './consumers/route.ts';
import { GET as aliveDoor } from './health/live/route.ts';
import { GET as readyDoor } from './health/ready/route.ts';
import { GET as healthDoor } from './health/route.ts';
import { GET as liveDoor } from './live/route.ts';
import { GET as overviewDoor } from './overview/route.ts';
import { GET as queueDoor } from './queues/[vhost]/[name]/route.ts';
import { GET as queuesDoor } from './queues/route.ts';

const broker = await withBroker({ version: '4.3' });
const { vhost } = broker;
const inPath = encodeURIComponent(vhost);
const other = 'live-doors-other';
const reader = { user: 'live-doors-reader', password: 'pw' };
const guest = { user: broker.user, password: broker.password };
const dataDir = mkdtempSync(join(tmpdir(), 'hoplight-doors-'));
let rt: Runtime;
let connection: ChannelModel;

function ask(path: string, as: typeof guest | null, signal?: AbortSignal): Request {
  const headers = new Headers({ host: 'localhost:3000' });
  if (as)
    headers.set('authorization', `Basic ${Buffer.from(`${as.user}:${as.password}`).toString('base64')}`);
  return new Request(`http://localhost:3000${path}`, { headers, signal });
}
async function read<T>(response: Response, schema: z.ZodType<T>): Promise<T> {
  expect(response.headers.get('cache-control')).toContain('no-store');
  return schema.parse(await response.json());
}
function until<T>(see: () => T | undefined | null | false): Promise<T> {
  return new Promise((resolve) => {
    const end = rt.live.subscribe(() => tell());
    const tell = () => {
      const value = see();
      if (!value) return;
      end();
      resolve(value);
    };
    tell();
  });
}

beforeAll(async () => {
  await broker.api('PUT', `/api/vhosts/${other}`, {});
  await broker.api('PUT', `/api/permissions/${other}/guest`, { configure: '.*', write: '.*', read: '.*' });
  await broker.api('PUT', `/api/users/${reader.user}`, { password: reader.password, tags: 'management' });
  await broker.api('PUT', `/api/permissions/${inPath}/${reader.user}`, {
    configure: '',
    write: '',
    read: '.*',
  });
  await broker.api('PUT', `/api/queues/${other}/secret`, { durable: true });
  await broker.api('POST', `/api/exchanges/${other}/amq.default/publish`, {
    properties: {},
    routing_key: 'secret',
    payload: 'x',
    payload_encoding: 'string',
  });
  connection = await connect(broker.amqp);
  const channel = await connection.createConfirmChannel();
  await channel.assertExchange('orders', 'topic');
  await channel.assertExchange('dlx', 'fanout');
  await channel.assertQueue('dead');
  await channel.bindQueue('dead', 'dlx', '');
  await channel.assertQueue('work', { deadLetterExchange: 'dlx' });
  await channel.bindQueue('work', 'orders', 'order.#');
  await channel.assertQueue('waiting');
  await channel.consume('work', (message) => message && channel.reject(message, false), {
    consumerTag: 'rejecter',
  });
  for (let i = 0; i < 3; i++) channel.publish('orders', 'order.created', Buffer.from(`{"n":${i}}`));
  channel.sendToQueue('waiting', Buffer.from('x'));
  await channel.waitForConfirms();
  rt = await startRuntime({
    AMQP_URL: broker.amqp,
    MANAGEMENT_URL: broker.management,
    HOPLIGHT_DATA: dataDir,
    HOPLIGHT_POLL_MS: '500',
  });
  await until(() => rt.live.attention().some((a) => a.queue === 'waiting') && rt.capture.status().store.ok);
});
afterAll(async () => {
  await connection.close();
  await stopRuntime();
  rmSync(dataDir, { recursive: true, force: true });
  await broker.api('DELETE', `/api/users/${reader.user}`);
  await broker.api('DELETE', `/api/vhosts/${other}`);
});

describe('the doors to the live picture', () => {
  test('overview: totals, what needs a look, dead letters', async () => {
    const o = await read(await overviewDoor(ask('/api/overview', guest)), overviewSchema);
    expect(o).toMatchObject({ freshness: 'live', version: broker.version, deadLetters: { total: 3 } });
    expect(o.attention.map((a) => `${a.code} ${a.queue}`)).toEqual(
      expect.arrayContaining(['no_consumer waiting', 'dead_letters dead', 'no_consumer secret']),
    );
    expect(o.topQueues[0]).toMatchObject({ name: 'dead', total: 3 });
    expect(o.history.length).toBeGreaterThan(0);
  });

  test('queues and one queue, its name with a slash in the vhost', async () => {
    const list = await read(await queuesDoor(ask('/api/queues', guest)), queueListSchema);
    expect(list.total).toBe(list.queues.length);
    expect(list.queues.find((q) => q.name === 'waiting')?.attention?.code).toBe('no_consumer');
    const params = Promise.resolve({ vhost, name: 'work' });
    const one = await read(await queueDoor(ask('/api/queues/v/work', guest), { params }), queueDetailSchema);
    expect(one).toMatchObject({
      queue: { name: 'work', deadLetter: { exchange: 'dlx' } },
      consumers: [{ tag: 'rejecter' }],
      bindingsIn: [{ source: 'orders', routingKey: 'order.#' }],
      deadLettersTo: ['dead'],
      deadLetterNote: null,
      reading: { level: 'none' },
    });
    const nothing = Promise.resolve({ vhost, name: 'nothing' });
    expect((await queueDoor(ask('/api/queues/v/nothing', guest), { params: nothing })).status).toBe(404);
  });

  test('consumers, and the queues that wait for one', async () => {
    const c = await read(await consumersDoor(ask('/api/consumers', guest)), consumerListSchema);
    expect(c.consumers.map((x) => x.tag)).toContain('rejecter');
    expect(c.unattended.map((u) => u.queue)).toEqual(expect.arrayContaining(['waiting', 'secret']));
    expect(c.unattended.map((u) => u.queue)).not.toContain('dead');
  });

  test('a user sees its own vhosts alone, and sums over those', async () => {
    const o = await read(await overviewDoor(ask('/api/overview', reader)), overviewSchema);
    expect(o.totals.ready).toBe(4);
    expect(JSON.stringify(o)).not.toMatch(/secret|live-doors-other/);
    expect(o.history.at(-1)?.ready).toBe(4);
    for (const door of [queuesDoor, consumersDoor])
      expect(await (await door(ask('/', reader))).text()).not.toContain('secret');
    const params = Promise.resolve({ vhost: other, name: 'secret' });
    expect((await queueDoor(ask('/api/queues/o/secret', reader), { params })).status).toBe(404);
    const h = await read(await healthDoor(ask('/api/health', reader)), healthSchema);
    expect(JSON.stringify(h)).not.toContain('secret');
  });

  test('nobody without a session sees anything', async () => {
    for (const door of [overviewDoor, queuesDoor, consumersDoor, liveDoor, metricsDoor])
      expect((await door(ask('/', null))).status).toBe(401);
    const params = Promise.resolve({ vhost, name: 'work' });
    expect((await queueDoor(ask('/', null), { params })).status).toBe(401);
    expect((await overviewDoor(ask('/', { ...guest, password: 'wrong' }))).status).toBe(401);
  });

  test('health: the word for everybody, the parts for those who are signed in', async () => {
    const bare = await read(await healthDoor(ask('/api/health', null)), healthSchema);
    expect(bare.components).toEqual({});
    const whole = await read(await healthDoor(ask('/api/health', guest)), healthSchema);
    expect(whole.components).toMatchObject({
      management: { status: 'UP' },
      store: { status: 'UP' },
      consumers: { status: 'DEGRADED' },
    });
    expect((await aliveDoor(ask('/api/health/live', null))).status).toBe(200);
    expect((await readyDoor(ask('/api/health/ready', null))).status).toBe(200);
    const metrics = await metricsDoor(ask('/metrics', guest));
    expect(await metrics.text()).toContain('hoplight_snapshot_live 1');
  });

  test('live: the state at once and after a change; at most six streams of a session', async () => {
    const leaving = new AbortController();
    const open = () => liveDoor(ask('/api/live', guest, leaving.signal));
    const first = await open();
    expect(first.headers.get('content-type')).toContain('text/event-stream');
    expect(first.headers.get('cache-control')).toContain('no-transform');
    const events = first.body?.getReader();
    const next = async (seen?: LiveState) => {
      const { value } = (await events?.read()) ?? {};
      const text = new TextDecoder().decode(value);
      expect(text).toMatch(
        seen ? /^event: change\ndata: \{/ : /^event: build\ndata: none\n\nevent: live\ndata: \{/,
      );
      const data: unknown = JSON.parse(text.slice(text.indexOf('{')));
      return seen ? withChange(seen, liveChangeSchema.parse(data)) : stateOf(liveWholeSchema.parse(data));
    };
    const before = await next();
    expect(before.queues.map((q) => q.name)).toContain('waiting');
    await broker.api('PUT', `/api/queues/${inPath}/brand-new`, {});
    let seen = before;
    while (!seen.queues.some((q) => q.name === 'brand-new')) seen = await next(seen);
    expect(seen.readAt).toBeGreaterThan(before.readAt ?? 0);

    const rest = await Promise.all([open(), open(), open(), open(), open()]);
    expect(rest.map((r) => r.status)).toEqual([200, 200, 200, 200, 200]);
    const seventh = await open();
    expect(seventh.status).toBe(429);
    expect(seventh.headers.get('retry-after')).toBe('5');
    leaving.abort();
    expect((await events?.read())?.done).toBe(true);
    const again = new AbortController();
    expect((await liveDoor(ask('/api/live', guest, again.signal))).status).toBe(200);
    again.abort();
  });
});
