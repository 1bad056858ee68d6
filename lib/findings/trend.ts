/** How the depth of a queue moves, from its last points. Pure. */
import type { Point } from '../model/live.ts';

export interface Trend {
  /** Messages a second, negative while it falls; 0 for a burst that gained but falls at its end. */
  perSecond: number;
  /** Over the span of the points. */
  gain: number;
  /** ms since 1970, of the first point. */
  from: number;
}

/** Least squares through known points, since two ends alone would call any jump a trend. Null: too few. */
export function trendOf(known: readonly Point[]): Trend | null {
  const [first, last] = [known[0], known.at(-1)];
  if (!first || !last || first === last) return null;
  let [sumAt, sum] = [0, 0];
  for (const p of known) {
    sumAt += p.at;
    sum += p.ready ?? 0;
  }
  const [meanAt, mean] = [sumAt / known.length, sum / known.length];
  let [over, under] = [0, 0];
  for (const p of known) {
    over += (p.at - meanAt) * ((p.ready ?? 0) - mean);
    under += (p.at - meanAt) ** 2;
  }
  const slope = (over / under) * 1000;
  const third = known.slice(-Math.ceil(known.length / 3));
  const falls = (last.ready ?? 0) < (third[0]?.ready ?? 0);
  const perSecond = falls ? Math.min(0, slope) : slope;
  return { perSecond, gain: (perSecond * (last.at - first.at)) / 1000, from: first.at };
}
