/**
 * Consumers that were lost, counted by queue and cause. A loss is counted some seconds after it was seen, when its cause is
 * settled and those that came back at once are off the list; the list holds 500 at most, so more at a time are not counted.
 */
import type { GoneConsumer } from '../model/broker.ts';
import type { Tally } from './tally.ts';

/** Causes are made better for 10 s. */
const SETTLED_MS = 15_000;

export class Losses {
  readonly #tally: Tally<'cause'>;
  #until: number;

  constructor(tally: Tally<'cause'>, since: number) {
    this.#tally = tally;
    this.#until = since;
  }

  /** After a reading at `readAt`, with all that are known to have gone. */
  look(gone: readonly GoneConsumer[], readAt: number): void {
    const to = readAt - SETTLED_MS;
    for (const { vhost, queue, cause, goneAt } of gone)
      if (goneAt > this.#until && goneAt <= to) this.#tally.add({ vhost, queue, cause });
    this.#until = Math.max(this.#until, to);
  }
}
