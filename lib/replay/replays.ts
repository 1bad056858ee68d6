/**
 * All replay jobs of this process: plans them, runs them, finds those that a crash left behind.
 * Every act is in the audit log before it happens. States are drawn in run.ts.
 */
import { randomBytes } from 'node:crypto';
import type { AmqpConnection } from '../amqp/connection.ts';
import { log, wordsOf } from '../log.ts';
import type { DeadLetterPage } from '../model/api.ts';
import { queueKey } from '../model/broker.ts';
import { HoplightError, isHoplightError } from '../model/errors.ts';
import type { Fact } from '../model/fact.ts';
import type { Plan, ReplayJob, ReplayMessage, ReplayRequest } from '../model/replay.ts';
import type { StateStore, StoredJob } from '../store/state.ts';
import { type Died, groupCauses } from './causes.ts';
import { type DeadLetters, type DeadLetterView, deadLetters, type Reading } from './dead-letters.ts';
import { type Actor, connectForReading, DEFAULT_LEASE_MS, DEFAULT_WINDOW, type ReplayDeps } from './deps.ts';
import { copiesIn } from './facts.ts';
import { Lane } from './lane.ts';
import { holderOf, isGone, leaseKey, shownHolder } from './lease.ts';
import { Ordinals } from './letter.ts';
import { readDeadLetters } from './peek.ts';
import { makePlan } from './plan.ts';
import { requireQueue, rulesOf } from './queue-facts.ts';
import { freeze, markUncertain, readJournal } from './rows.ts';
import { type End, Run } from './run.ts';
import { type Entry, entryOf, MAX_INDEX, SAMPLE, selectFrom } from './selection.ts';
import { Source, windowFor } from './source.ts';
import { Lives, survey } from './survey.ts';

export type { Actor, ReplayDeps } from './deps.ts';

export interface Replays {
  /** Reads the queue, sends nothing. Throws HoplightError not_found, conflict, forbidden, broker_unreachable. */
  plan(actor: Actor, request: ReplayRequest): Promise<Plan>;
  /** Plans again, then starts. Besides throws consent_needed, and conflict when the plan refuses or somebody has the queue. */
  start(actor: Actor, request: ReplayRequest): Promise<ReplayJob>;
  /** Goes on with an interrupted job, up to the count that was frozen. */
  resume(actor: Actor, id: string): Promise<ReplayJob>;
  /** Ends it within one window; what was sent stays sent. */
  cancel(actor: Pick<Actor, 'user'>, id: string): Promise<ReplayJob>;
  /** Throws not_found. */
  get(id: string): ReplayJob;
  list(limit?: number): ReplayJob[];
  /** Those that did not make it first. */
  messages(id: string, limit: number, offset?: number): ReplayMessage[];
  readDeadLetters(actor: Actor, vhost: string, queue: string, limit: number): Promise<DeadLetterPage>;
  deadLetters(view: Omit<DeadLetterView, 'readings'>): DeadLetters;
  /** From the taps: what became of the copies. */
  noteFacts(facts: readonly Fact[]): void;
  /** Jobs of a process that ended become `interrupted`. Call it once, before anything is started. */
  recoverAfterStart(): void;
  /** Brings what runs to a safe end. */
  stop(): Promise<void>;
}

interface Running {
  run: Run;
  ended: Promise<void>;
}

const NOTHING_SENT = 'Nothing was sent.';
const DIED =
  'Hoplight ended while this message was being sent. The original may still lie in the queue; a copy may exist.';

export function createReplays(d: ReplayDeps): Replays {
  const running = new Map<string, Running>();
  const readings = new Map<string, Reading>();
  const lives = new Lives();
  const leaseMs = d.leaseMs ?? DEFAULT_LEASE_MS;
  const newId = d.newId ?? (() => randomBytes(6).toString('hex'));
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
    const live = running.get(job.id);
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
      const other = d.state.jobsIn('running').find((j) => j.vhost === vhost && j.queue === queue);
      if (!isHoplightError(error) || error.code !== 'conflict' || !other) throw error;
      throw taken(queue, `${other.by}, replay ${other.id}`, other.id);
    }
  }

  async function prepare(actor: Actor, request: ReplayRequest): Promise<{ plan: Plan; chosen: Entry[] }> {
    await d.refresh().catch((error: unknown) => {
      // an older snapshot is better than none; its age is known elsewhere
      log.warn('the broker could not be read before a plan', { error: wordsOf(error) });
    });
    const { snapshot, queue } = requireQueue(d.snapshot(), request.vhost, request.queue);
    const entries: Entry[] = [];
    const ordinals = new Ordinals();
    const most = request.select.kind === 'all' ? SAMPLE : MAX_INDEX;
    let seen = { inQueue: 0, read: 0, weakest: lives.spent(queue.vhost, queue.name) };
    const name = `hoplight: plan replay of ${queue.name}`;
    const connection = await connectForReading(d, actor, request.vhost, name);
    let consumers = 0;
    try {
      const now = await Source.look(connection, queue.name);
      consumers = now.consumers;
      seen.inQueue = now.messages;
      // a queue that must not be read still gets its plan, which says so
      if (
        consumers === 0 &&
        rulesOf(snapshot, queue, lives.spent(queue.vhost, queue.name)).level !== 'refused'
      ) {
        const diedOf: Died[] = [];
        seen = await survey(connection, snapshot, queue, most, lives, (letter) => {
          entries.push(entryOf(letter, ordinals.idOf(letter.key), request.target, actor.user));
          const { originQueue, reason, error, diedAt } = letter;
          diedOf.push({ originQueue, reason, error, diedAt });
          return true;
        });
        remember(request.vhost, queue.name, {
          ...seen,
          weakest: lives.spent(queue.vhost, queue.name),
          readAt: d.clock(),
          causes: groupCauses(diedOf),
        });
      }
    } finally {
      await connection.close();
    }
    const plan = makePlan({
      request,
      snapshot,
      queue,
      index: { entries, consumers, inQueue: seen.inQueue, weakest: seen.weakest },
      now: d.clock(),
    });
    return { plan, chosen: selectFrom(entries, request.select) };
  }

  function remember(vhost: string, queue: string, reading: Reading): void {
    // bounded: queue names are not ours
    if (readings.size > 5_000) readings.clear();
    readings.set(queueKey(vhost, queue), reading);
  }

  function checkConsent(plan: Plan, request: ReplayRequest): void {
    const refusals = plan.warnings.filter((w) => w.level === 'refuse');
    if (refusals.length > 0)
      throw new HoplightError('conflict', refusals.map((w) => w.words).join(' '), {
        notDone: NOTHING_SENT,
        next: 'Mend what is named, then plan again.',
        errors: refusals.map((w) => ({ path: w.code, message: w.words })),
      });
    const open = plan.warnings.filter((w) => w.level === 'consent' && !request.consent.includes(w.code));
    if (open.length > 0)
      throw new HoplightError(
        'consent_needed',
        `Consent is needed first: ${[...new Set(open.map((w) => w.code))].join(', ')}.`,
        {
          notDone: NOTHING_SENT,
          next: 'Read the warnings of the plan; name their codes in `consent` to agree.',
          errors: open.map((w) => ({ path: w.code, message: w.words })),
        },
      );
  }

  function claim(vhost: string, queue: string, holder: string): void {
    const lease = d.state.acquireLease(leaseKey(vhost, queue), holder, d.clock(), leaseMs);
    if (!lease.ok) throw taken(queue, shownHolder(lease.holder), null);
  }

  /** Opens both connections; gives the lease back when that fails. */
  async function opened<T>(
    actor: Actor,
    job: { id: string; vhost: string; queue: string; request: ReplayRequest; frozen: number },
    holder: string,
    go: (source: Source, connection: AmqpConnection) => T,
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
      d.state.releaseLease(leaseKey(job.vhost, job.queue), holder);
      await connection?.close();
      throw error;
    }
  }

  /** From here on the job runs by itself. */
  function launch(
    actor: Actor,
    job: ReplayJob,
    o: {
      source: Source;
      connection: AmqpConnection;
      holder: string;
      readLimit: number;
      outcome: (words: string) => void;
    },
  ): void {
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

  async function begin(actor: Actor, request: ReplayRequest): Promise<ReplayJob> {
    const id = newId();
    const holder = holderOf(actor.user, id);
    claim(request.vhost, request.queue, holder);
    const key = leaseKey(request.vhost, request.queue);
    let prepared: Awaited<ReturnType<typeof prepare>>;
    try {
      prepared = await prepare(actor, request);
      checkConsent(prepared.plan, request);
      // the reading may have taken long
      claim(request.vhost, request.queue, holder);
    } catch (error) {
      d.state.releaseLease(key, holder);
      throw error;
    }
    const { plan, chosen } = prepared;
    const { vhost, queue } = request;
    return opened(
      actor,
      { id, vhost, queue, request, frozen: plan.inQueue },
      holder,
      (source, connection) => {
        const stored = trimmed(request);
        const words = `Replay ${countOf(plan.selected)} of ${request.queue} to ${targetWords(plan)}`;
        const outcome = d.audit.begin({
          by: actor.user,
          kind: 'replay',
          words,
          intent: { request: stored, plan },
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
          steps: [
            {
              at,
              words: `Selection frozen: ${countOf(plan.selected)} of ${plan.inQueue.toLocaleString('en-US')}`,
            },
          ],
        };
        d.state.createJob(job);
        if (request.select.kind !== 'all') freeze(d.state, id, chosen, at);
        d.state.updateJob(id, { state: 'running', startedAt: at });
        d.state.addJobStep(id, { at, words: `Started by ${actor.user}` });
        launch(actor, getJob(id), { source, connection, holder, readLimit: plan.inQueue, outcome });
        return getJob(id);
      },
    );
  }

  return {
    async plan(actor, request) {
      const { plan } = await named(request.vhost, request.queue, () => prepare(actor, request));
      return plan;
    },

    async start(actor, request) {
      if (stopping) throw new HoplightError('stopping', 'Hoplight is stopping.', { notDone: NOTHING_SENT });
      return named(request.vhost, request.queue, () => begin(actor, request));
    },

    async resume(actor, id) {
      const job = getJob(id);
      if (job.state !== 'interrupted')
        throw new HoplightError('conflict', `Replay ${id} is ${job.state}, so there is nothing to resume.`, {
          notDone: NOTHING_SENT,
        });
      const holder = holderOf(actor.user, id);
      claim(job.vhost, job.queue, holder);
      return opened(actor, { ...job, frozen: job.plan.inQueue }, holder, (source, connection) => {
        const outcome = d.audit.begin({
          by: actor.user,
          kind: 'replay resume',
          words: `Resume replay ${id} of ${job.queue}`,
          intent: { request: job.request, counts: job.counts },
          href: `/replays/${id}`,
        });
        d.state.updateJob(id, { state: 'running', note: null });
        d.state.addJobStep(id, { at: d.clock(), words: `Resumed by ${actor.user}` });
        launch(actor, getJob(id), {
          source,
          connection,
          holder,
          readLimit: Number.POSITIVE_INFINITY,
          outcome,
        });
        return getJob(id);
      });
    },

    async cancel(actor, id) {
      const job = getJob(id);
      const live = running.get(id);
      if (!live && job.state !== 'interrupted')
        throw new HoplightError(
          'conflict',
          job.state === 'running'
            ? `Replay ${id} runs in another process.`
            : `Replay ${id} is ${job.state} already.`,
          { notDone: 'It was not cancelled.' },
        );
      const note = `Cancelled by ${actor.user}. What was sent stays sent; the others stay in ${job.queue}.`;
      const outcome = d.audit.begin({
        by: actor.user,
        kind: 'replay cancel',
        words: `Cancel replay ${id} of ${job.queue}`,
        intent: { counts: job.counts },
        href: `/replays/${id}`,
      });
      if (live) {
        live.run.stop('cancelled', note);
        await live.ended;
      } else finish(job, { state: 'cancelled', note });
      const ended = getJob(id);
      outcome(ended.state);
      return ended;
    },

    get: getJob,
    list: (limit = 50) => d.state.listJobs(limit).map(shown),
    messages: (id, limit, offset = 0) => d.state.messages(id, limit, offset),

    async readDeadLetters(actor, vhost, queue, limit) {
      const page = await named(vhost, queue, () => readDeadLetters(d, actor, vhost, queue, limit, lives));
      remember(vhost, queue, {
        readAt: page.readAt,
        inQueue: page.inQueue,
        read: page.messages.length,
        causes: page.causes,
        weakest: lives.spent(vhost, queue),
      });
      return page;
    },

    deadLetters: (view) => deadLetters({ ...view, readings }),

    noteFacts(facts) {
      const copies = copiesIn(facts);
      if (copies.length > 0) d.state.noteCopies(copies);
    },

    recoverAfterStart: recover,

    async stop() {
      stopping = true;
      const all = [...running.values()];
      for (const { run } of all)
        run.stop('interrupted', 'Hoplight was stopped. Resume goes on with the rest.');
      await Promise.all(all.map(({ ended }) => ended));
    },
  };
}

function taken(queue: string, who: string, jobId: string | null): HoplightError {
  return new HoplightError('conflict', `${queue} is being replayed by ${who}.`, {
    notDone: NOTHING_SENT,
    next: jobId ? `Wait for it, or look at it: /replays/${jobId}` : 'Wait for it to end, or cancel it there.',
  });
}

function quietly(work: () => void): void {
  try {
    work();
  } catch (error) {
    log.warn('a replay could not be noted in the store', { error: wordsOf(error) });
  }
}

/** The frozen selection is in the journal, row by row; of thousands of IDs the job itself keeps the first. */
function trimmed(request: ReplayRequest): ReplayRequest {
  const { select } = request;
  return select.kind === 'messages'
    ? { ...request, select: { ...select, ids: select.ids.slice(0, 20) } }
    : request;
}

const countOf = (n: number) => (n === 1 ? '1 message' : `${n.toLocaleString('en-US')} messages`);

function targetWords(plan: Plan): string {
  const [first, ...more] = plan.targets;
  if (!first) return 'nowhere';
  const name = first.exchange === '' ? first.routingKey : `exchange ${first.exchange}`;
  return more.length > 0 ? `${name} and ${more.length} more` : name;
}

function stepOf(end: End): string {
  const words = { done: 'Done', cancelled: 'Cancelled', failed: 'Failed', interrupted: 'Interrupted' }[
    end.state
  ];
  return end.note ? `${words}: ${end.note}` : words;
}

function outcomeWords(state: StateStore, id: string, end: End): string {
  const c = state.counts(id);
  const parts = [
    [c.confirmed + c.delivered + c.settled + c.diedAgain, 'confirmed'],
    [c.returned, 'returned'],
    [c.skipped, 'skipped'],
    [c.unknown, 'unknown'],
    [c.possiblyDuplicated, 'possibly duplicated'],
  ] as const;
  const shown = parts.filter(([n], i) => i === 0 || n > 0).map(([n, what]) => `${n} ${what}`);
  return `${end.state}: ${shown.join(', ')}`;
}
