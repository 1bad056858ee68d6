/** All replay jobs: plans, starts, resumes, cancels. Every act is in the audit log before it happens. */
import { randomBytes } from 'node:crypto';
import type { DeadLetterPage } from '../model/api.ts';
import { queueKey } from '../model/broker.ts';
import { HoplightError, isHoplightError } from '../model/errors.ts';
import type { Fact } from '../model/fact.ts';
import {
  type Plan,
  type ReplayJob,
  type ReplayMessage,
  type ReplayProgress,
  type ReplayRequest,
  replayOutcomes,
} from '../model/replay.ts';
import { failures, type StoredJob, type WhichMessages } from '../store/state.ts';
import { type DeadLetters, type DeadLetterView, deadLetters } from './dead-letters.ts';
import type { Actor, ReplayDeps } from './deps.ts';
import { editWords, keptRequest, trimmed } from './kept-request.ts';
import { holderOf } from './lease.ts';
import { type Once, RequestKeys } from './once.ts';
import { type PageAsk, readDeadLetters } from './peek.ts';
import { checkConsent, type Prepared, prepare } from './prepare.ts';
import { Readings } from './readings.ts';
import { freeze } from './rows.ts';
import { createRunner, type Runner } from './runner.ts';
import { createSteering, type Steering } from './steering.ts';
import { Lives } from './survey.ts';
import { Turns } from './turns.ts';
import { createWatching } from './watching.ts';
import { countOf, NOTHING_SENT, startWords, taken } from './words.ts';

export type { Actor, ReplayDeps } from './deps.ts';

/** Rows of a receipt that are read in one go. */
const RECEIPT_ROWS = 1_000;

export interface Replays extends Steering {
  /** Reads the queue, sends nothing. Throws HoplightError not_found, conflict, forbidden, broker_unreachable. */
  plan(actor: Actor, request: ReplayRequest): Promise<Plan>;
  /** Plans again, then starts. Besides throws consent_needed, and conflict when the plan refuses or somebody has the queue. */
  start(actor: Actor, request: ReplayRequest): Promise<ReplayJob>;
  /** The same request with the same key again gets the job that the first one began. Besides throws conflict: another request has the key. */
  startOnce(actor: Actor, request: ReplayRequest, key: string): Promise<Once>;
  /** Throws not_found. */
  get(id: string): ReplayJob;
  /** Newest first, of those that `wanted` takes. */
  list(limit?: number, wanted?: (job: Pick<ReplayJob, 'vhost' | 'queue'>) => boolean): ReplayJob[];
  /** Those that did not make it first. */
  messages(id: string, limit: number, offset?: number, which?: WhichMessages): ReplayMessage[];
  /** All of them in the same order, some at a time; what changes its outcome on the way may come twice, or not. */
  receipt(id: string): Generator<ReplayMessage[]>;
  progress(id: string): ReplayProgress;
  /** A page of a queue or stream; nothing is taken out. Throws as `plan` does. */
  readDeadLetters(
    actor: Actor,
    vhost: string,
    queue: string,
    limit: number,
    more?: Omit<PageAsk, 'limit' | 'progress'>,
  ): Promise<DeadLetterPage>;
  deadLetters(view: Omit<DeadLetterView, 'readings' | 'readingNow'>): DeadLetters;
  /** From the taps: what became of the copies. */
  noteFacts(facts: readonly Fact[]): void;
  /** These journeys got spans, which are stored: they tell what became of the copies, too. */
  noteSpans(journeys: readonly string[]): void;
  /** Jobs of a process that ended become `interrupted`. Call it once, before anything is started. */
  recoverAfterStart(): void;
  /** Brings what runs to a safe end. */
  stop(): Promise<void>;
}

export function createReplays(d: ReplayDeps): Replays {
  const readings = new Readings(d.clock);
  const lives = new Lives();
  const newId = d.newId ?? (() => randomBytes(6).toString('hex'));
  const turns = new Turns();
  const keys = new RequestKeys(d.state, d.clock);
  const watching = createWatching(d, lives, turns);
  const runner = createRunner(d, lives, d.watch ?? watching.watch);
  let stopping = false;

  const getJob = (id: string): ReplayJob => {
    const job = d.state.getJob(id);
    if (!job)
      throw new HoplightError('not_found', `There is no replay ${id.slice(0, 80)}.`, {
        notDone: NOTHING_SENT,
      });
    return shown(job);
  };

  /** A job for all messages has rows only for those that it met: the others of the frozen count still wait. */
  const shown = (job: ReplayJob): ReplayJob => {
    const live = runner.running.get(job.id);
    const rows = job.counts.selected;
    const open = job.state === 'done' ? 0 : Math.max(0, job.plan.selected - rows);
    return {
      ...job,
      counts: { ...job.counts, selected: rows + open, waiting: job.counts.waiting + open },
      ratePerSecond: live ? live.run.pace.perSecond() : null,
    };
  };

  /** Says who, where another replay reads the queue: the broker only says that somebody does. */
  async function named<T>(vhost: string, queue: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const begun = [...d.state.jobsIn('running'), ...d.state.jobsIn('paused')];
      const other = begun.find((j) => j.vhost === vhost && j.queue === queue);
      if (!isHoplightError(error) || error.code !== 'conflict' || !other) throw error;
      throw taken(queue, `${other.by}, replay ${other.id}`, other.id);
    }
  }

  /** A quorum queue hands messages to whoever asks: a reading beside a replay would take some out of its hands. */
  function notWhileItRuns(vhost: string, queue: string): void {
    const other = d.state.jobsIn('running').find((j) => j.vhost === vhost && j.queue === queue);
    const type = d.snapshot()?.queues.find((q) => q.vhost === vhost && q.name === queue)?.type;
    if (other && type !== 'stream') throw taken(queue, `${other.by}, replay ${other.id}`, other.id);
  }

  async function look(actor: Actor, request: ReplayRequest): Promise<Prepared> {
    const prepared = await turns.take(queueKey(request.vhost, request.queue), () =>
      readings.during(request.vhost, request.queue, (progress) =>
        prepare(d, lives, actor, request, progress),
      ),
    );
    if (prepared.reading) readings.note(request.vhost, request.queue, prepared.reading);
    return prepared;
  }

  const launch: Runner['launch'] = (actor, job, o) => {
    watching.starts(actor, job);
    runner.launch(actor, job, o);
  };
  const steering = watching.steeredBy(createSteering(d, { ...runner, launch }, getJob));

  async function begin(actor: Actor, request: ReplayRequest, id: string): Promise<ReplayJob> {
    const holder = holderOf(actor.user, id);
    runner.claim(request.vhost, request.queue, holder);
    let prepared: Prepared;
    try {
      prepared = await look(actor, request);
      checkConsent(prepared.plan, request);
      // the reading may have taken long
      runner.claim(request.vhost, request.queue, holder);
    } catch (error) {
      runner.unclaim(request.vhost, request.queue, holder);
      throw error;
    }
    const { plan, chosen } = prepared;
    const { vhost, queue } = request;
    return runner.opened(
      actor,
      { id, vhost, queue, request, plan, frozen: plan.inQueue },
      holder,
      (opener) => {
        const edited = editWords(request);
        const outcome = d.audit.begin({
          by: actor.user,
          kind: request.act,
          words: startWords(request, plan),
          intent: { request: trimmed(keptRequest(request)), edited, plan },
          href: `/replays/${id}`,
        });
        const at = d.clock();
        const job: StoredJob = {
          id,
          state: 'planned',
          by: actor.user,
          vhost: request.vhost,
          queue: request.queue,
          request,
          plan,
          createdAt: at,
          startedAt: null,
          endedAt: null,
          note: null,
          hold: null,
          phase: request.canary ? 'canary' : 'rest',
          followUntil: null,
          rate: request.rate ?? null,
          exported: null,
          steps: [
            {
              at,
              words: `Selection frozen: ${countOf(plan.selected)} of ${plan.inQueue.toLocaleString('en-US')}`,
            },
            ...(edited === null ? [] : [{ at, words: edited }]),
          ],
        };
        d.state.createJob(job);
        if (request.select.kind !== 'all') freeze(d.state, id, chosen, at);
        d.state.updateJob(id, { state: 'running', startedAt: at });
        d.state.addJobStep(id, { at, words: `Started by ${actor.user}` });
        launch(actor, getJob(id), { opener, holder, readLimit: plan.inQueue, outcome });
        return getJob(id);
      },
    );
  }

  async function start(actor: Actor, request: ReplayRequest, id: string): Promise<ReplayJob> {
    if (stopping) throw new HoplightError('stopping', 'Hoplight is stopping.', { notDone: NOTHING_SENT });
    return named(request.vhost, request.queue, () => begin(actor, request, id));
  }

  return {
    async plan(actor, request) {
      const { plan } = await named(request.vhost, request.queue, () => look(actor, request));
      return plan;
    },

    start: (actor, request) => start(actor, request, newId()),
    startOnce: (actor, request, key) =>
      keys.once(actor.user, key, request, {
        newId,
        get: (id) => (d.state.getJob(id) ? getJob(id) : null),
        start: (id) => start(actor, request, id),
      }),

    ...steering,

    get: getJob,
    progress: (id) => d.state.progress(id),
    list: (limit = 50, wanted) => d.state.listJobs(limit, wanted).map(shown),
    messages: (id, limit, offset = 0, which = {}) =>
      watching.explained(id, d.state.messages(id, limit, offset, which)),

    *receipt(id) {
      for (const failed of [true, false]) {
        const outcomes = replayOutcomes.filter((outcome) => failures.has(outcome) === failed);
        let after: number | undefined;
        for (let full = true; full; ) {
          const rows = d.state.messages(id, RECEIPT_ROWS, 0, { outcomes, after });
          if (rows.length > 0) yield watching.explained(id, rows);
          after = rows.at(-1)?.seq;
          full = rows.length === RECEIPT_ROWS;
        }
      }
    },

    async readDeadLetters(actor, vhost, queue, limit, more = {}) {
      const page = await named(vhost, queue, () =>
        turns.take(queueKey(vhost, queue), async () => {
          notWhileItRuns(vhost, queue);
          if (more.signal?.aborted) throw new HoplightError('busy', 'Nobody waits for this page any more.');
          return readings.during(vhost, queue, (progress) =>
            readDeadLetters(d, actor, vhost, queue, { limit, ...more, progress }, lives),
          );
        }),
      );
      const fromHead = more.after === undefined || page.putBack > 0;
      readings.notePage(page, fromHead, lives.spent(vhost, queue));
      return page;
    },

    deadLetters: (view) => deadLetters({ ...view, readings: readings.known, readingNow: readings.now }),

    noteFacts: watching.noteFacts,
    noteSpans: watching.noteSpans,

    recoverAfterStart() {
      watching.recover();
      runner.recover();
    },

    async stop() {
      stopping = true;
      watching.stop();
      await runner.stop();
    },
  };
}
