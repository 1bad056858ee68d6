/** What is remembered of the last reading of each queue, and which are being read now. */
import type { DeadLetterPage } from '../model/api.ts';
import { queueKey } from '../model/broker.ts';
import type { Reading } from './dead-letters.ts';

export interface ReadingNow {
  read: number;
  of: number;
  /** ms since 1970 */
  since: number;
}

export class Readings {
  readonly #clock: () => number;
  readonly #known = new Map<string, Reading>();
  readonly #now = new Map<string, ReadingNow>();

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** By `queueKey`. */
  get known(): ReadonlyMap<string, Reading> {
    return this.#known;
  }

  /** Queues that are being read, by `queueKey`. */
  get now(): ReadonlyMap<string, ReadingNow> {
    return this.#now;
  }

  note(vhost: string, queue: string, reading: Reading): void {
    const key = queueKey(vhost, queue);
    const before = this.#known.get(key);
    // the first page of a queue that was read whole says less of the same
    if (before && before.inQueue === reading.inQueue && before.read > reading.read) return;
    // bounded: queue names are not ours
    if (this.#known.size > 5_000) this.#known.clear();
    this.#known.set(key, reading);
  }

  /** A page further behind in a stream says nothing of what lies before it. */
  notePage(page: DeadLetterPage, fromHead: boolean, weakest: number | null): void {
    if (!fromHead) return;
    const { vhost, queue, readAt, inQueue, causes } = page;
    const read = causes.reduce((sum, cause) => sum + cause.count, 0);
    this.note(vhost, queue, { readAt, inQueue, read, causes, weakest });
  }

  /** Runs a reading that tells how far it is. */
  async during<T>(
    vhost: string,
    queue: string,
    work: (progress: (read: number, of: number) => void) => Promise<T>,
  ): Promise<T> {
    const key = queueKey(vhost, queue);
    const since = this.#clock();
    const tell = (read: number, of: number) => this.#now.set(key, { read, of, since });
    try {
      return await work(tell);
    } finally {
      this.#now.delete(key);
    }
  }
}
