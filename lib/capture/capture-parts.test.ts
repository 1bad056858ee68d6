import { describe, expect, test } from 'vitest';
import type { Gap } from '../model/fact.ts';
import { factOf } from '../store/fact-samples.ts';
import { addCounts, closedCounts } from './counts.ts';
import { Coverage } from './coverage.ts';
import { OwnConnections } from './own-connections.ts';
import { Rate } from './rate.ts';
import { Recorder } from './recorder.ts';

describe('coverage', () => {
  function bench(start: { open?: Gap; lastAlive?: { at: number; words: string } } = {}) {
    const gaps = new Map<string, Gap>();
    const coverage = new Coverage({
      vhost: '/',
      now: 100,
      open: start.open ?? null,
      lastAlive: start.lastAlive ?? null,
      put: (gap) => gaps.set(gap.id, gap),
    });
    return {
      coverage,
      gaps: () => [...gaps.values()].map(({ from, to, kind, reason }) => ({ from, to, kind, reason })),
    };
  }

  test('a new store: a gap from the start until the tap listens; then one for each loss', () => {
    const { coverage, gaps } = bench();
    coverage.end(105, 'refused');
    coverage.begin(110);
    coverage.begin(111);
    coverage.end(120, 'connection lost');
    coverage.end(125, 'still away');
    expect(gaps()).toEqual([
      { from: 100, to: 110, kind: 'tap-off', reason: 'refused' },
      { from: 120, to: null, kind: 'tap-off', reason: 'still away' },
    ]);
    expect(coverage.covered()).toBe(false);
  });

  test('after a pause of the process, from its last sign of life; an open gap goes on', () => {
    const paused = bench({ lastAlive: { at: 40, words: 'not running' } });
    paused.coverage.end(105, 'refused');
    paused.coverage.begin(110);
    expect(paused.gaps()).toEqual([{ from: 40, to: 110, kind: 'not-running', reason: 'not running' }]);

    const open: Gap = {
      id: 'x',
      vhost: '/',
      from: 10,
      to: null,
      kind: 'tap-off',
      reason: 'off',
      missing: null,
    };
    const found = bench({ open, lastAlive: { at: 40, words: 'not running' } });
    found.coverage.begin(110);
    expect(found.gaps()).toEqual([{ from: 10, to: 110, kind: 'tap-off', reason: 'off' }]);
  });
});

describe('counts', () => {
  const sum = (c: { dropped: Record<string, number>; stored: number; inMemory: number }) =>
    Object.values(c.dropped).reduce((a, b) => a + b, c.stored + c.inMemory);

  test('add up over a worker that ended with facts in its memory', () => {
    const last = { received: 100, stored: 60, inMemory: 30, dropped: { 'own traffic': 10 } };
    const closed = closedCounts(last, 12);
    expect(closed).toEqual({
      received: 88,
      stored: 60,
      inMemory: 0,
      dropped: { 'own traffic': 10, 'worker ended': 18 },
    });
    const next = addCounts(closed, { received: 12, stored: 2, inMemory: 10, dropped: {} });
    expect(next.received).toBe(sum(next));
    expect(closedCounts(last, 99).received).toBe(sum(closedCounts(last, 99)));
  });

  test('our own facts are kept until they are stored, counted once, and dropped with a count when there are too many', () => {
    const recorder = new Recorder();
    const first = recorder.add([factOf(), factOf()]);
    const second = recorder.add([factOf()]);
    expect([first?.number, second?.number]).toEqual([1, 2]);
    expect(recorder.counts(0)).toMatchObject({ received: 3, inMemory: 3 });
    expect(recorder.counts(1)).toMatchObject({ received: 1, inMemory: 1 });
    expect(recorder.takenBy(1)).toBe(2);
    recorder.stored(1);
    expect(recorder.entries().map((e) => e.number)).toEqual([2]);
    const fact = factOf();
    expect(recorder.add(Array.from({ length: 50_000 }, () => fact))).toBeNull();
    const counts = recorder.counts(2);
    expect(counts).toEqual({
      received: 50_000,
      stored: 0,
      inMemory: 0,
      dropped: { 'too many waiting': 50_000 },
    });
  });
});

test('a rate is that of the last five whole seconds', () => {
  const rate = new Rate();
  expect(rate.read(10_000)).toEqual({ eventsPerSecond: 0, bytesPerSecond: 0 });
  for (let i = 0; i < 10; i++) rate.add(10_100, 100);
  rate.add(14_000, 50);
  expect(rate.read(10_900)).toEqual({ eventsPerSecond: 0, bytesPerSecond: 0 });
  expect(rate.read(15_999)).toEqual({ eventsPerSecond: 11 / 5, bytesPerSecond: 210 });
  expect(rate.read(16_000)).toEqual({ eventsPerSecond: 1 / 5, bytesPerSecond: 10 });
  expect(rate.read(99_000)).toEqual({ eventsPerSecond: 0, bytesPerSecond: 0 });
});

test('an own connection is known a while longer than it lives', () => {
  let now = 0;
  const own = new OwnConnections(() => now);
  own.note('a', true);
  own.note('b', false);
  expect([own.has('a'), own.has('b'), own.has('c')]).toEqual([true, false, false]);
  own.note('a', false);
  now = 30_000;
  expect(own.has('a')).toBe(true);
  expect(own.there()).toEqual([]);
  now = 30_001;
  expect(own.has('a')).toBe(false);
});
