import { describe, expect, test } from 'vitest';
import { queue, snapshot } from '../../test/build.ts';
import { createHistory, SLOT_MS, SLOTS } from './history.ts';

const at = (slot: number, ready: number | null, more = {}) =>
  snapshot({
    readAt: slot * SLOT_MS + 100,
    totals: { ...snapshot().totals, ready },
    queues: [queue('q', { ready, unacked: ready === null ? null : 1, total: ready, ...more })],
  });

describe('history', () => {
  test('a slot without a reading is a gap, not 0', () => {
    //  slot   10  11  12  13  14
    //  ready   5   6   ·   ·   9
    const h = createHistory();
    for (const s of [at(10, 5), at(11, 6), at(14, 9)]) h.record(s);
    expect(h.totals().map((p) => p.ready)).toEqual([5, 6, null, null, 9]);
    expect(h.totals().map((p) => p.at)).toEqual([10, 11, 12, 13, 14].map((s) => s * SLOT_MS));
    expect(h.queue('/', 'q').map((p) => p.ready)).toEqual([5, 6, null, null, 9]);
    expect(h.queue('/', 'q', 10_000).map((p) => p.ready)).toEqual([null, 9]);
  });

  test('the last reading of a slot stands for it, an unknown figure is unknown', () => {
    const h = createHistory();
    for (const s of [at(10, 5), at(10, 7), at(11, null)]) h.record(s);
    expect(h.totals().map((p) => p.ready)).toEqual([7, null]);
  });

  test('30 minutes are kept, whatever came before', () => {
    const h = createHistory();
    for (let s = 0; s < SLOTS + 40; s++) h.record(at(s, s));
    const points = h.totals();
    expect(points).toHaveLength(SLOTS);
    expect(points[0]?.ready).toBe(40);
    expect(points.at(-1)?.ready).toBe(SLOTS + 39);
  });

  test('an idle queue was at 0 wherever the broker was read, once it is busy too', () => {
    //  slot   10  11  12  13
    //  ready   0   ·   0   4
    const h = createHistory();
    const idle = { ready: 0, unacked: 0, total: 0 };
    for (const slot of [10, 12]) h.record(snapshot({ readAt: slot * SLOT_MS, queues: [queue('q', idle)] }));
    expect(h.queue('/', 'q').map((p) => p.ready)).toEqual([0, null, 0]);
    h.record(at(13, 4));
    expect(h.queue('/', 'q').map((p) => p.ready)).toEqual([0, null, 0, 4]);
  });

  test('the small line has one value a minute, gaps included', () => {
    const h = createHistory();
    for (let s = 0; s < SLOTS; s++) if (s < 12 || s >= 24) h.record(at(s, s));
    const line = h.spark('/', 'q');
    expect(line).toHaveLength(30);
    expect(line.slice(0, 3)).toEqual([12, null, 36]);
    expect(line.at(-1)).toBe(SLOTS);
  });

  test('a queue that was never seen has no past; one that went keeps it for 30 minutes', () => {
    const h = createHistory();
    h.record(at(1, 5));
    expect(h.queue('/', 'other')).toEqual([]);
    expect(h.spark('/', 'other')).toEqual([]);
    h.record(snapshot({ readAt: 3 * SLOT_MS }));
    expect(h.queue('/', 'q').map((p) => p.ready)).toEqual([5, null, null]);
    h.record(snapshot({ readAt: (SLOTS + 2) * SLOT_MS }));
    expect(h.queue('/', 'q')).toEqual([]);
  });

  test('busy queues beyond what memory is for have an unknown past, and are counted', () => {
    const h = createHistory(3);
    const busy = (names: number) =>
      Array.from({ length: names }, (_, i) => queue(`q${i}`, { ready: 1, total: 1 }));
    h.record(snapshot({ readAt: 0, queues: busy(3) }));
    h.record(snapshot({ readAt: SLOT_MS, queues: busy(3) }));
    expect(h.unkept()).toBe(0);
    h.record(snapshot({ readAt: 2 * SLOT_MS, queues: busy(5) }));
    expect(h.unkept()).toBe(2);
    expect(h.queue('/', 'q0').at(-1)?.ready).toBe(1);
    // unknown, not 0
    expect(h.spark('/', 'q4').at(-1)).toBeNull();
  });
});
