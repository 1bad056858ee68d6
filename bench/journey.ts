/** How long after its publishing a message's journey shows both its publish and its delivery. */
import { randomUUID } from 'node:crypto';
import amqp from 'amqplib';
import { z } from 'zod';
import type { JourneyTimes } from './result.ts';
import { type Stage, wait } from './stage.ts';
import { spread } from './statistics.ts';

const hops = z.object({ journey: z.object({ hops: z.array(z.object({ kind: z.string() })) }) });
const published = z.object({ journey: z.string(), outcome: z.string() });
const queue = 'bench.journey';
const warmUp = 10;
/** A journey that does not show by then is counted as missed. */
const limitMs = 5_000;

/** The kinds of the hops that show; none while the journey is not known. */
async function kindsOf(stage: Stage, path: string, signal: AbortSignal): Promise<string[]> {
  try {
    return (await stage.get(path, hops, signal)).journey.hops.map((hop) => hop.kind);
  } catch (error) {
    if (error instanceof Error && error.message.includes(': 404 ')) return [];
    throw error;
  }
}

/** ms from `began` until the journey has both hops; null when it has not in time. */
async function shown(stage: Stage, id: string, began: number, signal: AbortSignal): Promise<number | null> {
  const path = `/api/journeys/${encodeURIComponent(id)}`;
  while (performance.now() - began < limitMs) {
    const kinds = await kindsOf(stage, path, signal);
    if (kinds.includes('publish') && kinds.includes('delivery')) return performance.now() - began;
    await wait(5, signal);
  }
  return null;
}

/** One message after the other, by both ways in turn, so that noise meets both. */
export async function journeyTimes(
  stage: Stage,
  messages: number,
  signal: AbortSignal,
): Promise<JourneyTimes> {
  const client = await amqp.connect(stage.amqp);
  client.on('error', () => undefined);
  try {
    const channel = await client.createConfirmChannel();
    await channel.assertQueue(queue, { exclusive: true });
    await channel.consume(queue, (message) => message && channel.ack(message));

    const ours = async () => {
      const began = performance.now();
      const { status, body } = await stage.app.api('POST', '/api/publish', { queue, body: '{"bench":true}' });
      if (status !== 200)
        throw new Error(`POST /api/publish: ${status} ${JSON.stringify(body).slice(0, 200)}`);
      return shown(stage, published.parse(body).journey, began, signal);
    };
    const plain = async () => {
      const id = `bench-${randomUUID()}`;
      const began = performance.now();
      channel.publish('', queue, Buffer.from('{"bench":true}'), {
        headers: { 'X-Trace-ID': id },
        contentType: 'application/json',
      });
      return shown(stage, `xtrace:${id}`, began, signal);
    };

    const times: { ours: number[]; plain: number[] } = { ours: [], plain: [] };
    let missed = 0;
    for (let i = -warmUp; i < messages; i++)
      for (const [way, took] of [
        ['ours', await ours()],
        ['plain', await plain()],
      ] as const) {
        if (i < 0) continue;
        if (took === null) missed += 1;
        else times[way].push(took);
      }
    return { ours: spread(times.ours), plain: spread(times.plain), missed };
  } finally {
    await client.close().catch(() => undefined);
  }
}
