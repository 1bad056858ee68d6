/** What becomes of copies, for all jobs: outcomes into the journal, and the watch over canaries, brakes and followings. */
import { queueKey } from '../model/broker.ts';
import type { ReplayJob, ReplayMessage } from '../model/replay.ts';
import type { Actor, ReplayDeps } from './deps.ts';
import { explained } from './explain.ts';
import { type Looked, lookForCopies } from './look.ts';
import { createOutcomes, type Outcomes, WATCHED_MS } from './outcomes.ts';
import type { Steering } from './steering.ts';
import type { Lives } from './survey.ts';
import type { Turns } from './turns.ts';
import { createWatch, type Watch } from './watch.ts';
import { whoTook } from './who-took.ts';

/** Jobs whose copies are watched again after a restart: the latest so many, if they are not too old. */
const RECENT = 200;

export interface Watching extends Pick<Outcomes, 'noteFacts' | 'noteSpans'> {
  watch: Watch;
  /** Before the job is launched, each time. */
  starts(actor: Actor, job: ReplayJob): void;
  /** The same steering, whose resumes the watch learns of. */
  steeredBy(steering: Steering): Steering;
  /** Rows whose end is not known, with what can be said of them. */
  explained(jobId: string, rows: ReplayMessage[]): ReplayMessage[];
  recover(): void;
  stop(): void;
}

export function createWatching(d: ReplayDeps, lives: Lives, turns: Turns): Watching {
  const watch = createWatch({
    d,
    look: (actor, job, queue) => turns.take(queueKey(job.vhost, queue), () => look(actor, job, queue)),
  });
  const outcomes = createOutcomes({
    state: d.state,
    clock: d.clock,
    readHops: d.readHops,
    whoTook: (fact) => whoTook(fact, d.snapshot()),
    changed: (jobIds) => watch.changed(jobIds),
    endedAt: (jobId) => d.state.getJob(jobId)?.endedAt ?? null,
  });

  async function look(actor: Actor, job: ReplayJob, queue: string): Promise<Looked> {
    const others = d.state.jobsIn('running').filter((j) => j.vhost === job.vhost && j.queue === queue);
    // another replay has the queue to itself
    if (others.some((j) => j.id !== job.id)) return { whole: false, found: [] };
    const looked = await lookForCopies(d, lives, actor, job, queue);
    outcomes.note(looked.found);
    return looked;
  }

  return {
    watch,
    noteFacts: outcomes.noteFacts,
    noteSpans: outcomes.noteSpans,
    starts(actor, job) {
      if (job.request.act !== 'replay') return;
      watch.by(job.id, actor);
      outcomes.watch(job);
    },
    steeredBy(steering) {
      const resume: Steering['resume'] = async (actor, id) => {
        const before = d.state.getJob(id);
        const job = await steering.resume(actor, id);
        if (before?.state === 'paused') watch.resumed(id, before.hold?.by ?? null);
        return job;
      };
      return {
        ...steering,
        resume,
        act: (actor, id, asked) =>
          asked.action === 'resume' ? resume(actor, id) : steering.act(actor, id, asked),
      };
    },
    explained(jobId, rows) {
      const open = rows.filter((row) => row.outcome === 'confirmed' || row.outcome === 'delivered');
      const job = open.length > 0 ? d.state.getJob(jobId) : null;
      // what was moved is not followed
      if (job?.request.act !== 'replay') return rows;
      return explained(job, rows, {
        now: d.clock(),
        snapshot: d.snapshot(),
        tap: d.tap?.(job.vhost) ?? null,
        gaps: d.gaps?.(job.vhost, Math.min(...open.map((row) => row.at))) ?? [],
      });
    },
    recover() {
      const since = d.clock() - WATCHED_MS;
      for (const job of d.state.listJobs(RECENT))
        if (job.request.act === 'replay' && (job.endedAt ?? d.clock()) > since) outcomes.watch(job);
    },
    stop() {
      outcomes.stop();
      watch.stop();
    },
  };
}
