/** Looks at the messages of a queue or stream, takes none: each is seen once and all are put back. */
import type { AmqpConnection } from '../amqp/connection.ts';
import { type Queue, queueKey, type Snapshot } from '../model/broker.ts';
import { type Letter, readLetter } from './letter.ts';
import { openSource } from './open-source.ts';
import { untilBack } from './put-back.ts';
import { refuseUnreadable, rulesOf } from './queue-facts.ts';
import { type LetterSource, Source, windowFor } from './source.ts';
import { StreamSource } from './stream-source.ts';

export interface Surveyed {
  /** Messages that lay there when it began. */
  inQueue: number;
  read: number;
  /** Messages that were taken and put back: those before and, of a quorum queue, behind what was wanted too. */
  putBack: number;
  /** Highest x-delivery-count met, where the queue keeps one. */
  weakest: number | null;
  /** Offsets of a stream's first and last message then; null: a queue, or nothing in it. */
  offsets: { first: number; last: number } | null;
}

export interface Look {
  /** Most messages to look at; those of a stream are counted from `after`. */
  limit: number;
  /** Of a stream: the offset behind which it begins. Queues are read from their head, whatever is wanted. */
  after?: number;
  /** Ends the reading: what was delivered is put back. */
  signal?: AbortSignal;
  /** Told now and then how far it is. */
  progress?: (read: number, of: number) => void;
}

/**
 * A reading keeps what it has read from others until it ends, and a broker takes messages away from who keeps them too
 * long (30 minutes unless configured): long before that it ends by itself.
 */
const LONGEST_MS = 600_000;
/** Messages from one word of progress to the next. */
const PROGRESS_EVERY = 1_000;
const STREAM_WINDOW = 1_000;

/**
 * What this process knows of earlier readings of a queue. How often its weakest message has been put back: where a reading
 * costs a life, even finding out costs one. And how many messages were put back at once.
 */
export class Lives {
  readonly #spent = new Map<string, number>();
  readonly #reach = new Map<string, number>();
  spent(vhost: string, queue: string): number | null {
    return this.#spent.get(queueKey(vhost, queue)) ?? null;
  }
  note(vhost: string, queue: string, spent: number | null): void {
    // bounded: queue names are not ours
    if (this.#spent.size > 5_000) this.#spent.clear();
    if (spent === null) this.#spent.delete(queueKey(vhost, queue));
    else this.#spent.set(queueKey(vhost, queue), spent);
  }
  /** The most messages that a reading has put back since the queue was seen empty. */
  reach(vhost: string, queue: string): number {
    return this.#reach.get(queueKey(vhost, queue)) ?? 0;
  }
  noteReach(vhost: string, queue: string, taken: number): void {
    if (this.#reach.size > 5_000) this.#reach.clear();
    if (taken === 0) this.#reach.delete(queueKey(vhost, queue));
    else this.#reach.set(queueKey(vhost, queue), Math.max(taken, this.reach(vhost, queue)));
  }
}

/**
 * Calls `visit` with each message and its position (in a queue from 0 at its head, in a stream its offset); it answers false
 * to stop there. The connection stays open. Where reading costs lives, the first message is looked at alone: it has been
 * read at least as often as those behind it, and when it has too few lives left nothing more is touched.
 */
export async function survey(
  connection: AmqpConnection,
  snapshot: Snapshot,
  queue: Queue,
  lives: Lives,
  look: Look,
  visit: (letter: Letter, position: number) => boolean,
): Promise<Surveyed> {
  const { messages } = await Source.look(connection, queue.name);
  // other messages will come: they have their own lives
  if (messages === 0) {
    lives.note(queue.vhost, queue.name, null);
    lives.noteReach(queue.vhost, queue.name, 0);
  }
  const rules = rulesOf(snapshot, queue, lives.spent(queue.vhost, queue.name));
  refuseUnreadable(queue.name, rules);
  const careful = rules.level === 'counts';
  const wanted = Math.min(look.limit, messages);
  // A quorum queue hands out first what was put back, and lays behind the rest of it what is put back again: whoever takes
  // less than the last reader changes the order.
  const ordered = queue.type === 'quorum' && !careful;
  const least = ordered ? Math.min(messages, Math.max(wanted, lives.reach(queue.vhost, queue.name))) : wanted;
  // nothing is fetched there that is not to be taken
  const exact = Math.max(1, Math.min(careful ? least - 1 : least, windowFor(least, queue)));
  const window = queue.type === 'quorum' ? exact : windowFor(least, queue);
  const source = await openSource(connection, snapshot, queue, {
    exclusive: false,
    window: queue.type === 'stream' ? STREAM_WINDOW : careful ? 1 : window,
    ...(look.after === undefined ? {} : { from: look.after + 1 }),
  });
  const offsets = source instanceof StreamSource ? source.range : null;
  const most = Math.min(look.limit, source.inQueue);
  // a classic queue keeps no count: the header that it shows came with the message
  let weakest: number | null = queue.type === 'quorum' && most > 0 ? 0 : null;
  let read = 0;
  let held = 0;
  const end = endOf(source, look.signal);
  try {
    for (let more = true; more && read < most && !end.came(); ) {
      const batch = await source.take(most - read);
      if (batch.length === 0) break;
      for (const message of batch) {
        source.hold(message);
        held++;
        if (!more) continue;
        const letter = readLetter(message);
        if (weakest !== null) weakest = Math.max(weakest, letter.deliveryCount ?? 0);
        if (careful && read === 0) refuseUnreadable(queue.name, rulesOf(snapshot, queue, weakest));
        more = visit(letter, letter.offset !== null && offsets ? letter.offset : read);
        if (++read % PROGRESS_EVERY === 0) look.progress?.(read, most);
      }
      if (careful && read === 1 && most > 1) await source.resize(window);
    }
    while (ordered && held < least && !end.came()) {
      const batch = await source.take(least - held);
      if (batch.length === 0) break;
      for (const message of batch) source.hold(message);
      held += batch.length;
    }
  } finally {
    end.forget();
    if (ordered) lives.noteReach(queue.vhost, queue.name, least);
    await source.finish();
    if (queue.type !== 'stream') await untilBack(connection, queue.name, source.inQueue);
    if (careful && weakest !== null) lives.note(queue.vhost, queue.name, weakest + 1);
  }
  return { inQueue: source.inQueue, read, putBack: held, weakest, offsets };
}

/** Stops the source when nobody waits any more, or when it has taken too long. */
function endOf(source: LetterSource, signal: AbortSignal | undefined): { came(): boolean; forget(): void } {
  let over = false;
  const stop = () => {
    over = true;
    source.stop();
  };
  const timer = setTimeout(stop, LONGEST_MS);
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop, { once: true });
  return {
    came: () => over,
    forget() {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
    },
  };
}
