/** Why connections and channels ended, until their end is told: the two come on different ways, in any order. */

/** Longer apart, and the name is that of another channel or connection. */
const KEEP_MS = 10_000;
const SAME_MS = 500;

export class Reasons {
  /** By name, in the order in which they came. */
  readonly #of = new Map<string, { reason: string; at: number }[]>();

  /** Answers false when the same was noted a moment ago. */
  note(name: string, reason: string, at: number): boolean {
    const known = this.#of.get(name) ?? [];
    if (known.some((one) => one.reason === reason && at - one.at < SAME_MS)) return false;
    this.#of.set(name, [...known, { reason, at }]);
    return true;
  }

  /** The one nearest in time to the end at `at`: a channel's number is soon used again. */
  near(name: string | null, at: number): string | null {
    const known = (name !== null && this.#of.get(name)) || [];
    const far = (one: { at: number }) => Math.abs(one.at - at);
    return known.reduce((best, one) => (far(one) < far(best) ? one : best), known[0] ?? NONE).reason;
  }

  prune(now: number): void {
    for (const [name, list] of this.#of) {
      const left = list.filter(({ at }) => now - at <= KEEP_MS);
      if (left.length === 0) this.#of.delete(name);
      else if (left.length < list.length) this.#of.set(name, left);
    }
  }
}

const NONE = { reason: null, at: 0 };
