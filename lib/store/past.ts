/**
 * The past of queues beyond the half hour in memory: figures by slots of 5 s, rolled up to 1 min and 15 min. Pure parts:
 * how slots are rolled up and put together; how they are packed stands in past-pack.ts.
 */
import type { Point } from '../model/live.ts';

/** `slots`: as many lie in one packed chunk; `keepMs` is how long a level is kept at least. */
export const levels = [
  { step: 5_000, slots: 180, keepMs: 6 * 3_600_000 },
  { step: 60_000, slots: 120, keepMs: 3 * 86_400_000 },
  { step: 900_000, slots: 96, keepMs: 30 * 86_400_000 },
] as const;
export type Level = 0 | 1 | 2;

export const means = ['ready', 'unacked', 'publish', 'deliver', 'ack', 'redeliver'] as const;

/** Some seconds or minutes as one: means, the deepest, the fewest consumers. `n` readings went into it. */
export interface Slot extends Omit<Point, 'at'> {
  n: number;
  peak: number | null;
}

/** By the slot's number since 1970 at its level. */
export type Slots = Map<number, Slot>;

export interface PastStore {
  /** Points of 5 s. A broker that was read at a slot has a point for it in the series of all (`vhost` and `name` empty). */
  put(rows: readonly { vhost: string; name: string; points: readonly Point[] }[]): void;
  /**
   * At most `most` slots of one series in [from, to), at the finest step that reaches so far back; a slot in which the
   * broker was not read is absent. `name` empty: the vhost as a whole; both empty: the broker.
   */
  read(vhost: string, name: string, from: number, to: number, most: number): { step: number; slots: Slots };
  /** Throws away what is older than each level keeps. Gives the chunks that went. */
  forget(now: number): number;
  bytes(): number;
  close(): void;
}

export function slotOf({ at: _at, ...figures }: Point): Slot {
  return { ...figures, n: 1, peak: figures.ready };
}

/** Two slots as one. What is unknown in one is that of the other. */
export function joined(a: Slot, b: Slot): Slot {
  const slot: Slot = { ...a, n: a.n + b.n };
  for (const figure of means) {
    const [x, y] = [a[figure], b[figure]];
    slot[figure] = x === null ? y : y === null ? x : (x * a.n + y * b.n) / slot.n;
  }
  slot.peak = chosen(a.peak, b.peak, Math.max);
  slot.consumers = chosen(a.consumers, b.consumers, Math.min);
  return slot;
}

function chosen(a: number | null, b: number | null, of: (a: number, b: number) => number): number | null {
  return a === null ? b : b === null ? a : of(a, b);
}

/** `by` slots of the finer level make one. */
export function rolledUp(slots: Slots, by: number): Slots {
  const rolled: Slots = new Map();
  for (const [at, slot] of slots) {
    const place = Math.floor(at / by);
    const old = rolled.get(place);
    rolled.set(place, old ? joined(old, slot) : slot);
  }
  return rolled;
}
