/**
 * How often each part of the picture is asked for: as often as it is wanted while all together cost the broker, and us,
 * at most a share of the time; less often in proportion to its cost where they would cost more. Pure but for its memory of
 * what each part took.
 *
 *   pace = cost × weight × stretch, not below what is wanted, not above the longest bearable;
 *   stretch: the least with which the sum of cost ÷ pace is within the share
 */

export interface PartPace {
  /** ms from one asking to the next that is wanted, and the longest that is borne. */
  leastMs: number;
  mostMs: number;
  /** Of two parts with the same cost, that with twice the weight is asked half as often. */
  weight: number;
}

export interface Pacer<Name extends string> {
  /** What an asking took, from the question to the parsed answer, ms; `atMost`: what such an answer can have cost. */
  took(name: Name, ms: number, atMost: number): void;
  /** ms; null: never asked. The least of the last three: waiting for a busy machine is not the broker's work. */
  costOf(name: Name): number | null;
  /** It has been asked for often enough for its cost to be believed. */
  isSure(name: Name): boolean;
  /**
   * Of the parts that are asked for now, ms each; `share`: what they cost then, in parts of the time. `besides`: what of
   * the share is kept for others.
   */
  paces(parts: ReadonlyMap<Name, PartPace>, besides?: number): { everyMs: Map<Name, number>; share: number };
}

const REMEMBERED = 3;
/** A first answer may have waited for a connection, or for our own code to warm up: its cost is not believed for long. */
const UNSURE_MS = 10_000;

/** `share`: 0.05 is a twentieth of the time. */
export function createPacer<Name extends string>(share: number): Pacer<Name> {
  const book = new Map<Name, number[]>();
  const costOf = (name: Name) => {
    const costs = book.get(name);
    return costs ? Math.min(...costs) : null;
  };
  const sure = (name: Name) => (book.get(name)?.length ?? 0) >= REMEMBERED;

  function paceWith(stretch: number, name: Name, { leastMs, mostMs, weight }: PartPace): number {
    const most = sure(name) ? mostMs : Math.min(mostMs, Math.max(leastMs, UNSURE_MS));
    return Math.min(Math.max(leastMs, (costOf(name) ?? 0) * weight * stretch), most);
  }

  return {
    took(name, ms, atMost) {
      const costs = book.get(name) ?? [];
      costs.push(Math.min(ms, atMost));
      if (costs.length > REMEMBERED) costs.shift();
      book.set(name, costs);
    },
    costOf,
    isSure: sure,
    paces(parts, besides = 0) {
      const sum = (stretch: number) =>
        [...parts].reduce((all, [name, p]) => all + (costOf(name) ?? 0) / paceWith(stretch, name, p), 0);
      const stretch = leastStretch(sum, share - besides);
      return {
        everyMs: new Map([...parts].map(([name, p]) => [name, Math.round(paceWith(stretch, name, p))])),
        share: sum(stretch) + besides,
      };
    },
  };
}

/** A part of weight 1 with this stretch costs a two-hundred-thousandth of the time. */
const MOST_STRETCH = 200_000;

/** `sum` falls as the stretch grows. */
function leastStretch(sum: (stretch: number) => number, share: number): number {
  if (sum(0) <= share) return 0;
  if (sum(MOST_STRETCH) > share) return MOST_STRETCH;
  let [low, high] = [0, MOST_STRETCH];
  while (high - low > Math.max(0.5, low / 100)) {
    const middle = (low + high) / 2;
    if (sum(middle) <= share) high = middle;
    else low = middle;
  }
  return high;
}
