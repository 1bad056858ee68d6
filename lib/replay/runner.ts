/**
 * The jobs that run in this process: their connections, their claims on queues, how they end, and those that an earlier
 * process left behind. States are drawn in control.ts.
 */
import { log, wordsOf } from '../log.ts';
import type { ReplayJob } from '../model/replay.ts';
import type { End, Watcher } from './control.ts';
import { type Actor, DEFAULT_LEASE_MS, type ReplayDeps } from './deps.ts';
import { finish, settleRest } from './ending.ts';
import { keptRequest } from './kept-request.ts';
import { laneFor } from './lane-for.ts';
import { lateOutcome } from './late-outcome.ts';
import { holderOf, isGone, leaseKey, shownHolder } from './lease.ts';
import { Opener, type Opening } from './opener.ts';
import { markUncertain, readJournal } from './rows.ts';
import { Run } from './run.ts';
import type { Lives } from './survey.ts';
import { countOf, outcomeWords, taken } from './words.ts';

export interface Running {
  run: Run;
  ended: Promise<void>;
}

export interface Runner {
  running: ReadonlyMap<string, Running>;
  /** Claims the queue for this holder, or goes on claiming it. Throws conflict, telling who has it. */
  claim(vhost: string, queue: string, holder: string): void;
  unclaim(vhost: string, queue: string, holder: string): void;
  /** Opens the queue, then `go`; gives the claim back when either fails. */
  opened<T>(actor: Actor, job: Opening, holder: string, go: (opener: Opener) => T): Promise<T>;
  launch(actor: Actor, job: ReplayJob, o: Launch): void;
  /** Ends a job that does not run: cancelled after an interruption, or no longer followed. */
  finish(job: ReplayJob, end: End): void;
  recover(): void;
  stop(): Promise<void>;
}

export interface Launch {
  opener: Opener;
  holder: string;
  readLimit: number;
  /** Writes the outcome into the audit log. */
  outcome: (words: string) => void;
}

export function createRunner(d: ReplayDeps, lives: Lives, watch: Watcher | undefined): Runner {
  const running = new Map<string, Running>();
  const leaseMs = d.leaseMs ?? DEFAULT_LEASE_MS;
  let stopping = false;
  let later: NodeJS.Timeout | null = null;

  function claim(vhost: string, queue: string, holder: string): void {
    const lease = d.state.acquireLease(leaseKey(vhost, queue), holder, d.clock(), leaseMs);
    if (!lease.ok) throw taken(queue, shownHolder(lease.holder), null);
  }

  function unclaim(vhost: string, queue: string, holder: string): void {
    d.state.releaseLease(leaseKey(vhost, queue), holder);
  }

  async function opened<T>(
    actor: Actor,
    job: Opening,
    holder: string,
    go: (opener: Opener) => T,
  ): Promise<T> {
    const opener = new Opener(d, lives, actor, job);
    try {
      await opener.prepare();
      return go(opener);
    } catch (error) {
      unclaim(job.vhost, job.queue, holder);
      await opener.close();
      // it may be written down as begun
      recoverLater();
      throw error;
    }
  }

  /** From here on the job runs by itself. */
  function launch(actor: Actor, job: ReplayJob, { opener, holder, readLimit, outcome }: Launch): void {
    const key = leaseKey(job.vhost, job.queue);
    let note: string | null = null;
    const say = (words: string | null) => {
      if (words === note) return;
      d.state.addJobStep(job.id, { at: d.clock(), words: words ?? 'The broker takes publishes again' });
      note = words;
      d.state.updateJob(job.id, { note });
    };
    const lane = laneFor(d, actor, job, (reason) =>
      quietly(() => say(reason === null ? null : `Waiting: ${reason}`)),
    );
    const run = new Run(d, {
      job,
      user: actor.user,
      openSource: (ahead) => opener.open(ahead),
      putBack: (messages) => opener.putBack(messages),
      lane,
      journal: readJournal(d.state, job.id),
      readLimit,
      watch,
    });
    watch?.started(job, run);
    const renewal = setInterval(() => {
      quietly(() => {
        const lease = d.state.acquireLease(key, holder, d.clock(), leaseMs);
        if (!lease.ok)
          run.stop('interrupted', `The claim on the queue went to ${shownHolder(lease.holder)}.`);
      });
    }, leaseMs / 3);
    renewal.unref();
    const ended = run
      .run()
      .finally(async () => {
        clearInterval(renewal);
        await opener.close();
        quietly(() => d.state.releaseLease(key, holder));
      })
      .then((end) => conclude(job.id, end, outcome, (seq) => lane.wrote?.(seq) ?? false))
      .catch((error: unknown) => {
        log.error('a replay could not be ended in the store', { job: job.id, error: wordsOf(error) });
        // or nobody could resume or cancel it, nor read its queue, until the next start
        recoverLater();
      })
      .finally(() => running.delete(job.id));
    running.set(job.id, { run, ended });
  }

  /** What became of the copies is followed where somebody can; queue, connections and claim are free by then. */
  function conclude(
    id: string,
    end: End,
    outcome: (words: string) => void,
    wrote: (seq: number) => boolean,
  ): void {
    const job = d.state.getJob(id);
    if (!job) return;
    if (end.state !== 'done') {
      finish(d, job, end);
      outcome(outcomeWords(d.state, id, end));
      watch?.ended(id);
      return;
    }
    settleRest(d, job, wrote);
    follow(job, end.note, outcome);
  }

  function follow(job: ReplayJob, note: string | null, outcome: (words: string) => void): void {
    const { id, request } = job;
    const done = (words: string | null) => {
      const now = d.state.getJob(id);
      // cancelled, or done, while it was followed
      if (!now || (now.state !== 'following' && now.state !== 'running' && now.state !== 'paused')) return;
      const end: End = { state: 'done', note: words ?? note };
      finish(d, now, end);
      outcome(outcomeWords(d.state, id, end));
    };
    if (watch && request.act === 'replay' && request.followSeconds > 0) {
      const at = d.clock();
      const followUntil = job.followUntil ?? at + request.followSeconds * 1_000;
      d.state.updateJob(id, {
        state: 'following',
        hold: null,
        note,
        followUntil,
        request: keptRequest(request),
      });
      if (job.state !== 'following')
        d.state.addJobStep(id, { at, words: 'All sent; the copies are followed' });
      if (watch.follow({ ...job, state: 'following', hold: null, note, followUntil }, done)) return;
    }
    done(null);
    watch?.ended(id);
  }

  function interrupt(job: ReplayJob): void {
    const at = d.clock();
    const n = markUncertain(d.state, job.id, DIED, at);
    const were = n === 0 ? 'No message was' : n === 1 ? '1 message was' : `${countOf(n)} were`;
    const note = `Hoplight ended while it ran. ${were} being sent: possibly sent, possibly not. Nothing is lost; resume goes on.`;
    d.state.updateJob(job.id, { state: 'interrupted', hold: null, note });
    d.state.addJobStep(job.id, { at, words: 'Interrupted: the process ended' });
    lateOutcome(d, job.id)('interrupted: Hoplight ended while it ran');
  }

  /** Soon, and again as long as the store refuses, or other processes have the claims: if they are gone, those run out. */
  function recoverLater(): void {
    if (stopping || later) return;
    later = setTimeout(() => {
      later = null;
      try {
        recover(false);
      } catch (error) {
        log.warn('replays that were left behind could not be noted', { error: wordsOf(error) });
        recoverLater();
      }
    }, leaseMs);
    later.unref();
  }

  function recover(atStart: boolean): void {
    const held: ReplayJob[] = [];
    const begun = (['running', 'planned', 'paused'] as const).flatMap((state) => d.state.jobsIn(state));
    for (const job of begun) {
      if (running.has(job.id)) continue;
      const key = leaseKey(job.vhost, job.queue);
      const me = holderOf(job.by, job.id);
      let lease = d.state.acquireLease(key, `recovery of ${me}`, d.clock(), leaseMs);
      if (!lease.ok && isGone(lease.holder, atStart)) {
        d.state.releaseLease(key, lease.holder);
        lease = d.state.acquireLease(key, `recovery of ${me}`, d.clock(), leaseMs);
      }
      if (lease.ok) {
        interrupt(job);
        d.state.releaseLease(key, `recovery of ${me}`);
      } else held.push(job);
    }
    if (held.length > 0) recoverLater();
  }

  return {
    running,
    claim,
    unclaim,
    opened,
    launch,
    finish(job, end) {
      finish(d, job, end);
      watch?.ended(job.id);
    },
    recover() {
      recover(true);
      for (const job of d.state.jobsIn('following')) follow(job, job.note, lateOutcome(d, job.id));
    },
    async stop() {
      stopping = true;
      clearTimeout(later ?? undefined);
      const all = [...running.values()];
      for (const { run } of all)
        run.stop('interrupted', 'Hoplight was stopped. Resume goes on with the rest.');
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

const DIED =
  'Hoplight ended while this message was being sent. The original may still lie in the queue; a copy may exist.';

function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    log.warn('a replay could not be noted in the store', { error: wordsOf(error) });
  }
}
