/**
 * How fast dead letters go back, beside the broker's own shovel moving as many of the same in the same run: first ours, then
 * the shovel, for each type of queue. And what it costs to find one in a thousand of as many.
 */
import amqp, { type ConfirmChannel } from 'amqplib';
import { z } from 'zod';
import type { FilteredReplay, ReplayRace, ReplayTimes } from './result.ts';
import { type Stage, wait } from './stage.ts';
import { round } from './statistics.ts';

const messages = 100_000;
/** One message in so many is looked for. */
const oneIn = 1_000;
const queueTypes = ['classic', 'quorum'] as const;
type QueueType = (typeof queueTypes)[number];
const bodyBytes = 1024;
const started = z.object({ replay: z.object({ id: z.string() }) });
const job = z.object({
  replay: z.object({
    state: z.string(),
    note: z.string().nullable(),
    startedAt: z.number().nullable(),
    endedAt: z.number().nullable(),
    counts: z.object({ selected: z.number(), confirmed: z.number(), delivered: z.number() }),
  }),
});

/** Fills `queue` with messages that died: each expires at once in a queue whose dead letters go there. */
async function fill(channel: ConfirmChannel, queue: string, signal: AbortSignal): Promise<void> {
  const origin = `${queue}.origin`;
  await channel.assertQueue(origin, {
    durable: true,
    messageTtl: 0,
    deadLetterExchange: '',
    deadLetterRoutingKey: queue,
  });
  const body = Buffer.alloc(bodyBytes, 'x');
  for (let i = 0; i < messages; i++) {
    const headers = { tenant: i % oneIn === oneIn / 2 ? 'rare' : 'usual' };
    channel.sendToQueue(origin, body, { persistent: true, messageId: `${queue}-${i}`, headers });
    if (i % 1_000 === 999) await channel.waitForConfirms();
  }
  await arrived(channel, queue, signal);
  await channel.deleteQueue(origin);
}

async function arrived(channel: ConfirmChannel, queue: string, signal: AbortSignal): Promise<void> {
  while ((await channel.checkQueue(queue)).messageCount < messages) await wait(10, signal);
}

/** Our replay of some of a queue into another; messages per second by the job's own clock, and with its plan by ours. */
async function ours(
  stage: Stage,
  o: { from: string; to: string; select: object; expected: number },
  signal: AbortSignal,
): Promise<{ runMs: number; wholeMs: number }> {
  const began = performance.now();
  const { status, body } = await stage.app.api('POST', '/api/replays', {
    vhost: '/',
    queue: o.from,
    select: o.select,
    target: { kind: 'queue', queue: o.to },
    followSeconds: 0,
  });
  if (status !== 202) throw new Error(`POST /api/replays: ${status} ${JSON.stringify(body).slice(0, 300)}`);
  const { id } = started.parse(body).replay;
  for (;;) {
    const { replay } = await stage.get(`/api/replays/${id}`, job, signal);
    const { state, startedAt, endedAt, counts } = replay;
    if (state === 'done' && startedAt !== null && endedAt !== null) {
      if (counts.confirmed + counts.delivered !== o.expected)
        throw new Error(`${counts.confirmed} of ${o.expected} messages were confirmed`);
      return { runMs: endedAt - startedAt, wholeMs: performance.now() - began };
    }
    if (state !== 'running' && state !== 'planned')
      throw new Error(`the replay is ${state}: ${replay.note ?? ''}`);
    await wait(250, signal);
  }
}

/** The shovel, confirmed too, from its declaration until everything lies in the target. */
async function shovel(
  stage: Stage,
  channel: ConfirmChannel,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<number> {
  const began = performance.now();
  const { node } = stage;
  const response = await fetch(`${node.management}/api/parameters/shovel/%2F/bench`, {
    method: 'PUT',
    headers: {
      authorization: `Basic ${Buffer.from(`${node.user}:${node.password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      value: {
        'src-protocol': 'amqp091',
        'src-uri': stage.amqp,
        'src-queue': from,
        'src-delete-after': 'queue-length',
        'dest-protocol': 'amqp091',
        'dest-uri': stage.amqp,
        'dest-queue': to,
        'ack-mode': 'on-confirm',
      },
    }),
    signal,
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`declaring the shovel answered ${response.status}`);
  await arrived(channel, to, signal);
  return (messages * 1_000) / (performance.now() - began);
}

async function race(
  stage: Stage,
  channel: ConfirmChannel,
  type: QueueType,
  signal: AbortSignal,
): Promise<ReplayRace> {
  const queues = ['dead.1', 'dead.2', 'back.1', 'back.2'].map((name) => `bench.${type}.${name}`);
  const [dead1 = '', dead2 = '', back1 = '', back2 = ''] = queues;
  for (const queue of queues)
    await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
  await fill(channel, dead1, signal);
  const whole = { from: dead1, to: back1, select: { kind: 'all' }, expected: messages };
  const { runMs } = await ours(stage, whole, signal);
  await fill(channel, dead2, signal);
  const shovelPerSecond = await shovel(stage, channel, dead2, back2, signal);
  for (const queue of queues) await channel.deleteQueue(queue);
  const oursPerSecond = (messages * 1_000) / runMs;
  return {
    type,
    oursPerSecond: Math.round(oursPerSecond),
    shovelPerSecond: Math.round(shovelPerSecond),
    ratio: round(oursPerSecond / shovelPerSecond),
  };
}

/** The queue is looked through twice: by the plan, which finds them, and by the run, which takes them. */
async function filtered(stage: Stage, channel: ConfirmChannel, signal: AbortSignal): Promise<FilteredReplay> {
  const [from, to] = ['bench.filter.dead', 'bench.filter.back'];
  for (const queue of [from, to]) await channel.assertQueue(queue, { durable: true });
  await fill(channel, from, signal);
  const select = { kind: 'filter', filter: { headers: [{ name: 'tenant', value: 'rare' }] } };
  const selected = messages / oneIn;
  const { runMs, wholeMs } = await ours(stage, { from, to, select, expected: selected }, signal);
  for (const queue of [from, to]) await channel.deleteQueue(queue);
  return { selected, of: messages, planMs: Math.round(wholeMs - runMs), runMs: Math.round(runMs) };
}

export async function replayTimes(stage: Stage, signal: AbortSignal): Promise<ReplayTimes> {
  const client = await amqp.connect(stage.amqp);
  client.on('error', () => undefined);
  try {
    const channel = await client.createConfirmChannel();
    const races: ReplayRace[] = [];
    for (const type of queueTypes) races.push(await race(stage, channel, type, signal));
    return { messages, bodyBytes, races, filtered: await filtered(stage, channel, signal) };
  } finally {
    await client.close().catch(() => undefined);
  }
}
