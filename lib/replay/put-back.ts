/** What a reading took lies in the queue again only a moment after it was put back. */
import { setTimeout as delay } from 'node:timers/promises';
import type { AmqpConnection } from '../amqp/connection.ts';
import { Source } from './source.ts';

const ASK_EVERY_MS = 25;
/** So long the count may stand still before the rest is taken for gone: expired, or taken by somebody, ms. */
const STILL_MS = 3_000;
/** … where somebody consumes; a reader that has gone may be counted for a moment too, ms. */
const SHARED_MS = 500;

/**
 * Resolves when `least` messages are ready again, or no more come. A broker works off a hundred thousand in a second or so;
 * whoever reads before that sees a part of the queue and takes it for all, and what he then puts back changes places with
 * what is still on its way. Never throws.
 */
export async function untilBack(connection: AmqpConnection, queue: string, least: number): Promise<void> {
  let best = -1;
  let since = Date.now();
  try {
    for (;;) {
      const { messages, consumers } = await Source.look(connection, queue);
      if (messages >= least) return;
      if (messages > best) {
        best = messages;
        since = Date.now();
      } else if (Date.now() - since > (consumers > 0 ? SHARED_MS : STILL_MS)) return;
      await delay(ASK_EVERY_MS);
    }
  } catch {
    // the connection or the queue went: there is nothing to wait for
  }
}
