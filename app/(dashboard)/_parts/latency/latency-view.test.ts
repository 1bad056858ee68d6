import { expect, it } from 'vitest';
import { driftOf, linesOf, narrowed, sinceOf, slicesOf, worstOf } from './latency-view.ts';

const points = (...p95: (number | null)[]) =>
  p95.map((v, i) => ({ at: i * 1_000, count: v === null ? 0 : 3, p50: v, p95: v, p99: v }));

it('draws a slice without messages as a gap, and says so once', () => {
  const { p95, gaps } = linesOf(points(1, null, 2, null, null, 3));
  expect(p95[1]).toBeNull();
  expect(gaps).toEqual([
    { from: 0, to: 2_000, reason: '' },
    { from: 2_000, to: 5_000, reason: 'nothing measured' },
  ]);
});

it('begins with the first slice that was measured, and knows when that was', () => {
  const young = points(null, null, null, 4, 5);
  expect(linesOf(young)).toMatchObject({ times: [3_000, 4_000], gaps: [] });
  expect(sinceOf(young, 0)).toBe(3_000);
  // what began with the last slice is drawn too
  expect(linesOf(points(null, null, 4))).toMatchObject({ times: [1_000, 2_000], p95: [null, 4] });
  expect(linesOf(points(4, 5, null)).times).toEqual([0, 1_000, 2_000]);
  expect([sinceOf(points(4, 5), 0), sinceOf(points(null, null), 0)]).toEqual([null, null]);
});

it('looks closer where nothing was measured before, as long as there are narrower slices', () => {
  const M = 60_000;
  const whole = { vhost: '/', queue: 'a', count: 9, p50: 4, p95: 4, p99: 4 };
  const day = (...p95: (number | null)[]) => {
    const hours = points(...p95).map((p, i) => ({ ...p, at: i * 60 * M }));
    return { from: 0, to: p95.length * 60 * M, queues: [{ ...whole, points: hours }] };
  };
  const still = Array.from({ length: 22 }, () => null);
  expect(narrowed(day(...still, 4, 5))).toBe(22 * 60 * M);
  expect(narrowed(day(4, ...still, 5))).toBeNull();
  expect(narrowed({ from: 0, to: M, queues: [] })).toBeNull();
});

it('knows when it was worst', () => {
  expect(worstOf(points(1, 9, null, 3))).toEqual({ from: 1_000, to: 2_000, p95: 9 });
  expect(worstOf(points(null, null))).toBeNull();
});

it('tells slower from faster, and neither from noise or too little', () => {
  expect(driftOf(points(10, 10, 10, 10, 10, 10, 80, 90))?.word).toBe('slower');
  expect(driftOf(points(80, 90, 80, 90, 80, 90, 10, 10))?.word).toBe('faster');
  expect(driftOf(points(10, 12, 10, 12, 10, 12, 13, 14))?.word).toBe('as before');
  expect(driftOf(points(10, 12, 10, 12, 10, 12, null, 14))).toBeNull();
});

it('asks for whole slices that begin on the clock', () => {
  const at = 1_000_000 * 60_000 + 7_000;
  expect(slicesOf(at - 900_000, at)).toEqual({ from: at - 907_000, to: at + 53_000, points: 16 });
  const day = slicesOf(at - 86_400_000, at);
  expect([(day.to - day.from) / day.points, day.points <= 41]).toEqual([3_600_000, true]);
  expect(slicesOf(at, at + 1_000).points).toBe(1);
});
