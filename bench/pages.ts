/** The application's pages, found in its folders, with a real sample for each `[segment]`. */
import { randomUUID } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import amqp from 'amqplib';
import { z } from 'zod';
import { type Stage, wait } from './stage.ts';

const app = resolve(import.meta.dirname, '..', 'app');

/** `/queues/[vhost]/[name]` and so on, as Next names them: folders in brackets group, those with `_` are private. */
export function pages(folder = app, route = ''): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((a, b) => a.name.localeCompare(b.name))
    .flatMap((entry) => {
      if (entry.name === 'page.tsx') return [route || '/'];
      if (!entry.isDirectory() || entry.name.startsWith('_') || entry.name === 'api') return [];
      const inside = /^\(.*\)$/.test(entry.name) ? route : `${route}/${entry.name}`;
      return pages(join(folder, entry.name), inside);
    });
}

const journeys = z.object({ journeys: z.array(z.object({ id: z.string() })) });
const queues = z.object({ queues: z.array(z.object({ vhost: z.string(), name: z.string() })) });
const replay = z.object({ replay: z.object({ id: z.string() }) });

/** One message that died in a queue of ours and is sent back: a replay job whose page can be opened. */
async function aReplay(stage: Stage, signal: AbortSignal): Promise<string> {
  const client = await amqp.connect(stage.amqp);
  client.on('error', () => undefined);
  try {
    const channel = await client.createConfirmChannel();
    const id = randomUUID();
    const [source, dead] = [`bench.source.${id}`, `bench.dead.${id}`];
    await channel.assertQueue(dead, { durable: true });
    await channel.assertQueue(source, {
      durable: true,
      deadLetterExchange: '',
      deadLetterRoutingKey: dead,
    });
    channel.sendToQueue(source, Buffer.from('{}'), { persistent: true });
    await channel.waitForConfirms();
    const message = await channel.get(source);
    if (!message) throw new Error('the message to replay did not arrive');
    channel.nack(message, false, false);
    while ((await channel.checkQueue(dead)).messageCount === 0) await wait(20, signal);
    // not found while the shared reading of the broker is older than the queue
    for (const end = performance.now() + 15_000; ; await wait(500, signal)) {
      const { status, body } = await stage.app.api('POST', '/api/replays', { vhost: '/', queue: dead });
      if (status === 202) return replay.parse(body).replay.id;
      if (status !== 404 || performance.now() > end)
        throw new Error(`POST /api/replays: ${status} ${JSON.stringify(body).slice(0, 200)}`);
    }
  } finally {
    await client.close().catch(() => undefined);
  }
}

/** The page's address with samples of what is there now; throws, with why, when there is none. */
export async function sampleOf(stage: Stage, route: string, signal: AbortSignal): Promise<string> {
  if (!route.includes('[')) return route;
  if (route === '/queues/[vhost]/[name]') {
    const first = (await stage.get('/api/queues', queues, signal)).queues[0];
    if (!first) throw new Error('no queue is there');
    return `/queues/${encodeURIComponent(first.vhost)}/${encodeURIComponent(first.name)}`;
  }
  if (route === '/journeys/[id]') {
    const first = (await stage.get('/api/journeys?limit=1', journeys, signal)).journeys[0];
    if (!first) throw new Error('no journey is there');
    return `/journeys/${encodeURIComponent(first.id)}`;
  }
  if (route === '/replays/[id]') return `/replays/${await aReplay(stage, signal)}`;
  throw new Error('bench/pages.ts knows no sample for it');
}
