/**
 * What others may do with a job that runs, and what they are told of it. The engine itself is in run.ts.
 *
 *   states of the job:
 *
 *   planned ─▶ running ─▶ following ─▶ done     everything frozen was dealt with; what becomes of the copies is waited for
 *               ▲   │ ├─▶ cancelled             asked for; also from paused
 *               │   │ ├─▶ failed                five messages in turn close the channel, or the journal cannot be written
 *               │   │ └─▶ interrupted           a connection was lost, or the process ended; resume ─▶ running
 *               │   ▼
 *              paused                           asked for, or a canary, a brake, a full target, the order says so
 */
import type { Hold, ReplayJob, ReplayMessage, ReplayState } from '../model/replay.ts';

/** How the engine let go of a job. `done`: everything that was frozen has been dealt with. */
export interface End {
  state: Extract<ReplayState, 'done' | 'cancelled' | 'failed' | 'interrupted'>;
  note: string | null;
}

export interface RunControl {
  /**
   * Sends nothing more until `go()`: what is in flight is answered, what is held goes back into the queue, the source is
   * closed, the claim on the queue is kept. Resolves when it is so, or when the job ended first; the job's state and hold
   * are in the store by then. A user's hold replaces any other, and no other replaces a user's.
   */
  pause(hold: Hold): Promise<void>;
  /**
   * Goes on: opens the source again. Nothing happens when it is not paused, or when `by` is named and somebody else holds it.
   * `words` are the step's.
   */
  go(words?: string, by?: Hold['by']): void;
  /**
   * At most so many copies may be sent in all, those of earlier runs of this job included; null: no limit. When it is
   * reached the run waits as by `pause`, without a hold: its state stays `running`. Copies that came back refused by a
   * full target do not count.
   */
  limit(sent: number | null): void;
  /** messages per second from now on; null: as fast as confirms come */
  rate(perSecond: number | null): void;
  /** Ends it within one window. The first word counts. */
  stop(state: 'cancelled' | 'interrupted', note: string): void;
}

/** Follows jobs from their start to their last outcome: canary, brake, what becomes of the copies. */
export interface Watcher {
  /** It runs, or runs again after an interruption; before the first message is sent. */
  started(job: ReplayJob, control: RunControl): void;
  /** These rows have these outcomes on disk. Called often, with one batch each: keep it short. */
  answered(job: ReplayJob, rows: readonly ReplayMessage[]): void;
  /**
   * All were sent; queue, connections and claim are free. `job` is in state `following`. Call `done` once, when nothing more can be
   * learnt. Answers false when there is nothing to follow: then the job is done at once. After a restart it is called
   * again for jobs that were being followed.
   */
  follow(job: ReplayJob, done: (note: string | null) => void): boolean;
  /** It runs no more and is not followed: cancelled, failed, interrupted, or done. */
  ended(jobId: string): void;
}
