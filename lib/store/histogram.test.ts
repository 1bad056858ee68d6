import { expect, test } from 'vitest';
import { addTo, bucketOf, type Histogram, packHistogram, percentiles, unpackHistogram } from './histogram.ts';

const of = (...times: number[]): Histogram => {
  const histogram: Histogram = new Map();
  for (const ms of times) addTo(histogram, new Map([[bucketOf(ms), 1]]));
  return histogram;
};

test('a percentile is within half a bucket of the time that it stands for', () => {
  for (let ms = 0.15; ms < 1e9; ms *= 1.7) {
    const { p50 } = percentiles(of(ms));
    expect(Math.abs((p50 ?? 0) / ms - 1)).toBeLessThan(0.05);
  }
});

test('percentiles are of all times counted, and of none they are not known', () => {
  const times = Array.from({ length: 1_000 }, (_, i) => i + 1);
  const { count, p50, p95, p99 } = percentiles(of(...times));
  expect(count).toBe(1_000);
  expect(Math.abs((p50 ?? 0) / 500 - 1)).toBeLessThan(0.09);
  expect(Math.abs((p95 ?? 0) / 950 - 1)).toBeLessThan(0.09);
  expect(Math.abs((p99 ?? 0) / 990 - 1)).toBeLessThan(0.09);
  expect(percentiles(new Map())).toEqual({ count: 0, p50: null, p95: null, p99: null });
});

test('what is shorter or longer than the scale, or no number, stays on it', () => {
  expect([0, -1, Number.NaN, 0.1].map(bucketOf)).toEqual([0, 0, 0, 0]);
  expect(bucketOf(Number.MAX_VALUE)).toBe(299);
});

test('packing keeps counts and adds them to what is there', () => {
  const one = of(1, 1, 5, 70_000);
  expect(unpackHistogram(packHistogram(one))).toEqual(one);
  expect(percentiles(unpackHistogram(packHistogram(one), of(1))).count).toBe(5);
});
