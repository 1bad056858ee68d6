/**
 * The other side of `script/bench capture`, each in a process of its own so that it takes no time from what measures:
 *
 *   load AMQP_URL COUNT RATE   sends COUNT messages through one queue to a consumer, at RATE a second (0: at full speed)
 *   bare AMQP_URL COUNT        counts what a tap of its own is given; consumes from `go` on
 *
 * They tell their parent by messages of the type `SideSays`.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import amqp from 'amqplib';

export const loadQueue = 'bench.capture';
export const bareQueue = 'bench.bare';
/** Like the tap's own: deliveries that wait for their acknowledgement, and how many are acknowledged at once. */
const prefetch = 2_000;
const batch = 500;

export type SideSays =
  | { type: 'ready' }
  /** Every message has been consumed; ms since it began to send. */
  | { type: 'done'; tookMs: number; sent: number }
  /** The bare consumer has counted all that it was to count. */
  | { type: 'counted'; tookMs: number };

const say = (message: SideSays) => process.send?.(message);
const body = Buffer.from(JSON.stringify({ order: 8841, lines: 'x'.repeat(360) }));

async function load(url: string, count: number, rate: number): Promise<void> {
  const [out, into] = await Promise.all([amqp.connect(url), amqp.connect(url)]);
  const [channel, consumer] = [await out.createChannel(), await into.createChannel()];
  await channel.assertQueue(loadQueue, { durable: true });
  await channel.purgeQueue(loadQueue);
  let taken = 0;
  const all = Promise.withResolvers<void>();
  await consumer.consume(
    loadQueue,
    () => {
      if (++taken === count) all.resolve();
    },
    { noAck: true },
  );
  say({ type: 'ready' });
  const began = performance.now();
  const run = randomBytes(6).toString('hex');
  for (let sent = 0; sent < count; sent++) {
    const headers = { traceparent: `00-${randomBytes(16).toString('hex')}-${run}0000-01`, tenant: 'acme' };
    const goesOn = channel.sendToQueue(loadQueue, body, { messageId: `${run}-${sent}`, headers });
    if (!goesOn) await new Promise((resolve) => channel.once('drain', resolve));
    if (rate > 0 && sent % 20 === 19) {
      const ahead = ((sent + 1) * 1_000) / rate - (performance.now() - began);
      if (ahead > 0) await delay(ahead);
    }
  }
  await all.promise;
  say({ type: 'done', tookMs: performance.now() - began, sent: count });
  await Promise.all([out.close(), into.close()]);
}

async function bare(url: string, count: number): Promise<void> {
  const connection = await amqp.connect(url);
  const channel = await connection.createChannel();
  await channel.assertQueue(bareQueue, { exclusive: true });
  await channel.bindQueue(bareQueue, 'amq.rabbitmq.trace', '#');
  await channel.prefetch(prefetch);
  const go = new Promise<void>((resolve) => process.once('message', () => resolve()));
  say({ type: 'ready' });
  await go;
  let counted = 0;
  const all = Promise.withResolvers<void>();
  const began = performance.now();
  await channel.consume(bareQueue, (message) => {
    if (!message) return;
    counted++;
    if (counted % batch === 0 || counted === count) channel.ack(message, true);
    if (counted === count) all.resolve();
  });
  await all.promise;
  say({ type: 'counted', tookMs: performance.now() - began });
  await connection.close();
}

const [role, url = '', count, rate] = process.argv.slice(2);
if (role === 'load') await load(url, Number(count), Number(rate));
if (role === 'bare') await bare(url, Number(count));
if (role !== undefined) process.disconnect?.();
