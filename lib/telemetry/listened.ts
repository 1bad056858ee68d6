/**
 * How long each vhost was listened to, and how long not and why, in seconds since this process began. Gaps are told after they
 * were found, so time is accounted for `LATE_MS` behind the clock; what was accounted for is never taken back.
 */
import type { Gap } from '../model/fact.ts';

/** A gap is found and written within this time. */
const LATE_MS = 30_000;

/** In these kinds nothing, or not all, of what passed was seen; a scope and a sample are somebody's choice. */
const unheard: ReadonlySet<Gap['kind']> = new Set(['tap-off', 'dropped', 'not-running']);

export interface Listened {
  vhost: string;
  listened: number;
  /** Of so much time it is known whether it was. */
  accounted: number;
  /** By the kind of gap; kinds may overlap. */
  gaps: Partial<Record<Gap['kind'], number>>;
}

export class Listening {
  readonly #gaps: (from: number, to: number) => readonly Gap[];
  readonly #sums = new Map<string, Listened>();
  #until: number;

  constructor(gaps: (from: number, to: number) => readonly Gap[], since: number) {
    this.#gaps = gaps;
    this.#until = since;
  }

  /** `vhosts`: those that have a tap now, on or off. */
  at(now: number, vhosts: readonly string[]): Listened[] {
    const [from, to] = [this.#until, now - LATE_MS];
    if (to > from) {
      const gaps = this.#gaps(from, to);
      for (const vhost of vhosts)
        this.#account(
          vhost,
          gaps.filter((gap) => gap.vhost === vhost),
          from,
          to,
        );
      this.#until = to;
    }
    return vhosts.flatMap((vhost) => this.#sums.get(vhost) ?? []);
  }

  #account(vhost: string, gaps: readonly Gap[], from: number, to: number): void {
    const sum = this.#sums.get(vhost) ?? { vhost, listened: 0, accounted: 0, gaps: {} };
    this.#sums.set(vhost, sum);
    for (const [kind, ofKind] of Map.groupBy(gaps, (gap) => gap.kind))
      sum.gaps[kind] = (sum.gaps[kind] ?? 0) + covered(ofKind, from, to) / 1000;
    const missed = covered(
      gaps.filter((gap) => unheard.has(gap.kind)),
      from,
      to,
    );
    sum.listened += (to - from - missed) / 1000;
    sum.accounted += (to - from) / 1000;
  }
}

/** ms of [from, to] that lie in any of the gaps. */
function covered(gaps: readonly Gap[], from: number, to: number): number {
  let sum = 0;
  let end = from;
  for (const gap of gaps.toSorted((a, b) => a.from - b.from)) {
    const begin = Math.max(gap.from, end);
    const over = Math.min(gap.to ?? to, to);
    if (over <= begin) continue;
    sum += over - begin;
    end = over;
  }
  return sum;
}
