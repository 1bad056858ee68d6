/**
 * Watches over jobs from their start to their last outcome: lets the canary go first, brakes, and follows what becomes of the
 * copies. The rules are in canary.ts, brake.ts and follow.ts; here is what they look at and what is done then.
 *
 *   started ──▶ canary ──passed──▶ rest ──all sent──▶ following ──▶ done
 *                  └─stop─▶ held ──resumed by hand──┘      (brake: held and on again, at any time before)
 */
import { log, wordsOf } from '../log.ts';
import { queueKey } from '../model/broker.ts';
import type { Hold, ReplayJob } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';
import type { RunControl, Watcher } from './control.ts';
import type { Actor, ReplayDeps } from './deps.ts';
import type { Looked } from './look.ts';
import { BrakeWatch } from './watch-brake.ts';
import { CanaryWatch } from './watch-canary.ts';
import { blindWords, FollowWatch } from './watch-follow.ts';

const TICK_MS = 250;

/** What of the jobs' journals a watch reads and writes. */
export type WatchedState = Pick<
  StateStore,
  'counts' | 'messages' | 'unanswered' | 'getJob' | 'updateJob' | 'addJobStep'
>;

export interface WatchDeps {
  d: Pick<ReplayDeps, 'clock' | 'snapshot' | 'refresh' | 'readHops' | 'tap'> & { state: WatchedState };
  /** Reads the dead letters of a queue for copies of this job and writes what it finds. */
  look: (actor: Actor, job: ReplayJob, queue: string) => Promise<Looked>;
}

/** One part of the watch over one job. */
export interface Part {
  /** Rows of the job have changed since it was last asked; `changed` false: some time went by. */
  tick(changed: boolean): void;
}

export interface Watched {
  job: ReplayJob;
  /** Whose job it is; null after a restart, while it is only followed. */
  actor: Actor | null;
}

export interface Watch extends Watcher {
  /** Whose connections may be used for this job. Before `started`. */
  by(jobId: string, actor: Actor): void;
  /** Somebody let it go on; `held`: whose hold that was. */
  resumed(jobId: string, held: Hold['by'] | null): void;
  /** Rows of these jobs have changed. */
  changed(jobIds: ReadonlySet<string>): void;
  stop(): void;
}

interface Entry extends Watched {
  canary: CanaryWatch | null;
  brake: BrakeWatch | null;
  following: FollowWatch | null;
  changed: boolean;
}

export function createWatch(o: WatchDeps): Watch {
  const jobs = new Map<string, Entry>();
  const actors = new Map<string, Actor>();
  let timer: NodeJS.Timeout | null = null;
  let stopped = false;

  function put(job: ReplayJob, parts: Pick<Entry, 'canary' | 'brake' | 'following'>): void {
    const entry = { job, actor: actors.get(job.id) ?? null, changed: true, ...parts };
    jobs.set(job.id, entry);
    timer ??= setInterval(tick, TICK_MS).unref();
  }

  function drop(jobId: string): void {
    jobs.delete(jobId);
    actors.delete(jobId);
    if (jobs.size > 0 || !timer) return;
    clearInterval(timer);
    timer = null;
  }

  function tick(): void {
    for (const entry of jobs.values()) {
      const { changed } = entry;
      entry.changed = false;
      for (const part of [entry.canary, entry.brake, entry.following]) {
        try {
          part?.tick(changed);
        } catch (error) {
          // in a timer it would end the process
          log.warn('a replay could not be watched', { job: entry.job.id, error: wordsOf(error) });
        }
      }
    }
  }

  return {
    by(jobId, actor) {
      actors.set(jobId, actor);
    },

    started(job, control: RunControl) {
      const { request, phase, id } = job;
      if (request.act !== 'replay') return;
      const watched = { job, actor: actors.get(id) ?? null };
      put(job, {
        canary:
          phase === 'canary' && request.canary ? new CanaryWatch(o, watched, control, request.canary) : null,
        brake: request.brake ? new BrakeWatch(o, watched, control, request.brake) : null,
        following: null,
      });
    },

    answered(job) {
      const entry = jobs.get(job.id);
      if (!entry) return;
      entry.changed = true;
      entry.canary?.answered();
    },

    follow(job, done) {
      if (!o.d.tap) return false;
      if (job.phase === 'canary') o.d.state.updateJob(job.id, { phase: 'rest' });
      // after the stop it is left as it is, to be followed by the next process
      if (stopped) return true;
      const isOpen = job.counts.confirmed + job.counts.delivered > 0;
      const blind = isOpen ? blindWords(o.d, job) : null;
      if (!isOpen || blind !== null) {
        drop(job.id);
        done(blind);
        return true;
      }
      const watched = { job, actor: actors.get(job.id) ?? null };
      const following = new FollowWatch(o, watched, (note) => {
        // a store that takes no end now is asked again with the next tick
        done(note);
        drop(job.id);
      });
      put(job, { canary: null, brake: null, following });
      return true;
    },

    ended: drop,

    resumed(jobId, held) {
      const entry = jobs.get(jobId);
      entry?.canary?.resumed(held);
      entry?.brake?.resumed();
    },

    changed(jobIds) {
      for (const id of jobIds) {
        const entry = jobs.get(id);
        if (entry) entry.changed = true;
      }
    },

    stop() {
      stopped = true;
      if (timer) clearInterval(timer);
      timer = null;
      jobs.clear();
    },
  };
}

/** The queues that the plan's targets reach, each once. */
export function targetQueues(job: Pick<ReplayJob, 'plan' | 'vhost'>): string[] {
  const all = job.plan.targets.flatMap(({ reaches }) => reaches.map(({ queue }) => queue));
  return [...new Map(all.map((queue) => [queueKey(job.vhost, queue), queue])).values()];
}
