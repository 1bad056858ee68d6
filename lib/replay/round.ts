/** How long a round may hold messages unacknowledged, and how far ahead it reads. */

import { wordsOf } from '../log.ts';
import type { ReplayJob } from '../model/replay.ts';
import type { ReplayDeps } from './deps.ts';
import { Interrupted } from './suspects.ts';
import { countOf } from './words.ts';

/** RabbitMQ takes messages back that a consumer has not acknowledged for 30 minutes, and closes its channel. */
const ROUND_MS = 5 * 60_000;
/** Where each putting back costs a message one of its lives, rounds are as few as that allows. */
const DEAR_ROUND_MS = 20 * 60_000;
/** What is read ahead waits at most so long for its turn at the rate that holds, s. */
const AHEAD_SECONDS = 30;

/** Messages to have read beyond those that are on their way. `most`: at full speed. */
export function aheadFor(most: number, rate: number | null): number {
  const byRate = rate === null ? most : Math.ceil(rate * AHEAD_SECONDS);
  return Math.max(1, Math.min(most, byRate));
}

export class RoundClock {
  readonly #clock: () => number;
  readonly #longest: number;
  readonly #dear: boolean;
  /** A selection, or a slow pace, lets much wait from the start; a whole queue at speed holds nothing before the first that stays. */
  #since: number | null;

  constructor(d: Pick<ReplayDeps, 'clock' | 'roundMs'>, job: ReplayJob, ahead: number, rate: number | null) {
    this.#clock = d.clock;
    this.#dear = job.plan.reading.level === 'counts';
    this.#longest = d.roundMs ?? (this.#dear ? DEAR_ROUND_MS : ROUND_MS);
    const waits = job.request.select.kind !== 'all' || ahead > aheadFor(ahead, rate);
    this.#since = waits || job.request.keepOrder ? d.clock() : null;
  }

  /** `held`: messages that stay, unacked. */
  due(held: number): boolean {
    if (held > 0) this.#since ??= this.#clock();
    return this.#since !== null && this.#clock() - this.#since >= this.#longest;
  }

  words(held: number): string {
    const price = this.#dear ? ', which costs each of them one of its lives' : '';
    return `${countOf(held)} that stay were put back${price}, so that the broker does not take them for forgotten; the queue is read again`;
  }

  /** Resolves with `work`, or when the round is over: an alarm of the broker may last, and what was read ahead is unacked. */
  async bounded(work: Promise<void>): Promise<void> {
    const since = this.#since ?? this.#clock();
    let timer: NodeJS.Timeout | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(
        () => {
          this.#since = since;
          resolve();
        },
        Math.max(0, since + this.#longest - this.#clock()),
      );
    });
    await Promise.race([work, over]);
    clearTimeout(timer);
  }
}

/** So often in a row the broker may take back what a round reads, with nothing taken out between. */
const MAX_TAKEN_BACK = 3;

/** Rounds that the broker ended. */
export class TakenBack {
  #times = 0;
  #takenOut = 0;

  /** Throws Interrupted when it happens again and again. */
  count(takenOut: number, why: unknown): void {
    this.#times = takenOut === this.#takenOut ? this.#times + 1 : 1;
    this.#takenOut = takenOut;
    if (this.#times > MAX_TAKEN_BACK)
      throw new Interrupted(`The broker takes messages back again and again: ${wordsOf(why)}`);
  }
}
