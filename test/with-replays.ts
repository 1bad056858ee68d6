/** Replays over a real broker and a real state store, for one test file, with what a test asks of queues. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect, type Options } from 'amqplib';
import { AmqpConnection } from '../lib/amqp/connection.ts';
import { createAudit } from '../lib/audit/record.ts';
import { createManagementClient } from '../lib/broker/client.ts';
import type { Snapshot } from '../lib/model/broker.ts';
import type { Fact } from '../lib/model/fact.ts';
import { type ReplayJob, type ReplayRequest, replayRequestSchema } from '../lib/model/replay.ts';
import { type Actor, createReplays, type ReplayDeps, type Replays } from '../lib/replay/replays.ts';
import { openStateStore } from '../lib/store/sqlite/state-store.ts';
import type { StateStore } from '../lib/store/state.ts';
import type { TestBroker } from './with-broker.ts';

/** The window of replays that a test kills: small, so that each kill finds it in the midst of things. */
export const KILLED_WINDOW = 100;

export type Reach = Pick<TestBroker, 'amqp' | 'management' | 'user' | 'password' | 'vhost'>;

/** One reading of the broker, without a poller. */
export async function readSnapshot(broker: Reach): Promise<Snapshot> {
  const client = createManagementClient({
    url: broker.management,
    user: broker.user,
    password: broker.password,
  });
  const [overview, queues, exchanges, bindings] = await Promise.all([
    client.overview(),
    client.queues(),
    client.exchanges(),
    client.bindings(),
  ]);
  const { totals } = overview;
  return {
    readAt: Date.now(),
    tookMs: 0,
    cluster: null,
    version: overview.version ?? '',
    totals,
    nodes: [],
    vhosts: [],
    queues,
    exchanges,
    bindings,
    consumers: [],
    missing: [],
  };
}

export function actorOf(url: string, user: string): Actor {
  return {
    user,
    async connect(_vhost, name) {
      const connection = new AmqpConnection({ url, name });
      await connection.open();
      return connection;
    },
  };
}

export interface ReplayBench {
  replays: Replays;
  state: StateStore;
  facts: Fact[];
  actor: Actor;
  /** A channel of the test's own. */
  channel: ConfirmChannel;
  /** Starts it with whatever the defaults are and waits until it has ended. */
  replay(request: Partial<ReplayRequest> & { queue: string }): Promise<ReplayJob>;
  request(request: Partial<ReplayRequest> & { queue: string }): ReplayRequest;
  ended(id: string): Promise<ReplayJob>;
  /** Takes a snapshot, for what does not take one itself. */
  readBroker(): Promise<void>;
  close(): Promise<void>;
}

export async function replayBench(
  broker: Reach,
  more: Partial<ReplayDeps> & { stateFile?: string } = {},
): Promise<ReplayBench> {
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-replay-'));
  const state = more.state ?? openStateStore(more.stateFile ?? join(dir, 'state.db'));
  const facts: Fact[] = [];
  let snapshot: Snapshot | null = null;
  const readBroker = async () => {
    snapshot = await readSnapshot(broker);
  };
  const replays = createReplays({
    state,
    audit: createAudit(state, Date.now),
    clock: Date.now,
    snapshot: () => snapshot,
    refresh: readBroker,
    record: (list) => facts.push(...list),
    ownConnection: () => {},
    exportsDir: join(dir, 'exports'),
    ...more,
  });
  const connection = await connect(broker.amqp);
  connection.on('error', () => {});
  const channel = await connection.createConfirmChannel();
  channel.on('error', () => {});
  const actor = actorOf(broker.amqp, broker.user);
  const request: ReplayBench['request'] = (r) => replayRequestSchema.parse({ vhost: broker.vhost, ...r });
  const ended: ReplayBench['ended'] = async (id) => {
    await until(() => !['planned', 'running'].includes(replays.get(id).state));
    return replays.get(id);
  };
  return {
    replays,
    state,
    facts,
    actor,
    channel,
    request,
    ended,
    readBroker,
    replay: async (r) => ended((await replays.start(actor, request(r))).id),
    async close() {
      await replays.stop();
      await connection.close().catch(() => {});
      if (!more.state) state.close();
      rmSync(dir, { recursive: true });
    },
  };
}

/** Resolves when `holds` does; asks again every 20 ms. Throws after `forMs`. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what = 'the awaited state did not come',
  forMs = 30_000,
): Promise<void> {
  for (const end = Date.now() + forMs; !(await holds()); ) {
    if (Date.now() > end) throw new Error(what);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export const depth = async (channel: ConfirmChannel, queue: string) =>
  (await channel.checkQueue(queue)).messageCount;

/** A work queue whose rejected messages go to `dead`, and `dead` itself, of the given type. */
export async function declarePair(
  channel: ConfirmChannel,
  work: string,
  dead: string,
  type: 'classic' | 'quorum' = 'classic',
  more: Record<string, unknown> = {},
): Promise<void> {
  await channel.assertQueue(dead, { durable: true, arguments: { 'x-queue-type': type } });
  await channel.assertQueue(work, {
    durable: true,
    arguments: {
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': dead,
      ...more,
    },
  });
}

/** Publishes to `work`, rejects each, and waits until all have died into `dead`. Bodies are `name-0` … */
export async function kill(
  channel: ConfirmChannel,
  work: string,
  dead: string,
  bodies: readonly (string | Buffer)[],
  options: (n: number) => Options.Publish = () => ({}),
): Promise<void> {
  const before = await depth(channel, dead);
  bodies.forEach((body, n) => {
    const { messageId = `m${n}`, ...others } = options(n);
    channel.sendToQueue(work, Buffer.from(body), { persistent: true, messageId, ...others });
  });
  await channel.waitForConfirms();
  const { consumerTag } = await channel.consume(work, (m) => m && channel.reject(m, false));
  await until(async () => (await depth(channel, dead)) >= before + bodies.length, 'not all died');
  await channel.cancel(consumerTag);
}

/** Takes everything out of a queue. */
export async function drain(
  channel: ConfirmChannel,
  queue: string,
): Promise<{ body: string; properties: Options.Publish & { headers: Record<string, unknown> } }[]> {
  const out = [];
  for (let m = await channel.get(queue, { noAck: true }); m; m = await channel.get(queue, { noAck: true }))
    out.push({
      body: m.content.toString(),
      properties: { ...m.properties, headers: m.properties.headers ?? {} },
    });
  return out;
}
