/**
 * A gap that stands as long as a choice does: a narrower scope, a share of the journeys. One at most is open; another
 * reason closes it and opens the next, so that each stretch of time keeps what held in it. It outlives the process.
 */
import type { Gap } from '../model/fact.ts';

export class StandingGap {
  readonly #vhost: string;
  readonly #kind: Gap['kind'];
  readonly #put: (gap: Gap) => void;
  #gap: Gap | null;

  /** `open`: the one of this kind and vhost that an earlier process left. */
  constructor(o: { vhost: string; kind: Gap['kind']; open: Gap | null; put: (gap: Gap) => void }) {
    this.#vhost = o.vhost;
    this.#kind = o.kind;
    this.#gap = o.open;
    this.#put = o.put;
  }

  /** What holds from `now` on, in words; null: nothing is hidden. */
  is(reason: string | null, now: number): void {
    if (this.#gap?.reason === reason) return;
    if (this.#gap) this.#put({ ...this.#gap, to: Math.max(now, this.#gap.from) });
    this.#gap = null;
    if (reason === null) return;
    this.#gap = {
      id: `${this.#vhost} ${this.#kind} ${now}`,
      vhost: this.#vhost,
      from: now,
      to: null,
      kind: this.#kind,
      reason,
      missing: null,
    };
    this.#put(this.#gap);
  }
}
