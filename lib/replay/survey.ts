/** Reads the first messages of a queue, takes none: each is seen once and all are put back. */
import type { AmqpConnection } from '../amqp/connection.ts';
import type { Queue, Snapshot } from '../model/broker.ts';
import { type Letter, readLetter } from './letter.ts';
import { refuseUnreadable, rulesOf } from './queue-facts.ts';
import { Source, windowFor } from './source.ts';

export interface Surveyed {
  /** Messages that lay there when it began. */
  inQueue: number;
  read: number;
  /** Highest x-delivery-count met, where the queue keeps one. */
  weakest: number | null;
}

/**
 * Calls `visit` with each of the first `limit` messages; it answers false to stop there. The connection stays open.
 * Where reading costs lives, the first message is looked at alone: it has been read at least as often as those behind
 * it, and when it has too few lives left nothing more is touched.
 */
export async function survey(
  connection: AmqpConnection,
  snapshot: Snapshot,
  queue: Queue,
  limit: number,
  visit: (letter: Letter, position: number) => boolean,
): Promise<Surveyed> {
  const rules = rulesOf(snapshot, queue);
  refuseUnreadable(queue.name, rules);
  const careful = rules.level === 'counts';
  const window = windowFor(limit, queue);
  const source = await Source.open(connection, queue.name, {
    exclusive: false,
    window: careful ? 1 : window,
    putBack: rules.putBack,
  });
  const most = Math.min(limit, source.inQueue);
  let read = 0;
  let weakest: number | null = null;
  try {
    for (let more = true; more && read < most; ) {
      const messages = await source.take(most - read);
      if (messages.length === 0) break;
      for (const message of messages) {
        source.hold(message);
        const letter = readLetter(message);
        // a classic queue keeps no count: the header it shows came with the message
        if (queue.type === 'quorum' && letter.deliveryCount !== null)
          weakest = Math.max(weakest ?? 0, letter.deliveryCount);
        if (careful && read === 0) refuseUnreadable(queue.name, rulesOf(snapshot, queue, weakest ?? 0));
        more &&= visit(letter, read++);
      }
      if (careful && read === 1 && most > 1) await source.resize(window);
    }
  } finally {
    await source.finish();
  }
  return { inQueue: source.inQueue, read, weakest };
}
