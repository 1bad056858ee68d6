import { describe, expect, test } from 'vitest';
import { isLike } from '../findings/usual.ts';
import type { UsualDay } from '../model/past.ts';
import type { PastStore, Slot } from '../store/past.ts';
import { type BaselineOptions, createBaseline } from './baseline.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const QUARTER = 900_000;
const MIDNIGHT = 20_000 * DAY;

const slot = (peak: number, ready = peak): Slot => ({
  n: 180,
  peak,
  ready,
  unacked: 0,
  publish: 0,
  deliver: 0,
  ack: 0,
  redeliver: 0,
  consumers: 1,
});

/** A store in which the broker was read at every quarter from `days` ago on, but where `depth` gives null. */
function past(
  days: number,
  depth: (at: number) => number | null,
  options: BaselineOptions = { offset: () => 0 },
) {
  let reads = 0;
  const store: Pick<PastStore, 'read'> = {
    read: (_vhost, _name, from, to) => {
      reads++;
      const slots = new Map<number, Slot>();
      for (let at = Math.max(from, MIDNIGHT - days * DAY); at < to; at += QUARTER) {
        const ready = depth(at);
        if (ready !== null) slots.set(Math.floor(at / QUARTER), slot(ready));
      }
      return { step: QUARTER, slots };
    },
  };
  return { usual: createBaseline(store, options), reads: () => reads };
}
/** 1,000 deep from 02:00 to 03:00, else empty. */
const nightly = (at: number, hour = 2) => (Math.floor((at % DAY) / HOUR) === hour ? 1_000 : 0);

describe('what a queue did at this time of day', () => {
  test('the deepest of a quarter and its neighbours, by how much it grew, and whether it came down again', () => {
    const { usual } = past(3, nightly);
    expect(usual('/', 'q', MIDNIGHT + 2 * HOUR)).toEqual(
      [1, 2, 3].map((ago) => ({ ago, peak: 1_000, gain: 1_000, drained: true })),
    );
    // ten minutes before the batch begins, the quarter after counts
    expect(usual('/', 'q', MIDNIGHT + 2 * HOUR - 600_000)?.[0]).toMatchObject({ peak: 1_000 });
    expect(usual('/', 'noon', MIDNIGHT + 12 * HOUR)?.[0]).toMatchObject({ peak: 0, gain: 0 });
  });

  test('a depth that lasts is no batch: it never comes down', () => {
    const { usual } = past(3, () => 1_000);
    expect(usual('/', 'q', MIDNIGHT + 2 * HOUR)?.[0]).toEqual({
      ago: 1,
      peak: 1_000,
      gain: 0,
      drained: false,
    });
  });

  test('a day on which the broker was not read at that time is none', () => {
    //  3 days ago   2 days ago          yesterday
    //  batch        ···· not read ····  batch
    const gap = (at: number) => (at < MIDNIGHT - DAY && at >= MIDNIGHT - 2 * DAY ? null : nightly(at));
    const { usual } = past(3, gap);
    expect(usual('/', 'q', MIDNIGHT + 2 * HOUR)?.map((d) => d.ago)).toEqual([1, 3]);
  });

  test('after a change of summer time, by the clock on the wall and by hours since', () => {
    //  UTC of the batch   02:00 before the change   │ 01:00 after it (local 03:00 both), or 02:00 where cron runs in UTC
    const change = MIDNIGHT - 12 * HOUR;
    const offset = (at: number) => (at < change ? -60 : -120);
    const { usual } = past(5, nightly, { offset });
    expect(usual('/', 'wall', MIDNIGHT + 1 * HOUR)?.map((d) => d.peak)).toEqual([
      1_000, 1_000, 1_000, 1_000, 1_000,
    ]);
    expect(usual('/', 'utc', MIDNIGHT + 2 * HOUR + 30 * 60_000)?.[0]).toMatchObject({ peak: 1_000 });
    const { usual: blind } = past(5, nightly);
    expect(blind('/', 'wall', MIDNIGHT + 1 * HOUR)?.[0]).toMatchObject({ peak: 0 });
  });

  test('is read once a quarter of an hour, and a few at a reading', () => {
    const { usual, reads } = past(3, nightly);
    const at = MIDNIGHT + 2 * HOUR;
    const ask = (now: number) => ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => usual('/', name, now) !== null);
    expect(ask(at)).toEqual([true, true, true, true, false, false]);
    expect(ask(at + 2_000)).toEqual([true, true, true, true, true, true]);
    expect(ask(at + 4_000)).not.toContain(false);
    expect(reads()).toBe(6);
    // at the next quarter what was known serves until its turn comes
    expect(ask(at + QUARTER)).not.toContain(false);
    expect(reads()).toBe(10);
  });
});

describe('the like of it', () => {
  const days = (peaks: number[]): UsualDay[] =>
    peaks.map((peak, i) => ({ ago: i + 1, peak, gain: peak, drained: true }));
  const like = (peaks: number[], now: number) => isLike(days(peaks), (d) => d.peak, now / 1.5);

  test('needs two days, and the mean of late near it', () => {
    expect(like([1_000], 1_000)).toBe(false);
    expect(like([1_000, 1_000], 1_000)).toBe(true);
    expect(like([1_000, 1_000], 1_600)).toBe(false);
    // two nights outweigh a quiet month before them; three quiet nights forget them
    expect(like([1_000, 1_000, ...Array.from({ length: 28 }, () => 0)], 1_000)).toBe(true);
    expect(like([0, 0, 0, 1_000, 1_000], 1_000)).toBe(false);
  });

  test('of the same weekday, where others are quiet', () => {
    const mondays = Array.from({ length: 30 }, (_, i) => ((i + 1) % 7 === 0 ? 1_000 : 0));
    expect(like(mondays, 1_000)).toBe(true);
    expect(like(mondays, 1_600)).toBe(false);
  });
});
