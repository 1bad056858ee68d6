/** Percentiles of measured times. Pure. */

export interface Spread {
  n: number;
  /** In the unit of the samples, which is milliseconds everywhere here. */
  p50: number;
  p95: number;
  max: number;
}

/**
 * The smallest sample that at least `share` (0..1) of all samples do not exceed (nearest rank): a time that was really
 * measured, not one in between. Throws RangeError without samples: nothing measured is not zero.
 */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
  if (value === undefined) throw new RangeError('no samples');
  return value;
}

export function spread(samples: readonly number[]): Spread {
  return {
    n: samples.length,
    p50: round(percentile(samples, 0.5)),
    p95: round(percentile(samples, 0.95)),
    max: round(percentile(samples, 1)),
  };
}

/** Two decimals below 10, one below 100, none above: more would pretend. */
export function round(value: number): number {
  const digits = Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0;
  return Number(value.toFixed(digits));
}
