/** Reads the first messages of a queue, takes none: each is seen once and all are put back. */
import type { AmqpConnection } from '../amqp/connection.ts';
import { type Queue, queueKey, type Snapshot } from '../model/broker.ts';
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
 * How often the weakest message of a queue has been put back, as far as this process knows: where a reading costs a
 * life, even finding out costs one, so it is remembered.
 */
export class Lives {
  readonly #spent = new Map<string, number>();
  spent(vhost: string, queue: string): number | null {
    return this.#spent.get(queueKey(vhost, queue)) ?? null;
  }
  note(vhost: string, queue: string, spent: number | null): void {
    // bounded: queue names are not ours
    if (this.#spent.size > 5_000) this.#spent.clear();
    if (spent === null) this.#spent.delete(queueKey(vhost, queue));
    else this.#spent.set(queueKey(vhost, queue), spent);
  }
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
  lives: Lives,
  visit: (letter: Letter, position: number) => boolean,
): Promise<Surveyed> {
  const { messages } = await Source.look(connection, queue.name);
  // other messages will come: they have their own lives
  if (messages === 0) lives.note(queue.vhost, queue.name, null);
  const rules = rulesOf(snapshot, queue, lives.spent(queue.vhost, queue.name));
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
  // a classic queue keeps no count: the header that it shows came with the message
  let weakest: number | null = queue.type === 'quorum' && most > 0 ? 0 : null;
  try {
    for (let more = true; more && read < most; ) {
      const messages = await source.take(most - read);
      if (messages.length === 0) break;
      for (const message of messages) {
        source.hold(message);
        const letter = readLetter(message);
        if (weakest !== null) weakest = Math.max(weakest, letter.deliveryCount ?? 0);
        if (careful && read === 0) refuseUnreadable(queue.name, rulesOf(snapshot, queue, weakest));
        more &&= visit(letter, read++);
      }
      if (careful && read === 1 && most > 1) await source.resize(window);
    }
  } finally {
    await source.finish();
    if (careful && weakest !== null) lives.note(queue.vhost, queue.name, weakest + 1);
  }
  return { inQueue: source.inQueue, read, weakest };
}
