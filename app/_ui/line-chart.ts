/** Pure parts of LineChart: gaps, ticks, labels that do not run into each other. */
import { clockMs, clockShort, dayOf } from './format';

export interface Stretch {
  from: number;
  to: number;
  reason: string;
}

/** Stretches in which every series is unknown, from the last known point to the next, all with one reason. */
export function gapsOf(
  times: readonly number[],
  series: readonly (readonly (number | null)[])[],
  reason: string,
): Stretch[] {
  const gaps: Stretch[] = [];
  const blank = (i: number) => series.every((values) => (values[i] ?? null) === null);
  for (let i = 0; i < times.length; i++) {
    if (!blank(i)) continue;
    const start = i;
    while (i + 1 < times.length && blank(i + 1)) i++;
    const from = times[Math.max(0, start - 1)];
    const to = times[Math.min(times.length - 1, i + 1)];
    if (from !== undefined && to !== undefined && to > from) gaps.push({ from, to, reason });
  }
  return gaps;
}

/** How a moment under an axis of so many ms is told: with seconds, as time of day, with its day, or as a day alone. */
export function axisTime(at: number, span: number): string {
  if (span < 180_000) return clockMs(at).slice(0, 8);
  if (span < 20 * 3_600_000) return clockShort(at);
  const day = dayOf(at);
  return span < 8 * 86_400_000 ? `${day} ${clockShort(at)}` : day;
}

/** A scale's top and its steps from 0: three to five steps of 1, 2, 2.5 or 5 times a power of ten. */
export function niceTicks(max: number): number[] {
  if (!(max > 0)) return [0, 1];
  const rough = max / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((m) => m * power >= rough) ?? 10) * power;
  const ticks = [0];
  for (let i = 1; (ticks.at(-1) ?? 0) < max; i++) ticks.push(+(i * step).toPrecision(12));
  return ticks;
}

/**
 * Positions moved apart to at least `gap`, in their order, within low..high where there is room.
 * Returned in the order in which they came.
 */
export function spread(wanted: readonly number[], gap: number, low: number, high: number): number[] {
  const order = wanted.map((y, i) => ({ y, i })).sort((a, b) => a.y - b.y || a.i - b.i);
  let floor = low;
  for (const label of order) {
    label.y = Math.max(label.y, floor);
    floor = label.y + gap;
  }
  let ceiling = high;
  for (const label of order.toReversed()) {
    label.y = Math.min(label.y, ceiling);
    ceiling = label.y - gap;
  }
  const out = wanted.slice();
  for (const label of order) out[label.i] = label.y;
  return out;
}
