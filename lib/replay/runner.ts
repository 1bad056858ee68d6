/**
 * The jobs that run in this process: their connections, their claims on queues, how they end, and those that an earlier
 * process left behind. States are drawn in run.ts.
 */
import type { AmqpConnection } from '../amqp/connection.ts';
import { log, wordsOf } from '../log.ts';
import type { ReplayJob, ReplayRequest } from '../model/replay.ts';
import { type Actor, connectForReading, DEFAULT_LEASE_MS, DEFAULT_WINDOW, type ReplayDeps } from './deps.ts';
import { Lane } from './lane.ts';
import { holderOf, isGone, leaseKey, shownHolder } from './lease.ts';
import { requireQueue, rulesOf } from './queue-facts.ts';
import { markUncertain, readJournal } from './rows.ts';
import { type End, Run } from './run.ts';
import { type LetterSource, Source, windowFor } from './source.ts';
import type { Lives } from './survey.ts';
import { countOf, outcomeWords, stepOf, taken } from './words.ts';

const DIED =
  'Hoplight ended while this message was being sent. The original may still lie in the queue; a copy may exist.';

export interface Running {
  run: Run;
  ended: Promise<void>;
}

export interface Runner {
  running: ReadonlyMap<string, Running>;
  /** Claims the queue for this holder, or goes on claiming it. Throws conflict, telling who has it. */
  claim(vhost: string, queue: string, holder: string): void;
  unclaim(vhost: string, queue: string, holder: string): void;
  opened<T>(
    actor: Actor,
    job: Opening,
    holder: string,
    go: (source: LetterSource, connection: AmqpConnection) => T,
  ): Promise<T>;
  launch(actor: Actor, job: ReplayJob, o: Launch): void;
  finish(job: ReplayJob, end: End): void;
  recover(): void;
  stop(): Promise<void>;
}

export interface Opening {
  id: string;
  vhost: string;
  queue: string;
  request: ReplayRequest;
  /** Messages that lay there at the plan. */
  frozen: number;
}

export interface Launch {
  source: LetterSource;
  connection: AmqpConnection;
  holder: string;
  readLimit: number;
  /** Writes the outcome into the audit log. */
  outcome: (words: string) => void;
}

export function createRunner(d: ReplayDeps, lives: Lives): Runner {
  const running = new Map<string, Running>();
  const leaseMs = d.leaseMs ?? DEFAULT_LEASE_MS;
  let stopping = false;

  function claim(vhost: string, queue: string, holder: string): void {
    const lease = d.state.acquireLease(leaseKey(vhost, queue), holder, d.clock(), leaseMs);
    if (!lease.ok) throw taken(queue, shownHolder(lease.holder), null);
  }

  function unclaim(vhost: string, queue: string, holder: string): void {
    d.state.releaseLease(leaseKey(vhost, queue), holder);
  }

  /** Opens both connections; gives the lease back when that fails. */
  async function opened<T>(
    actor: Actor,
    job: Opening,
    holder: string,
    go: (source: LetterSource, connection: AmqpConnection) => T,
  ): Promise<T> {
    let connection: AmqpConnection | null = null;
    const inFlight = d.window ?? DEFAULT_WINDOW;
    try {
      const { snapshot, queue } = requireQueue(d.snapshot(), job.vhost, job.queue);
      connection = await connectForReading(d, actor, job.vhost, `hoplight: replay ${job.id}, source`);
      const source = await Source.open(connection, job.queue, {
        exclusive: true,
        window: job.request.select.kind === 'all' ? inFlight : windowFor(job.frozen + inFlight, queue),
        putBack: rulesOf(snapshot, queue).putBack,
      });
      return go(source, connection);
    } catch (error) {
      unclaim(job.vhost, job.queue, holder);
      await connection?.close();
      throw error;
    }
  }

  /** From here on the job runs by itself. */
  function launch(actor: Actor, job: ReplayJob, o: Launch): void {
    const key = leaseKey(job.vhost, job.queue);
    let note: string | null = null;
    const say = (words: string | null) => {
      if (words === note) return;
      d.state.addJobStep(job.id, { at: d.clock(), words: words ?? 'The broker takes publishes again' });
      note = words;
      d.state.updateJob(job.id, { note });
    };
    const lane = new Lane(
      () => actor.connect(job.vhost, `hoplight: replay ${job.id}, copies`),
      (reason) => quietly(() => say(reason === null ? null : `Waiting: ${reason}`)),
    );
    const run = new Run(d, {
      job,
      user: actor.user,
      source: o.source,
      lane,
      journal: readJournal(d.state, job.id),
      readLimit: o.readLimit,
    });
    const renewal = setInterval(() => {
      quietly(() => {
        const lease = d.state.acquireLease(key, o.holder, d.clock(), leaseMs);
        if (!lease.ok)
          run.stop('interrupted', `The claim on the queue went to ${shownHolder(lease.holder)}.`);
      });
    }, leaseMs / 3);
    renewal.unref();
    const ended = run
      .run()
      .then((end) => {
        const spent = lives.spent(job.vhost, job.queue);
        if (spent !== null && o.source.held > 0) lives.note(job.vhost, job.queue, spent + 1);
        finish(job, end);
        o.outcome(outcomeWords(d.state, job.id, end));
      })
      .catch((error: unknown) =>
        log.error('a replay could not be ended in the store', { job: job.id, error: wordsOf(error) }),
      )
      .finally(async () => {
        clearInterval(renewal);
        running.delete(job.id);
        quietly(() => d.state.releaseLease(key, o.holder));
        await o.connection.close();
      });
    running.set(job.id, { run, ended });
  }

  function finish(job: ReplayJob, end: End): void {
    const at = d.clock();
    if (end.state === 'done') {
      const missing = job.plan.selected - d.state.counts(job.id).selected;
      if (missing > 0)
        d.state.addJobStep(job.id, {
          at,
          words: `${countOf(missing)} of the frozen count were no longer in the queue`,
        });
      const gone = d.state.messagesIn(job.id, 'waiting');
      const reason = 'It was not found in the queue any more: somebody took it, or it expired.';
      const uncertain = d.state.messagesIn(job.id, 'unknown');
      const absent =
        'The original is no longer in the queue: its copy had been confirmed, or somebody took it.';
      if (uncertain.length > 0)
        d.state.setOutcomes(
          job.id,
          uncertain.map(({ seq }) => ({ seq, outcome: 'unknown' as const, reason: absent, at })),
        );
      if (gone.length > 0)
        d.state.setOutcomes(
          job.id,
          gone.map(({ seq }) => ({ seq, outcome: 'skipped' as const, reason, at })),
        );
    }
    markUncertain(d.state, job.id, DIED, at);
    const ended = end.state === 'interrupted' ? null : at;
    d.state.updateJob(job.id, { state: end.state, note: end.note, endedAt: ended });
    d.state.addJobStep(job.id, { at, words: stepOf(end) });
  }

  function interrupt(job: ReplayJob): void {
    const at = d.clock();
    const n = markUncertain(d.state, job.id, DIED, at);
    const note = `Hoplight ended while it ran. ${n === 0 ? 'No message' : n === 1 ? '1 message' : `${n} messages`} was being sent: possibly sent, possibly not. Nothing is lost; resume goes on.`;
    d.state.updateJob(job.id, { state: 'interrupted', note });
    d.state.addJobStep(job.id, { at, words: 'Interrupted: the process ended' });
  }

  function recover(): void {
    const held: ReplayJob[] = [];
    for (const job of [...d.state.jobsIn('running'), ...d.state.jobsIn('planned')]) {
      if (running.has(job.id)) continue;
      const key = leaseKey(job.vhost, job.queue);
      const me = holderOf(job.by, job.id);
      let lease = d.state.acquireLease(key, `recovery of ${me}`, d.clock(), leaseMs);
      if (!lease.ok && isGone(lease.holder)) {
        d.state.releaseLease(key, lease.holder);
        lease = d.state.acquireLease(key, `recovery of ${me}`, d.clock(), leaseMs);
      }
      if (lease.ok) {
        interrupt(job);
        d.state.releaseLease(key, `recovery of ${me}`);
      } else held.push(job);
    }
    // another process may run these; if it is gone, its claim runs out
    if (held.length > 0 && !stopping) setTimeout(() => quietly(recover), leaseMs).unref();
  }

  return {
    running,
    claim,
    unclaim,
    opened,
    launch,
    finish,
    recover,
    async stop() {
      stopping = true;
      const all = [...running.values()];
      for (const { run } of all)
        run.stop('interrupted', 'Hoplight was stopped. Resume goes on with the rest.');
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    log.warn('a replay could not be noted in the store', { error: wordsOf(error) });
  }
}
