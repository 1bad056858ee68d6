import { afterEach, expect, it, vi } from 'vitest';
import { aJob, someCounts } from '../../test/build-replay.ts';
import type { Hold } from '../model/replay.ts';
import { messageOf } from '../store/journal-samples.ts';
import type { RunControl } from './control.ts';
import type { TapView } from './seen-deaths.ts';
import { createWatch, type WatchedState } from './watch.ts';

/** A watch over journals that hold what `state` says, else nothing; it cannot look into queues. */
function watchOver(state: Partial<WatchedState>, tap: TapView | null) {
  const journals: WatchedState = {
    counts: () => someCounts(),
    messages: () => [],
    unanswered: () => [],
    getJob: () => null,
    updateJob: () => {},
    addJobStep: () => {},
    ...state,
  };
  const d = {
    state: journals,
    clock: Date.now,
    snapshot: () => null,
    refresh: async () => {},
    tap: () => tap,
  };
  return createWatch({ d, look: () => Promise.reject(new Error('not here')) });
}

afterEach(() => vi.useRealTimers());

it('ends a following whose end could not be written when the store takes it again', async () => {
  vi.useFakeTimers();
  const settled = someCounts({ settled: 1_102 });
  const tap = { hears: () => true, seesDeaths: () => true, hides: null };
  const watch = watchOver({ counts: () => settled }, tap);
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

/**
 *   canary sent ──▶ paused by anna ──▶ it dies again: stop, but her pause is shown ──▶ resumed ──▶ held, as the canary says
 *                                                                                       resumed again ──▶ the rest
 */
it('tells of a canary that stopped while somebody had paused the job, before the rest goes', async () => {
  vi.useFakeTimers();
  const died = messageOf(1, { outcome: 'died again', reason: 'rejected' });
  const watch = watchOver({ messages: () => [died] }, null);
  const holds: Hold['by'][] = [];
  const limits: (number | null)[] = [];
  const control: RunControl = {
    pause: async ({ by }) => void holds.push(by),
    go: () => {},
    limit: (sent) => void limits.push(sent),
    rate: () => {},
    stop: () => {},
  };
  const { request } = aJob();
  const canary = { messages: 1, waitSeconds: 30, goOn: true };
  watch.started(aJob({ phase: 'canary', request: { ...request, canary } }), control);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(holds).toEqual(['canary']);
  watch.resumed('r119', 'user');
  expect([holds, limits]).toEqual([['canary', 'canary'], [1]]);
  watch.resumed('r119', 'canary');
  expect(limits).toEqual([1, null]);
  watch.stop();
});
