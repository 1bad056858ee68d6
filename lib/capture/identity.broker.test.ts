/**
 * Completeness to the event: 20,000 messages at full speed through one queue, the worker ended half way.
 *
 *   publish and consume 10,000 ──✕ worker ends ──▶ 10,000 more ──▶ all quiet: received = what the broker sent
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, expect, test } from 'vitest';
import { z } from 'zod';
import { withBroker } from '../../test/with-broker.ts';
import { listenTo } from '../../test/with-capture.ts';

const broker = await withBroker();
const dir = mkdtempSync(join(tmpdir(), 'hoplight-identity-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const half = 10_000;
const tapQueues = z.array(
  z.object({
    name: z.string(),
    message_stats: z.object({ deliver: z.number().default(0) }).default({ deliver: 0 }),
  }),
);

/** Deliveries to the tap's queue that is there now, by the broker's own count; it goes with its connection. */
async function sent(): Promise<{ name: string; deliver: number }> {
  const path = `/api/queues/${encodeURIComponent(broker.vhost)}?columns=name,message_stats.deliver`;
  const [tap] = tapQueues
    .parse(await broker.api('GET', path))
    .filter((q) => q.name.startsWith('hoplight.tap.'));
  return { name: tap?.name ?? '', deliver: tap?.message_stats.deliver ?? 0 };
}

test('every event that the broker sent is received, and each of those is stored, dropped or in memory', async () => {
  const tap = await listenTo(broker, dir);
  await tap.until(() => tap.status().state === 'on', 'the tap');
  const [out, into] = await Promise.all([connect(broker.amqp), connect(broker.amqp)]);
  const [publisher, consumer] = [await out.createConfirmChannel(), await into.createChannel()];
  await publisher.assertQueue('orders', { durable: true });
  let taken = 0;
  await consumer.consume('orders', () => void taken++, { noAck: true });

  const adds = () => {
    const { received, stored, inMemory, dropped } = tap.capture.status().counts;
    expect(received).toBe(Object.values(dropped).reduce((a, b) => a + b, stored + inMemory));
    return received;
  };
  async function send(from: number): Promise<void> {
    for (let i = from; i < from + half; i++) {
      const goesOn = publisher.publish('', 'orders', Buffer.from('x'), { messageId: `m${i}` });
      if (i % 500 === 0) adds();
      if (!goesOn) await new Promise((drained) => publisher.once('drain', drained));
    }
    await publisher.waitForConfirms();
    await tap.until(() => taken === from + half, 'all to be consumed');
  }

  await send(0);
  await tap.until(() => adds() === 2 * half, 'all events to come in');
  await tap.until(async () => (await sent()).deliver === 2 * half, 'the broker to have sent so many');
  await tap.until(() => tap.capture.status().counts.inMemory === 0, 'all to be stored');
  expect(tap.reader.size().facts).toBe(2 * half);

  const { name } = await sent();
  await tap.killWorker();
  await tap.until(async () => ![name, ''].includes((await sent()).name), 'the tap of the next worker');
  await tap.until(() => tap.status().state === 'on', 'it to be on');
  await send(half);
  await tap.until(() => adds() === 4 * half, 'all events to come in');
  await tap.until(async () => (await sent()).deliver === 2 * half, 'the broker to have sent so many again');
  await tap.until(() => tap.capture.status().counts.inMemory === 0, 'all to be stored');
  expect(tap.capture.status().counts).toMatchObject({ received: 4 * half, stored: 4 * half, dropped: {} });
  expect(tap.reader.size().facts).toBe(4 * half);
  await Promise.all([out.close(), into.close()]);
  await tap.stop();
});
