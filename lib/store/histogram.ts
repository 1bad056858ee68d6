/**
 * Times counted in buckets of which each is 9 % wider than the one before: 0.1 ms to a month in 300 of them, so that a
 * percentile read off is at most 4.5 % away. Pure.
 */
const SMALLEST_MS = 0.1;
const GROWTH = 1.09;
const LAST_BUCKET = 299;

/** Count by bucket; absent ones are 0. */
export type Histogram = Map<number, number>;

/** Bucket 0 holds all up to 0.1 ms, the last all that is longer than a month. */
export function bucketOf(ms: number): number {
  if (!(ms > SMALLEST_MS)) return 0;
  return Math.min(LAST_BUCKET, Math.ceil(Math.log(ms / SMALLEST_MS) / Math.log(GROWTH)));
}

/** The middle of a bucket in ms, on the scale on which its width is constant. */
function middleOf(bucket: number): number {
  return SMALLEST_MS * GROWTH ** (bucket === 0 ? 0 : bucket - 0.5);
}

export function addTo(into: Histogram, from: Histogram): void {
  for (const [bucket, count] of from) into.set(bucket, (into.get(bucket) ?? 0) + count);
}

export interface Percentiles {
  count: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

export function percentiles(histogram: Histogram): Percentiles {
  const buckets = [...histogram].sort(([a], [b]) => a - b);
  const count = buckets.reduce((sum, [, n]) => sum + n, 0);
  const at = (share: number) => {
    let below = 0;
    for (const [bucket, n] of buckets) {
      below += n;
      if (below >= share * count) return rounded(middleOf(bucket));
    }
    return null;
  };
  return count === 0
    ? { count, p50: null, p95: null, p99: null }
    : { count, p50: at(0.5), p95: at(0.95), p99: at(0.99) };
}

/** Three digits: more would promise what buckets cannot hold. */
function rounded(ms: number): number {
  return Number(ms.toPrecision(3));
}

/** Two bytes of bucket and four of count each, in order of bucket. */
export function packHistogram(histogram: Histogram): Buffer {
  const packed = Buffer.alloc(histogram.size * 6);
  [...histogram]
    .sort(([a], [b]) => a - b)
    .forEach(([bucket, count], i) => {
      packed.writeUInt16LE(bucket, i * 6);
      packed.writeUInt32LE(Math.min(count, 0xffff_ffff), i * 6 + 2);
    });
  return packed;
}

/** Adds what was packed to `into`. */
export function unpackHistogram(packed: Buffer, into: Histogram = new Map()): Histogram {
  for (let i = 0; i + 6 <= packed.length; i += 6) {
    const bucket = packed.readUInt16LE(i);
    into.set(bucket, (into.get(bucket) ?? 0) + packed.readUInt32LE(i + 2));
  }
  return into;
}
