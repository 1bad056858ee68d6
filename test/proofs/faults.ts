/**
 * One replay through a network that fails: the connection that reads, or the one that carries the copies, goes through a
 * proxy with a toxic; then the network is well again, the replay is resumed (or begun anew, where it never began), and
 * the messages are counted.
 */
import { AmqpConnection } from '../../lib/amqp/connection.ts';
import { isHoplightError } from '../../lib/model/errors.ts';
import type { ReplayJob } from '../../lib/model/replay.ts';
import type { Actor } from '../../lib/replay/replays.ts';
import { type FaultProxy, startFaultProxy, type Toxics } from '../fault-proxy.ts';
import { depth, drain, type Reach, type ReplayBench } from '../with-replays.ts';
import { reconcile, type Verdict } from './reconcile.ts';

/** Which of a replay's connections goes through the proxy, told by the end of its name. */
export const roles = ['copies', 'source'] as const;
export type Role = (typeof roles)[number];

export interface FaultCase {
  role: Role;
  toxics: () => Toxics;
  type: 'classic' | 'quorum';
  messages: number;
  heartbeatSeconds?: number;
}

export interface FaultResult extends Verdict {
  /** What became of the replay under the toxic (`hung`: it never ended), and after it. */
  under: string;
  resumed: string;
  /** How long it took to end under the toxic, ms. */
  underMs: number;
  frames: FaultProxy['seen'];
}

/** Nothing may take longer than this, whatever the network does. */
const MOST_MS = 60_000;
/** How long the broker may take to notice that a connection is gone. */
const NOTICED_MS = 45_000;

let cases = 0;

/** `bench` may serve several at once: each has queues of its own. */
export async function replayThrough(bench: ReplayBench, broker: Reach, o: FaultCase): Promise<FaultResult> {
  const name = `fault.${++cases}`;
  const [dead, back] = [`${name}.dead`, `${name}.back`];
  const { channel, replays } = bench;
  const options = { durable: true, arguments: { 'x-queue-type': o.type } };
  await Promise.all([channel.assertQueue(dead, options), channel.assertQueue(back, options)]);
  const ids = Array.from({ length: o.messages }, (_, n) => `${name}.${n}`);
  for (const messageId of ids)
    channel.sendToQueue(dead, Buffer.from(`body of ${messageId}`), { messageId, persistent: true });
  await channel.waitForConfirms();

  const proxy = await startFaultProxy(broker.amqp, o.toxics);
  const connect = (through: boolean): Actor['connect'] => {
    return async (_vhost, connectionName) => {
      const url = through && connectionName.endsWith(o.role) ? proxy.url : broker.amqp;
      const { heartbeatSeconds } = o;
      const connection = new AmqpConnection({ url, name: connectionName, heartbeatSeconds });
      await connection.open();
      return connection;
    };
  };
  const request = bench.request({ queue: dead, target: { kind: 'queue', queue: back }, followSeconds: 0 });
  const began = performance.now();
  let job = await replays
    .start({ user: broker.user, connect: connect(true) }, request)
    .catch((error: unknown) => {
      if (isHoplightError(error)) return null;
      throw error;
    });
  if (job) job = await ended(bench, job.id);
  const underMs = Math.round(performance.now() - began);
  const under = job === null ? 'not begun' : over.has(job.state) ? job.state : 'hung';
  await proxy.close();
  if (under === 'hung')
    return { ...reconcile(ids, ids, [], []), under, resumed: 'none', underMs, frames: proxy.seen };

  const well: Actor = { user: broker.user, connect: connect(false) };
  for (
    let turn = 0;
    turn < 3 && (await unfinished(bench, job, { dead, back, messages: o.messages }));
    turn++
  ) {
    const id = job?.state === 'interrupted' ? job.id : null;
    const again = await noticed(() =>
      id === null ? replays.start(well, request) : replays.resume(well, id),
    );
    job = await ended(bench, again.id);
  }
  const arrived = (await drain(channel, back)).map((m) => String(m.properties.messageId));
  const left = (await drain(channel, dead)).map((m) => String(m.properties.messageId));
  const rows = replays
    .list(1_000)
    .filter((one) => one.queue === dead)
    .flatMap((one) => replays.messages(one.id, 2 * o.messages));
  await Promise.all([channel.deleteQueue(dead), channel.deleteQueue(back)]);
  const verdict = reconcile(ids, arrived, left, rows);
  return { ...verdict, under, resumed: job?.state ?? 'none', underMs, frames: proxy.seen };
}

/** Whether some are left to replay. What the broken connection held comes back to the queue late: each is waited for. */
async function unfinished(
  { channel }: ReplayBench,
  job: ReplayJob | null,
  o: { dead: string; back: string; messages: number },
): Promise<boolean> {
  if (job?.state !== 'done') return true;
  for (const end = performance.now() + NOTICED_MS; ; ) {
    const left = await depth(channel, o.dead);
    const there = left + (await depth(channel, o.back));
    // fewer until the end: they are lost, and counted as such
    if (there >= o.messages || performance.now() > end) return left > 0;
    await new Promise((done) => setTimeout(done, 50));
  }
}

const over = new Set(['done', 'cancelled', 'failed', 'interrupted']);

/** The job when it is over, or as it is when that takes too long. */
async function ended({ replays }: ReplayBench, id: string): Promise<ReplayJob> {
  for (const end = performance.now() + MOST_MS; ; ) {
    const job = replays.get(id);
    if (over.has(job.state) || performance.now() > end) return job;
    await new Promise((done) => setTimeout(done, 20));
  }
}

/** The broker keeps a dead connection's claim on the queue until it notices. */
async function noticed<T>(work: () => Promise<T>): Promise<T> {
  for (const end = performance.now() + NOTICED_MS; ; ) {
    try {
      return await work();
    } catch (error) {
      if (!isHoplightError(error) || error.code !== 'conflict' || performance.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 50));
    }
  }
}

/** `work` over all, `at` once at most, in the order of the results. */
export async function overAll<T, R>(
  all: readonly T[],
  at: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...all.entries()];
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: at }, worker));
  return results;
}
