/** Why connections and channels ended, until their end is told: the two come on different ways, in any order. */

/** Longer apart, and the name is that of another channel or connection. */
const KEEP_MS = 10_000;
const SAME_MS = 500;

export class Reasons<T extends { words: string }> {
  /** By name, in the order in which they came. */
  readonly #of = new Map<string, { reason: T; at: number }[]>();

  /** Answers false when the same was noted a moment ago. */
  note(name: string, reason: T, at: number): boolean {
    const known = this.#of.get(name) ?? [];
    if (known.some((one) => one.reason.words === reason.words && at - one.at < SAME_MS)) return false;
    this.#of.set(name, [...known, { reason, at }]);
    return true;
  }

  /** The one nearest in time to the end at `at`: a channel's number is soon used again. */
  near(name: string | null, at: number): T | null {
    const known = (name !== null && this.#of.get(name)) || [];
    const far = (one: { at: number }) => Math.abs(one.at - at);
    const [first] = known;
    return first ? known.reduce((best, one) => (far(one) < far(best) ? one : best), first).reason : null;
  }

  prune(now: number): void {
    for (const [name, list] of this.#of) {
      const left = list.filter(({ at }) => now - at <= KEEP_MS);
      if (left.length === 0) this.#of.delete(name);
      else if (left.length < list.length) this.#of.set(name, left);
    }
  }
}
