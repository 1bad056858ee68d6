/**
 * What a queue did at this time of day on earlier days, from the past on the disk: read only for a queue that a rule would
 * name, at most a few a reading, and kept for a quarter of an hour. A day is known where the broker was read at that time.
 *
 * The same time of day is taken twice, by the clock on the wall of this machine and by hours since: they differ only between
 * a change of summer time and a month after it, and a batch may follow either.
 */
import { queueKey } from '../model/broker.ts';
import type { UsualDay } from '../model/past.ts';
import { levels, type PastStore } from '../store/past.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** The coarsest slots that are kept: a quarter of an hour. */
const SLOT_MS = levels[2].step;
const DAYS = 30;
/** One costs some milliseconds: a reading must not wait for hundreds of them. */
const MOST_A_READING = 4;
/** Before the quarters that are compared: where a growth within them began. */
const BEFORE = 2;
/** Came down: to this share of the peak. */
const DRAINED = 0.2;

export interface BaselineOptions {
  /** Minutes by which the wall clock is behind UTC at that time, as `Date#getTimezoneOffset` tells. */
  offset?: (at: number) => number;
}

/** As `Past.usual`. Null: too many were looked up at this reading already. */
export type Baseline = (vhost: string, name: string, at: number) => readonly UsualDay[] | null;

export function createBaseline(
  store: Pick<PastStore, 'read'>,
  { offset = (at) => new Date(at).getTimezoneOffset() }: BaselineOptions = {},
): Baseline {
  const looked = new Map<string, { quarter: number; days: readonly UsualDay[] }>();
  let reading = { at: Number.NaN, done: 0 };

  return (vhost, name, at) => {
    const quarter = Math.floor(at / SLOT_MS);
    const key = queueKey(vhost, name);
    const kept = looked.get(key);
    if (kept?.quarter === quarter) return kept.days;
    if (reading.at !== at) reading = { at, done: 0 };
    // That of the quarter before is better than nothing.
    if (reading.done >= MOST_A_READING) return kept?.days ?? null;
    reading.done++;
    forget(looked, quarter);
    const days = daysOf(store, vhost, name, quarter, offset);
    looked.set(key, { quarter, days });
    return days;
  };
}

function forget(looked: Map<string, { quarter: number }>, quarter: number): void {
  for (const [key, { quarter: old }] of looked) if (old < quarter - 4) looked.delete(key);
}

/** `quarter`: number of the present slot since 1970. Newest day first. */
function daysOf(
  store: Pick<PastStore, 'read'>,
  vhost: string,
  name: string,
  quarter: number,
  offset: (at: number) => number,
): UsualDay[] {
  const perDay = DAY_MS / SLOT_MS;
  const from = quarter - DAYS * perDay - BEFORE - 2;
  const { step, slots } = store.read(
    vhost,
    name,
    from * SLOT_MS,
    quarter * SLOT_MS,
    2 * DAYS * perDay, // more than there are: each slot by itself
  );
  if (step !== SLOT_MS) return [];
  const line = {
    peak: (at: number) => slots.get(at)?.peak ?? null,
    least: (at: number) => slots.get(at)?.ready ?? null,
  };
  const now = offset(quarter * SLOT_MS);
  return Array.from({ length: DAYS }, (_, i) => i + 1).flatMap((ago) => {
    const same = quarter - ago * perDay;
    const shift = Math.round(((offset(same * SLOT_MS) - now) * MINUTE_MS) / SLOT_MS);
    const found = shift === 0 ? [same] : [same, same + shift];
    return best(found.flatMap((at) => dayAt(line, at, ago, perDay) ?? []));
  });
}

interface Line {
  /** The deepest of a slot, and its mean; null: not read. */
  peak: (at: number) => number | null;
  least: (at: number) => number | null;
}

function dayAt(line: Line, at: number, ago: number, perDay: number): UsualDay | null {
  const peaks = known(line.peak, at - 1, at + 1);
  if (peaks.length === 0) return null;
  const peak = Math.max(...peaks);
  const shallowest = Math.min(peak, ...known(line.least, at - 1 - BEFORE, at + 1));
  const after = known(line.least, at + 2, at + perDay - 2);
  return { ago, peak, gain: peak - shallowest, drained: after.some((depth) => depth <= peak * DRAINED) };
}

/** Of the two clocks, the one by which it did more. */
function best(days: readonly UsualDay[]): UsualDay[] {
  const [first, second] = days;
  if (!first || !second) return first ? [first] : [];
  return [second.peak > first.peak ? second : first];
}

/** From one slot to another, both included. */
function known(figure: (at: number) => number | null, from: number, to: number): number[] {
  const values: number[] = [];
  for (let at = from; at <= to; at++) {
    const value = figure(at);
    if (value !== null) values.push(value);
  }
  return values;
}
