/** How fast a job may send, and how fast it goes. */

/** The rate shown is that of the last so many ms. */
const SEEN_MS = 5_000;

export class Pace {
  #rate: number | null;
  readonly #clock: () => number;
  #nextAt = 0;
  #done: { at: number; n: number }[] = [];
  readonly #from: number;

  /** `rate` in messages per second, null for as fast as confirms come. */
  constructor(rate: number | null, clock: () => number) {
    this.#rate = rate;
    this.#clock = clock;
    this.#from = clock();
  }

  /** messages per second that it may send; null: no bound */
  get rate(): number | null {
    return this.#rate;
  }

  /** Most messages in one go. */
  get batch(): number {
    return this.#rate === null ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(this.#rate / 10));
  }

  /** Another rate from now on; what was sent before does not count any more. */
  change(rate: number | null): void {
    this.#rate = rate;
    this.#nextAt = 0;
  }

  /** Resolves when the next batch may go; looks at `stop` at least each 200 ms. */
  async wait(stop: () => boolean): Promise<void> {
    for (let left = this.#left(); left > 0 && !stop(); left = this.#left())
      await new Promise((resolve) => setTimeout(resolve, Math.min(left, 200)));
  }

  sent(n: number): void {
    if (this.#rate !== null) this.#nextAt = Math.max(this.#clock(), this.#nextAt) + (n * 1_000) / this.#rate;
  }

  done(n: number): void {
    const now = this.#clock();
    this.#done.push({ at: now, n });
    while ((this.#done[0]?.at ?? now) < now - SEEN_MS) this.#done.shift();
  }

  /** Messages confirmed per second over the last five seconds. */
  perSecond(): number {
    const now = this.#clock();
    const seen = this.#done.filter((d) => d.at >= now - SEEN_MS).reduce((sum, d) => sum + d.n, 0);
    return seen / (Math.min(SEEN_MS, Math.max(500, now - this.#from)) / 1_000);
  }

  #left(): number {
    return this.#rate === null ? 0 : this.#nextAt - this.#clock();
  }
}
