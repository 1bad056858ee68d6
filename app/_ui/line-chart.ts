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

const S = 1_000;
const M = 60 * S;
const H = 60 * M;
const D = 24 * H;
/** ms; the last ones are days of the reader's calendar, which may have 23 or 25 hours. */
const timeSteps = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * S),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * M),
  ...[1, 2, 3, 6, 12].map((n) => n * H),
  ...[1, 2, 5, 10, 30, 90].map((n) => n * D),
];

export interface Tick {
  at: number;
  label: string;
}

/**
 * At most `most` round times of the reader's own clock in [from, to]. Midnight is told as its day; of days alone those of
 * a week have their names.
 */
export function timeTicks(from: number, to: number, most: number): Tick[] {
  const span = Math.max(1, to - from);
  const step = timeSteps.find((s) => span / s <= most) ?? 365 * D;
  const ticks: Tick[] = [];
  for (let at = roundDown(from, step); at <= to; at = after(at, step))
    if (at >= from) ticks.push({ at, label: tickLabel(at, step, span) });
  return ticks;
}

function roundDown(at: number, step: number): number {
  const d = new Date(at);
  const midnight = new Date(d.getFullYear(), d.getMonth(), d.getDate()).getTime();
  if (step < D) return midnight + Math.floor((at - midnight) / step) * step;
  // from the first of the month, so that ticks stay where they are while time goes on
  const days = Math.floor((d.getDate() - 1) / (step / D)) * (step / D);
  return new Date(d.getFullYear(), d.getMonth(), 1 + days).getTime();
}

function after(at: number, step: number): number {
  if (step < D) return at + step;
  const d = new Date(at);
  return new Date(d.getFullYear(), d.getMonth(), d.getDate() + step / D).getTime();
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function tickLabel(at: number, step: number, span: number): string {
  const d = new Date(at);
  const isMidnight = d.getHours() === 0 && d.getMinutes() === 0 && d.getSeconds() === 0;
  if (step >= D || (isMidnight && span > 2 * H))
    return span <= 9 * D ? `${weekdays[d.getDay()]} ${d.getDate()}` : dayOf(at);
  return step < M ? clockMs(at).slice(0, 8) : clockShort(at);
}

/** A stretch of time in few words, by the reader's own clock: "21 Nov 14:00 to 14:30". */
export function stretchWords(from: number, to: number): string {
  const time = to - from < 10 * M ? (at: number) => clockMs(at).slice(0, 8) : clockShort;
  const isSameDay = new Date(from).toDateString() === new Date(to).toDateString();
  return `${dayOf(from)} ${time(from)} to ${isSameDay ? '' : `${dayOf(to)} `}${time(to)}`;
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
