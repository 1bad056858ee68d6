import { afterEach, expect, it, vi } from 'vitest';
import { aJob, someCounts } from '../../test/build-replay.ts';
import { createWatch } from './watch.ts';

afterEach(() => vi.useRealTimers());

it('ends a following whose end could not be written when the store takes it again', async () => {
  vi.useFakeTimers();
  const settled = someCounts({ settled: 1_102 });
  const tap = { hears: () => true, seesDeaths: () => true, hides: null };
  // of the store a following asks its counts alone
  const d = { state: { counts: () => settled }, clock: Date.now, snapshot: () => null, tap: () => tap };
  const watch = createWatch({ d, look: () => Promise.reject(new Error('not here')) } as unknown as Parameters<
    typeof createWatch
  >[0]);
  const told: (string | null)[] = [];
  let isFull = true;
  watch.follow(aJob({ state: 'following', counts: someCounts({ delivered: 1_102 }) }), (note) => {
    if (isFull) throw new Error('database or disk is full');
    told.push(note);
  });
  await vi.advanceTimersByTimeAsync(3_000);
  expect(told).toEqual([]);
  isFull = false;
  await vi.advanceTimersByTimeAsync(3_000);
  expect(told).toEqual([null]);
  watch.stop();
});
