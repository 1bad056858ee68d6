/** Work that may be dear is done the more seldom the longer it takes. */

const LEAST_MS = 400;
/** A twentieth of the time at most. */
const TIMES = 20;

export class Sparingly {
  readonly #clock: () => number;
  #nextAt = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  isDue(): boolean {
    return this.#clock() >= this.#nextAt;
  }

  do<T>(work: () => T): T {
    const began = performance.now();
    try {
      return work();
    } finally {
      this.#nextAt = this.#clock() + Math.max(LEAST_MS, TIMES * (performance.now() - began));
    }
  }
}
