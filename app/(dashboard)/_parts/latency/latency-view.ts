/** What the latency of a queue says: its lines over time, when it was worst, whether it grows. Pure; ms. */
import type { Stretch } from '@/app/_ui/line-chart';
import { gapsOf } from '@/app/_ui/line-chart';
import type { Latency } from '@/lib/model/api';

export type QueueLatency = Latency['queues'][number];
type Point = QueueLatency['points'][number];

export interface Lines {
  times: number[];
  p50: (number | null)[];
  p95: (number | null)[];
  p99: (number | null)[];
  gaps: Stretch[];
}

/** Slices that the store keeps apart, and that begin on the clock: minutes, ten minutes, hours. ms. */
const STEPS = [1, 2, 5, 10, 20, 30, 60, 120, 180, 360, 720, 1440, 10_080].map((minutes) => minutes * 60_000);
/** More would leave most without a message where traffic is thin. */
const MOST_POINTS = 40;

/** Whole slices that cover [from, to], and their number. */
export function slicesOf(from: number, to: number): { from: number; to: number; points: number } {
  const step = STEPS.find((s) => (to - from) / s <= MOST_POINTS) ?? to - from;
  const first = Math.floor(from / step) * step;
  const points = Math.max(1, Math.ceil((to - first) / step));
  return { from: first, to: first + points * step, points };
}

/**
 * A slice in which nothing was measured is a gap, not a zero. The widest says so in words. The line begins with the first
 * slice that was measured, and has two slices at least: a young store would show little but its gap.
 */
export function linesOf(all: readonly Point[]): Lines {
  const points = all.slice(Math.max(0, Math.min(firstOf(all), all.length - 2)));
  const times = points.map((p) => p.at);
  const [p50, p95, p99] = [points.map((p) => p.p50), points.map((p) => p.p95), points.map((p) => p.p99)];
  const gaps = gapsOf(times, [p95], '');
  const widest = gaps.toSorted((a, b) => b.to - b.from - (a.to - a.from))[0];
  return {
    times,
    p50,
    p95,
    p99,
    gaps: gaps.map((gap) => (gap === widest ? { ...gap, reason: 'nothing measured' } : gap)),
  };
}

const firstOf = (points: readonly Point[]) => points.findIndex((p) => p.p95 !== null);
const stepOf = (points: readonly Point[]) => (points[1]?.at ?? 0) - (points[0]?.at ?? 0);

/** Since when there is something, where that is well after `from`: a young store, or a queue that was still. Else null. */
export function sinceOf(points: readonly Point[], from: number): number | null {
  const first = points[firstOf(points)];
  return first && first.at - from > 2 * stepOf(points) ? first.at : null;
}

/** Where to begin, so that the same number of slices tells more: nothing was measured before. Null: it would not. */
export function narrowed({ from, to, queues }: Latency): number | null {
  const begins = queues.filter((q) => q.count > 0).map((q) => q.points[firstOf(q.points)]?.at ?? from);
  const begin = Math.min(...begins);
  const [first] = queues;
  if (!first || !Number.isFinite(begin)) return null;
  const slices = slicesOf(begin, to);
  return (slices.to - slices.from) / slices.points < (to - from) / first.points.length ? begin : null;
}

/** The slice with the largest p95, from its beginning to its end; null when nothing was measured. */
export function worstOf(points: readonly Point[]): { from: number; to: number; p95: number } | null {
  const step = stepOf(points);
  let worst: { from: number; to: number; p95: number } | null = null;
  for (const { at, p95 } of points)
    if (p95 !== null && p95 > (worst?.p95 ?? -1)) worst = { from: at, to: at + Math.max(step, 1_000), p95 };
  return worst;
}

/** How much p95 may wander and still be "as before". */
const SAME = 1.5;

export interface Drift {
  word: 'slower' | 'faster' | 'as before';
  /** Median p95 of the first three quarters and of the last. */
  before: number;
  lately: number;
}

/** Null with too few slices to tell: two on each side are the least. */
export function driftOf(points: readonly Point[]): Drift | null {
  const cut = Math.floor(points.length * 0.75);
  const before = median(points.slice(0, cut));
  const lately = median(points.slice(cut));
  if (before === null || lately === null) return null;
  // a few ms more or less are nobody's trouble
  const word =
    lately > Math.max(before * SAME, before + 5)
      ? 'slower'
      : before > Math.max(lately * SAME, lately + 5)
        ? 'faster'
        : 'as before';
  return { word, before, lately };
}

function median(points: readonly Point[]): number | null {
  const known = points.flatMap((p) => p.p95 ?? []).sort((a, b) => a - b);
  return known.length < 2 ? null : (known[Math.floor(known.length / 2)] ?? null);
}
