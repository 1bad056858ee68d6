/**
 * What the demo's services share: a connection that comes back, consuming with an outcome, publishing with a confirm.
 *
 *   connecting ──open──▶ working ──lost──▶ waiting (0.5 s, doubling to 10 s) ──▶ connecting
 *        └──────────────── signal ──────────────▶ closed
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Channel, type ConfirmChannel, type ConsumeMessage, connect, type Options } from 'amqplib';

export type Service = { url: string; rate: number; signal: AbortSignal };

/** A connection as its service sees it: `lost` ends when the connection does. */
export type Link = { channel: ConfirmChannel; lost: AbortSignal; createChannel: () => Promise<Channel> };

export type Identity = { name: string; app: string; version: string };

/** Waits, but no longer than the signal allows. */
export const pause = (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }).catch(() => {});

/** Time to the next event of a Poisson process of `perSecond` events a second, in ms: people do not order in step. */
export const untilNext = (perSecond: number) => (-Math.log(1 - Math.random()) * 1000) / perSecond;

export const chance = (probability: number) => Math.random() < probability;

const say = (who: string, text: string) => process.stderr.write(`demo: ${who}: ${text}\n`);

/** Keeps one named connection open until the service's signal; `work` runs anew on each, and may return early. */
export async function stayConnected(
  service: Service,
  who: Identity,
  work: (link: Link) => Promise<void>,
): Promise<void> {
  const url = new URL(service.url);
  url.searchParams.set('heartbeat', '15');
  let wait = 500;
  let away = false; // an outage is told once, at its beginning and at its end
  while (!service.signal.aborted) {
    try {
      const connection = await connect(url.href, {
        clientProperties: { connection_name: who.name, app: who.app, app_version: who.version },
      });
      const lost = new AbortController();
      let why = 'closed';
      connection.on('error', (error) => {
        why = error.message;
      });
      connection.on('close', () => lost.abort());
      try {
        const channel = await connection.createConfirmChannel();
        channel.on('error', (error) => {
          why = error.message;
          connection.close().catch(() => {}); // the next connection declares and consumes anew
        });
        if (away) say(who.name, 'connected again');
        away = false;
        wait = 500;
        await work({ channel, lost: lost.signal, createChannel: () => connection.createChannel() });
        const over = AbortSignal.any([lost.signal, service.signal]);
        if (!over.aborted)
          await new Promise((resolve) => over.addEventListener('abort', resolve, { once: true }));
      } finally {
        if (!lost.signal.aborted) await connection.close().catch(() => {});
      }
      if (!service.signal.aborted) say(who.name, `connection lost (${why}), trying again`);
      away = true;
    } catch (error) {
      const text = error instanceof Error ? error.message || error.name : String(error);
      if (!away && !service.signal.aborted) say(who.name, `${text}, trying again`);
      away = true;
    }
    await pause(wait, service.signal);
    wait = Math.min(wait * 2, 10_000);
  }
}

/** Publishes JSON and waits for the broker's confirm. Persistent, with a timestamp in seconds, as AMQP wants it. */
export function publish(
  channel: ConfirmChannel,
  exchange: string,
  key: string,
  body: unknown,
  options: Options.Publish = {},
): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.publish(
      exchange,
      key,
      Buffer.from(JSON.stringify(body)),
      {
        contentType: 'application/json',
        persistent: true,
        timestamp: Math.floor(Date.now() / 1000),
        ...options,
      },
      (error) => (error ? reject(error) : resolve()),
    );
  });
}

/** What a handler decided about its message. */
export type Verdict = 'ack' | 'reject' | 'requeue';

/**
 * Consumes with a channel and a prefetch of its own. A handler that throws leaves its message unacked: only a lost
 * connection makes the demo's handlers throw, and then the broker requeues by itself.
 */
export async function consume(
  link: Link,
  queue: string,
  options: { tag: string; prefetch: number },
  handle: (message: ConsumeMessage) => Promise<Verdict>,
): Promise<void> {
  const channel = await link.createChannel();
  channel.on('error', () => {}); // reported by the connection's own close
  await channel.prefetch(options.prefetch);
  await channel.consume(
    queue,
    (message) => {
      if (!message) return; // the queue was deleted
      handle(message)
        .then((verdict) => {
          if (link.lost.aborted) return;
          if (verdict === 'ack') channel.ack(message);
          else channel.nack(message, false, verdict === 'requeue');
        })
        // the connection went, or is closing: the broker gives the message to somebody else
        .catch(() => {});
    },
    { consumerTag: options.tag },
  );
}

/** The JSON object in a message's body; an empty one when it is none. */
export function bodyOf(message: ConsumeMessage): Record<string, unknown> {
  const body: unknown = JSON.parse(message.content.toString('utf8'));
  return typeof body === 'object' && body !== null ? { ...body } : {};
}
