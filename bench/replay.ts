/** How fast dead letters go back, beside the broker's own shovel moving as many of the same in the same run. */
import amqp, { type ConfirmChannel } from 'amqplib';
import { z } from 'zod';
import type { ReplayTimes } from './result.ts';
import { type Stage, wait } from './stage.ts';
import { round } from './statistics.ts';

const messages = 20_000;
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
  await channel.assertQueue(queue, { durable: true });
  await channel.assertQueue(origin, {
    durable: true,
    messageTtl: 0,
    deadLetterExchange: '',
    deadLetterRoutingKey: queue,
  });
  const body = Buffer.alloc(bodyBytes, 'x');
  for (let i = 0; i < messages; i++) {
    channel.sendToQueue(origin, body, { persistent: true, messageId: `${queue}-${i}` });
    if (i % 1_000 === 999) await channel.waitForConfirms();
  }
  await arrived(channel, queue, signal);
  await channel.deleteQueue(origin);
}

async function arrived(channel: ConfirmChannel, queue: string, signal: AbortSignal): Promise<void> {
  while ((await channel.checkQueue(queue)).messageCount < messages) await wait(10, signal);
}

/** Our replay of a whole queue into another; messages per second by the job's own clock. */
async function ours(stage: Stage, from: string, to: string, signal: AbortSignal): Promise<number> {
  const { status, body } = await stage.app.api('POST', '/api/replays', {
    vhost: '/',
    queue: from,
    target: { kind: 'queue', queue: to },
  });
  if (status !== 202) throw new Error(`POST /api/replays: ${status} ${JSON.stringify(body).slice(0, 300)}`);
  const { id } = started.parse(body).replay;
  for (;;) {
    const { replay } = await stage.get(`/api/replays/${id}`, job, signal);
    const { state, startedAt, endedAt, counts } = replay;
    if (state === 'done' && startedAt !== null && endedAt !== null) {
      if (counts.confirmed + counts.delivered !== messages)
        throw new Error(`${counts.confirmed} of ${messages} messages were confirmed`);
      return (messages * 1_000) / (endedAt - startedAt);
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

export async function replayTimes(stage: Stage, signal: AbortSignal): Promise<ReplayTimes> {
  const client = await amqp.connect(stage.amqp);
  client.on('error', () => undefined);
  const queues = ['bench.dead.1', 'bench.dead.2', 'bench.back.1', 'bench.back.2'] as const;
  const [dead1, dead2, back1, back2] = queues;
  try {
    const channel = await client.createConfirmChannel();
    for (const queue of queues) await channel.assertQueue(queue, { durable: true });
    await fill(channel, dead1, signal);
    const oursPerSecond = await ours(stage, dead1, back1, signal);
    await fill(channel, dead2, signal);
    const shovelPerSecond = await shovel(stage, channel, dead2, back2, signal);
    for (const queue of queues) await channel.deleteQueue(queue);
    return {
      messages,
      bodyBytes,
      oursPerSecond: Math.round(oursPerSecond),
      shovelPerSecond: Math.round(shovelPerSecond),
      ratio: round(oursPerSecond / shovelPerSecond),
    };
  } finally {
    await client.close().catch(() => undefined);
  }
}
