/** What people do with a job after its start: pause, resume, another pace, cancel. Each is in the audit log before it happens. */
import type { ReplayAction } from '../model/api.ts';
import { HoplightError } from '../model/errors.ts';
import type { ReplayJob } from '../model/replay.ts';
import type { Actor, ReplayDeps } from './deps.ts';
import { keptRequest, trimmed } from './kept-request.ts';
import { holderOf } from './lease.ts';
import type { Runner, Running } from './runner.ts';
import { NOTHING_SENT } from './words.ts';

/** How long an answer waits for a pause that has to wait itself, for confirms that an alarm keeps back, ms. */
const PAUSE_ANSWER_MS = 5_000;

export interface Steering {
  /** Goes on with a paused or an interrupted job, up to the count that was frozen. */
  resume(actor: Actor, id: string): Promise<ReplayJob>;
  /** Ends it within one window; what was sent stays sent. */
  cancel(actor: Pick<Actor, 'user'>, id: string): Promise<ReplayJob>;
  /** Throws not_found, conflict. */
  act(actor: Actor, id: string, action: ReplayAction): Promise<ReplayJob>;
}

export function createSteering(
  d: Pick<ReplayDeps, 'state' | 'audit' | 'clock'>,
  runner: Runner,
  getJob: (id: string) => ReplayJob,
): Steering {
  const resuming = new Set<string>();

  /** Writes the intent; the answer writes the outcome. */
  function begin(user: string, job: ReplayJob, kind: string, words: string, more: object = {}) {
    return d.audit.begin({
      by: user,
      kind,
      words,
      intent: { vhost: job.vhost, queue: job.queue, counts: job.counts, ...more },
      href: `/replays/${job.id}`,
    });
  }

  /** Throws conflict when it does not run here. */
  function live(job: ReplayJob): Running {
    const found = runner.running.get(job.id);
    if (found) return found;
    const elsewhere = job.state === 'running' || job.state === 'paused';
    throw new HoplightError(
      'conflict',
      elsewhere ? `Replay ${job.id} runs in another process.` : `Replay ${job.id} is ${job.state}.`,
      { notDone: 'Nothing was changed.' },
    );
  }

  async function pause(user: string, job: ReplayJob): Promise<ReplayJob> {
    const { run, ended } = live(job);
    const outcome = begin(user, job, 'replay pause', `Pause replay ${job.id} of ${job.queue}`);
    const hold = { by: 'user' as const, words: `Paused by ${user}.`, at: d.clock(), goesOn: false };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PAUSE_ANSWER_MS);
    });
    await Promise.race([run.pause(hold), late]);
    clearTimeout(timer);
    // everything was sent before the pause could act
    if (getJob(job.id).state === 'running' && !runner.running.has(job.id)) await ended;
    const now = getJob(job.id);
    outcome(now.state);
    return now;
  }

  async function goOn(user: string, job: ReplayJob): Promise<ReplayJob> {
    const { run } = live(job);
    const outcome = begin(user, job, 'replay resume', `Resume replay ${job.id} of ${job.queue}`);
    run.go(`Resumed by ${user}`);
    const now = getJob(job.id);
    outcome(now.state);
    return now;
  }

  async function pace(user: string, job: ReplayJob, rate: number | null): Promise<ReplayJob> {
    if (job.state !== 'interrupted') live(job);
    const words = rate === null ? 'as fast as confirms come' : `${rate} messages per second`;
    const outcome = begin(user, job, 'replay pace', `Pace of replay ${job.id}: ${words}`, { rate });
    d.state.updateJob(job.id, { rate });
    d.state.addJobStep(job.id, { at: d.clock(), words: `Pace: ${words}, by ${user}` });
    runner.running.get(job.id)?.run.rate(rate);
    outcome(words);
    return getJob(job.id);
  }

  async function resume(actor: Actor, id: string): Promise<ReplayJob> {
    const job = getJob(id);
    if (job.state === 'paused') return goOn(actor.user, job);
    requireInterrupted(job);
    // the claim does not part two requests of one user, and a stream may be read by both
    if (resuming.has(id))
      throw new HoplightError('conflict', `Replay ${id} is being resumed already.`, {
        notDone: NOTHING_SENT,
      });
    resuming.add(id);
    try {
      return await reopened(actor, job);
    } finally {
      resuming.delete(id);
    }
  }

  async function reopened(actor: Actor, job: ReplayJob): Promise<ReplayJob> {
    const { id } = job;
    const holder = holderOf(actor.user, id);
    runner.claim(job.vhost, job.queue, holder);
    return runner.opened(actor, { ...job, frozen: job.plan.inQueue, resumed: true }, holder, (opener) => {
      // it may have been cancelled while its queue was opened
      requireInterrupted(getJob(id));
      const outcome = begin(actor.user, job, 'replay resume', `Resume replay ${id} of ${job.queue}`, {
        request: trimmed(keptRequest(job.request)),
      });
      d.state.updateJob(id, { state: 'running', note: null, hold: null });
      d.state.addJobStep(id, { at: d.clock(), words: `Resumed by ${actor.user}` });
      runner.launch(actor, getJob(id), { opener, holder, readLimit: Number.POSITIVE_INFINITY, outcome });
      return getJob(id);
    });
  }

  async function cancel(user: string, id: string): Promise<ReplayJob> {
    const job = getJob(id);
    const running = job.state === 'interrupted' || job.state === 'following' ? null : live(job);
    const outcome = begin(user, job, 'replay cancel', `Cancel replay ${id} of ${job.queue}`);
    if (running) {
      running.run.stop(
        'cancelled',
        `Cancelled by ${user}. What was sent stays sent; the others stay in ${job.queue}.`,
      );
      await running.ended;
    } else if (job.state === 'following')
      runner.finish(job, { state: 'done', note: `All were sent; ${user} ended the following.` });
    else
      runner.finish(job, {
        state: 'cancelled',
        note: `Cancelled by ${user}. What was sent stays sent; the others stay in ${job.queue}.`,
      });
    const now = getJob(id);
    outcome(now.state);
    return now;
  }

  return {
    resume,
    cancel: (actor, id) => cancel(actor.user, id),
    async act(actor, id, asked) {
      if (asked.action === 'pace') return pace(actor.user, getJob(id), asked.rate);
      if (asked.action === 'cancel') return cancel(actor.user, id);
      return asked.action === 'resume' ? resume(actor, id) : pause(actor.user, getJob(id));
    },
  };
}

function requireInterrupted({ id, state }: Pick<ReplayJob, 'id' | 'state'>): void {
  if (state === 'interrupted') return;
  throw new HoplightError('conflict', `Replay ${id} is ${state}, so there is nothing to resume.`, {
    notDone: NOTHING_SENT,
  });
}
