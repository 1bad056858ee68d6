/**
 * What one viewer of a replay job must be told: the job when it changed, with its progress.
 *
 * The journal is asked, not the engine: the job may run in another process, and its copies are delivered and settled
 * after it has ended. A job that is over changes seldom, so it is looked at seldom.
 */
import type { ReplayEvent } from '@/lib/model/api.ts';
import type { ReplayJob, ReplayProgress } from '@/lib/model/replay.ts';

/** A job that is over is looked at each so many ms. */
const WHEN_OVER_MS = 2_000;
/** The slices of the progress are counted anew at most each so many ms, and at every change of state. */
const PROGRESS_MS = 1_000;

const over: ReadonlySet<ReplayJob['state']> = new Set(['done', 'cancelled', 'failed']);

export interface JobWatch {
  /** The event as JSON; null when nothing changed and nothing is due. */
  look(due: boolean): string | null;
}

export function createJobWatch(d: {
  job: () => ReplayJob;
  progress: () => ReplayProgress;
  /** ms, rising. */
  clock: () => number;
}): JobWatch {
  let told = '';
  let state: ReplayJob['state'] | null = null;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let progress: { at: number; value: ReplayProgress } | null = null;
  return {
    look(due) {
      const now = d.clock();
      if (!due && state !== null && over.has(state) && now - lookedAt < WHEN_OVER_MS) return null;
      lookedAt = now;
      const replay = d.job();
      if (!progress || replay.state !== state || now - progress.at >= PROGRESS_MS)
        progress = { at: now, value: d.progress() };
      state = replay.state;
      const event: ReplayEvent = { replay, progress: progress.value };
      const text = JSON.stringify(event);
      if (text === told && !due) return null;
      told = text;
      return text;
    },
  };
}
