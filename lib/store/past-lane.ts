/**
 * Slots of one series in columns of numbers, NaN unknown: what is written each quarter of an hour for ten thousand queues
 * makes no object a slot. The same rules as `joined` and `rolledUp` of past.ts, which readers use.
 */
import type { Point } from '../model/live.ts';
import { means, type Slot, type Slots } from './past.ts';

export const columns: readonly (keyof Slot)[] = ['n', 'peak', 'consumers', ...means];
const N = 0;
const PEAK = 1;
const CONSUMERS = 2;
const FIRST_MEAN = 3;

export interface Lane {
  /** Slots' numbers since 1970 at their level, rising. */
  at: number[];
  /** As `columns`, a value for each slot. */
  of: number[][];
}

export function emptyLane(): Lane {
  return { at: [], of: columns.map(() => []) };
}

export function laneOf(points: readonly Point[], stepMs: number): Lane {
  const lane = emptyLane();
  const figures = columns.slice(CONSUMERS).filter((name) => name !== 'n' && name !== 'peak');
  for (const point of points) {
    const at = Math.round(point.at / stepMs);
    // two readings in one slot: the later one stands
    const i = lane.at.at(-1) === at ? lane.at.length - 1 : lane.at.length;
    lane.at[i] = at;
    put(lane, N, i, 1);
    put(lane, PEAK, i, point.ready ?? Number.NaN);
    for (let c = 0; c < figures.length; c++) {
      const figure = figures[c];
      if (figure) put(lane, CONSUMERS + c, i, point[figure] ?? Number.NaN);
    }
  }
  return lane;
}

function put(lane: Lane, column: number, i: number, value: number): void {
  const values = lane.of[column];
  if (values) values[i] = value;
}

export function value(lane: Lane, column: number, i: number): number {
  return lane.of[column]?.[i] ?? Number.NaN;
}

/** `by` slots of the finer level make one. */
export function rolled(lane: Lane, by: number): Lane {
  const coarse = emptyLane();
  const place = lane.at.map((at) => {
    const coarser = Math.floor(at / by);
    if (coarse.at.at(-1) !== coarser) coarse.at.push(coarser);
    return coarse.at.length - 1;
  });
  const weights = lane.of[N] ?? [];
  for (let c = 0; c < columns.length; c++)
    rollColumn(lane.of[c] ?? [], coarse.of[c] ?? [], c, place, weights);
  return coarse;
}

function rollColumn(
  fine: readonly number[],
  coarse: number[],
  column: number,
  place: readonly number[],
  weights: readonly number[],
): void {
  let last = -1;
  let weight = 0;
  for (let i = 0; i < fine.length; i++) {
    const at = place[i] ?? 0;
    const v = fine[i] ?? Number.NaN;
    const w = weights[i] ?? 1;
    coarse[at] = at === last ? joinedFigure(column, coarse[at] ?? Number.NaN, weight, v, w) : v;
    weight = at === last ? weight + w : w;
    last = at;
  }
}

/** What is unknown in one is that of the other. */
function joinedFigure(column: number, a: number, n: number, b: number, m: number): number {
  if (Number.isNaN(a)) return b;
  if (Number.isNaN(b)) return a;
  if (column === N) return a + b;
  if (column === PEAK) return Math.max(a, b);
  return column === CONSUMERS ? Math.min(a, b) : (a * n + b * m) / (n + m);
}

/** Both in one, by time. Of two for one slot the fresh stands, or with `joins` both are one. */
export function mergedLanes(old: Lane, fresh: Lane, joins: boolean): Lane {
  const all = emptyLane();
  for (let i = 0, j = 0; i < old.at.length || j < fresh.at.length; ) {
    const a = old.at[i] ?? Number.POSITIVE_INFINITY;
    const b = fresh.at[j] ?? Number.POSITIVE_INFINITY;
    if (a < b || (a === b && joins)) append(all, a, old, i++);
    else append(all, b, fresh, j++);
    if (a !== b) continue;
    if (joins) join(all, all.at.length - 1, fresh, j++);
    else i++;
  }
  return all;
}

/** Without the slots in which nothing lay there and nothing moved; the first always stands. See `rests`. */
export function withoutRests(lane: Lane): Lane {
  const kept = emptyLane();
  for (let i = 0; i < lane.at.length; i++)
    if (!restsAt(lane, i, kept)) append(kept, lane.at[i] ?? 0, lane, i);
  return kept;
}

function restsAt(lane: Lane, i: number, kept: Lane): boolean {
  if (kept.at.length === 0 || value(lane, PEAK, i) !== 0) return false;
  if (!Object.is(value(lane, CONSUMERS, i), value(kept, CONSUMERS, kept.at.length - 1))) return false;
  for (let c = FIRST_MEAN; c < columns.length; c++) if (value(lane, c, i) !== 0) return false;
  return true;
}

export function append(lane: Lane, at: number, from: Lane, i: number): void {
  lane.at.push(at);
  for (let c = 0; c < columns.length; c++) lane.of[c]?.push(value(from, c, i));
}

/** Slot `j` of `other` goes into slot `i`. */
function join(lane: Lane, i: number, other: Lane, j: number): void {
  const [n, m] = [value(lane, N, i), value(other, N, j)];
  for (let c = columns.length - 1; c >= 0; c--)
    put(lane, c, i, joinedFigure(c, value(lane, c, i), n, value(other, c, j), m));
}

export function slotsOf(lane: Lane, into: Slots = new Map()): Slots {
  for (let i = 0; i < lane.at.length; i++) {
    const figure = (c: number) => {
      const v = value(lane, c, i);
      return Number.isNaN(v) ? null : v;
    };
    into.set(lane.at[i] ?? 0, {
      n: figure(N) ?? 1,
      peak: figure(PEAK),
      consumers: figure(CONSUMERS),
      ready: figure(3),
      unacked: figure(4),
      publish: figure(5),
      deliver: figure(6),
      ack: figure(7),
      redeliver: figure(8),
    });
  }
  return into;
}
