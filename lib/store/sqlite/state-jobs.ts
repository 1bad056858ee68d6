/** Replay jobs and their journals. A journal row exists before its message is sent, so a crash leaves nothing untold. */
import { HoplightError } from '../../model/errors.ts';
import {
  type ReplayCounts,
  type ReplayJob,
  type ReplayMessage,
  type ReplayOutcome,
  type ReplayProgress,
  type ReplayState,
  replayOutcomes,
} from '../../model/replay.ts';
import { type CopyChange, failures, type StateStore, type StoredJob, type WhichMessages } from '../state.ts';
import type { Db } from './database.ts';
import { countOf, type Tallied, Tallies, type Tally } from './job-tally.ts';

/** Journal rows of one job: seq 0 … 2^32 - 1. */
const ROWS_PER_JOB = 2 ** 32;
/** ms over which a running job's rate is counted */
const RATE_MS = 5_000;
/** Jobs that are looked at together for those that somebody may know of. */
const SMALLEST_PAGE = 100;
const PROGRESS_SLICES = 120;
const NUMBERS_KEPT = 5_000;

type OutcomeChange = Parameters<StateStore['setOutcomes']>[1][number];

interface JobRow {
  number: number;
  job: string;
}

interface MessageRow {
  outcome: ReplayOutcome;
  doubled: number;
  reason: string | null;
  at: number;
  message: string;
}

interface RowState extends Tallied {
  reason: string | null;
  replay_id: string;
}

/** What the taps saw of a copy; the answers to its sending do not undo it. */
const seen: ReadonlySet<ReplayOutcome> = new Set(['delivered', 'settled', 'died again']);
const answered: ReadonlySet<ReplayOutcome> = new Set(['confirmed', 'returned', 'skipped', 'deleted']);
const sentOutcomes: ReadonlySet<ReplayOutcome> = new Set(['sending', 'confirmed', 'unknown']);

/** Whether what is known now gives way to what is told. */
function mayFollow(now: Pick<MessageRow, 'outcome' | 'at' | 'reason'>, change: CopyChange): boolean {
  const journey = change.by === 'journey';
  if (now.outcome === change.outcome)
    return journey && change.reason !== null && change.reason !== now.reason;
  if (sentOutcomes.has(now.outcome)) return true;
  switch (now.outcome) {
    case 'delivered':
      return true;
    case 'settled':
      return change.outcome === 'died again' && (journey || change.at > now.at);
    case 'died again':
      return journey && change.at > now.at;
    default:
      return false;
  }
}

export class Jobs {
  readonly #db: Db;
  readonly #clock: () => number;
  readonly #row;
  readonly #insert;
  readonly #update;
  readonly #message;
  readonly #put;
  readonly #set;
  readonly #tallies;
  /** Numbers by ID: a job keeps its own. */
  readonly #numbers = new Map<string, number>();

  constructor(db: Db, clock: () => number) {
    this.#db = db;
    this.#clock = clock;
    this.#row = db.prepare<[string], JobRow>('SELECT number, job FROM jobs WHERE id = ?');
    this.#insert = db.prepare<[string, string, string]>('INSERT INTO jobs (id, state, job) VALUES (?, ?, ?)');
    this.#update = db.prepare<[string, string, number]>(
      'UPDATE jobs SET state = ?, job = ? WHERE number = ?',
    );
    this.#tallies = new Tallies(db);
    this.#message = db.prepare<[number], RowState>(
      'SELECT outcome, doubled, reason, at, answered_at, replay_id FROM messages WHERE key = ?',
    );
    this.#put = db.prepare<
      [number, string, ReplayOutcome, number, string | null, number, number | null, string]
    >('INSERT OR REPLACE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#set = db.prepare<[ReplayOutcome, number, string | null, number, number | null, number]>(
      'UPDATE messages SET outcome = ?, doubled = ?, reason = ?, at = ?, answered_at = ? WHERE key = ?',
    );
  }

  create(job: StoredJob): void {
    this.#insert.run(job.id, job.state, JSON.stringify(job));
  }

  change(id: string, change: (job: StoredJob) => StoredJob): void {
    this.#db
      .transaction(() => {
        const row = this.#known(id);
        const job = change(storedJob(row));
        this.#update.run(job.state, JSON.stringify(job), row.number);
      })
      .immediate();
  }

  get(id: string): ReplayJob | null {
    const row = this.#row.get(id);
    return row ? this.#whole(row) : null;
  }

  /** Newest first. */
  list(limit: number, wanted: (job: StoredJob) => boolean = () => true): ReplayJob[] {
    const found: JobRow[] = [];
    const older = this.#db.prepare<[number, number], JobRow>(
      'SELECT number, job FROM jobs WHERE number < ? ORDER BY number DESC LIMIT ?',
    );
    // a page at a time: what is counted per job is asked for those alone that are shown
    let before = Number.MAX_SAFE_INTEGER;
    while (found.length < limit) {
      const page = older.all(before, Math.max(limit, SMALLEST_PAGE));
      const last = page.at(-1);
      if (!last) break;
      found.push(...page.filter((row) => wanted(storedJob(row))));
      before = last.number;
    }
    return found.slice(0, limit).map((row) => this.#whole(row));
  }

  inState(state: ReplayState): ReplayJob[] {
    return this.#db
      .prepare<[string], JobRow>('SELECT number, job FROM jobs WHERE state = ? ORDER BY number')
      .all(state)
      .map((row) => this.#whole(row));
  }

  putMessages(id: string, messages: readonly ReplayMessage[]): void {
    this.write(id, messages, []);
  }

  setOutcomes(id: string, changes: readonly OutcomeChange[]): void {
    this.write(id, [], changes);
  }

  /** New rows, and what rows that are there have become, in one transaction. */
  write(id: string, fresh: readonly ReplayMessage[], changed: readonly OutcomeChange[]): void {
    this.#together(() => {
      const number = this.#numberOf(id);
      for (const message of fresh) this.#putMessage(number, message);
      for (const change of changed) this.#setOutcome(number, change);
    });
  }

  #putMessage(number: number, message: ReplayMessage): void {
    const { outcome, possiblyDuplicated, reason, at, ...rest } = message;
    const doubled = possiblyDuplicated ? 1 : 0;
    const key = keyOf(number, rest.seq);
    const before = this.#message.get(key);
    this.#put.run(key, rest.replayId, outcome, doubled, reason, at, null, JSON.stringify(rest));
    this.#tallies.wrote(number, before ?? null, { outcome, doubled, at, answered_at: null });
  }

  #setOutcome(number: number, change: OutcomeChange): void {
    const key = keyOf(number, change.seq);
    const before = this.#message.get(key);
    if (!before) return;
    const doubled = Number(change.possiblyDuplicated ?? before.doubled);
    const answeredAt = answered.has(change.outcome) ? change.at : before.answered_at;
    // The tap can be quicker than the confirm: a copy that was seen to arrive stays arrived.
    const { outcome, reason, at } = seen.has(before.outcome) && !seen.has(change.outcome) ? before : change;
    this.#change(number, key, before, { outcome, doubled, reason, at, answered_at: answeredAt });
  }

  #change(number: number, key: number, before: RowState, now: Omit<RowState, 'replay_id'>): void {
    this.#set.run(now.outcome, now.doubled, now.reason, now.at, now.answered_at, key);
    this.#tallies.wrote(number, before, now);
  }

  noteCopies(changes: readonly CopyChange[]): CopyChange[] {
    return this.#together(() => changes.filter((change) => this.#noteCopy(change)));
  }

  /** Whether it changed the row. */
  #noteCopy(change: CopyChange): boolean {
    const found = this.#copy(change.replayId);
    const before = found && this.#message.get(found.key);
    if (!before || before.replay_id !== change.replayId || !mayFollow(before, change)) return false;
    const { outcome, reason, at } = change;
    this.#change(found.number, found.key, before, { ...before, outcome, reason, at });
    return true;
  }

  openCopies(id: string, after: number, limit: number): { seq: number; journey: string }[] {
    const row = this.#row.get(id);
    if (!row) return [];
    return this.#db
      .prepare<[number, number, number], { seq: number; journey: string }>(
        `SELECT json_extract(message, '$.seq') AS seq, json_extract(message, '$.journey') AS journey FROM messages
         WHERE key > ? AND key <= ? AND outcome IN ('confirmed', 'delivered') ORDER BY key LIMIT ?`,
      )
      .all(keyOf(row.number, after), rangeOf(row.number)[1], limit);
  }

  /** `x-replay-id` is the job's ID, a dot, and the sequence number. */
  #copy(replayId: string): { number: number; key: number } | null {
    const dot = replayId.lastIndexOf('.');
    const seq = Number(replayId.slice(dot + 1));
    if (dot <= 0 || !Number.isSafeInteger(seq) || seq < 0 || seq >= ROWS_PER_JOB) return null;
    const number = this.#knownNumber(replayId.slice(0, dot));
    return number === undefined ? null : { number, key: keyOf(number, seq) };
  }

  counts(id: string): ReplayCounts {
    return { ...this.#tally(this.#knownNumber(id) ?? 0).counts };
  }

  #tally(number: number): Tally {
    return this.#tallies.of(number, rangeOf(number));
  }

  /** Answers by when they came; what became of a copy by when that was seen. */
  progress(id: string): ReplayProgress {
    const row = this.#row.get(id);
    const job = row && storedJob(row);
    if (!row || !job?.startedAt) return { sliceMs: 1_000, slices: [] };
    const from = job.startedAt;
    const to = Math.max(from, job.endedAt ?? 0, job.state === 'done' ? 0 : this.#clock());
    const sliceMs = Math.max(1_000, Math.ceil((to - from + 1) / PROGRESS_SLICES / 1_000) * 1_000);
    const slices = Array.from({ length: Math.floor((to - from) / sliceMs) + 1 }, (_, i) => ({
      at: from + i * sliceMs,
      confirmed: 0,
      settled: 0,
      diedAgain: 0,
    }));
    const tally = this.#tally(row.number);
    for (const field of ['confirmed', 'settled', 'diedAgain'] as const)
      for (const [at, n] of tally[field]) {
        const slice = slices[Math.min(Math.max(0, Math.trunc((at - from) / sliceMs)), slices.length - 1)];
        if (slice) slice[field] += n;
      }
    return { sliceMs, slices };
  }

  /** Those that did not make it first; then by sequence. Two readings in the order of the rows: sorting would read them all. */
  messages(id: string, limit: number, offset: number, which: WhichMessages = {}): ReplayMessage[] {
    const number = this.#knownNumber(id);
    if (number === undefined) return [];
    const { outcomes = replayOutcomes } = which;
    const first = outcomes.filter((outcome) => failures.has(outcome));
    const others = outcomes.filter((outcome) => !failures.has(outcome));
    const failed = first.length === 0 ? 0 : this.#howMany(number, first, which);
    const rows = this.#page(number, first, which, Math.min(limit, failed - offset), offset);
    return [...rows, ...this.#page(number, others, which, limit - rows.length, Math.max(0, offset - failed))];
  }

  #howMany(number: number, outcomes: readonly ReplayOutcome[], which: WhichMessages): number {
    const { after, possiblyDuplicated } = which;
    if (after === undefined && !possiblyDuplicated) {
      const { counts } = this.#tally(number);
      return outcomes.reduce((sum, outcome) => sum + counts[countOf[outcome]], 0);
    }
    const found = this.#db
      .prepare<[number, number, string, number], number>(`SELECT count(*) FROM messages ${WHICH}`)
      .pluck()
      .get(...whichOf(number, outcomes, which));
    return found ?? 0;
  }

  #page(
    number: number,
    outcomes: readonly ReplayOutcome[],
    which: WhichMessages,
    limit: number,
    offset: number,
  ): ReplayMessage[] {
    if (outcomes.length === 0 || limit <= 0) return [];
    return this.#db
      .prepare<[number, number, string, number, number, number], MessageRow>(
        `SELECT outcome, doubled, reason, at, message FROM messages ${WHICH} ORDER BY key LIMIT ? OFFSET ?`,
      )
      .all(...whichOf(number, outcomes, which), limit, offset)
      .map(toMessage);
  }

  messagesIn(id: string, outcome: ReplayOutcome): ReplayMessage[] {
    const row = this.#row.get(id);
    if (!row) return [];
    return this.#db
      .prepare<[number, number, string], MessageRow>(
        `SELECT outcome, doubled, reason, at, message FROM messages WHERE key BETWEEN ? AND ? AND outcome = ?
         ORDER BY key`,
      )
      .all(...rangeOf(row.number), outcome)
      .map(toMessage);
  }

  eachLetter(
    id: string,
    outcome: ReplayOutcome,
    visit: (row: Pick<ReplayMessage, 'seq' | 'deadLetterId'>) => void,
  ): void {
    const number = this.#knownNumber(id);
    if (number === undefined) return;
    const rows = this.#db
      .prepare<[number, number, string], { key: number; letter: string }>(
        `SELECT key, json_extract(message, '$.deadLetterId') AS letter FROM messages
         WHERE key BETWEEN ? AND ? AND outcome = ? ORDER BY key`,
      )
      .iterate(...rangeOf(number), outcome);
    for (const { key, letter } of rows) visit({ seq: key - keyOf(number, 0), deadLetterId: letter });
  }

  /** `sending` again takes no answer back: one that came stays known. */
  unanswered(id: string): ReplayMessage[] {
    const row = this.#row.get(id);
    if (!row) return [];
    return this.#db
      .prepare<[number, number], MessageRow>(
        `SELECT outcome, doubled, reason, at, message FROM messages WHERE key BETWEEN ? AND ?
         AND (outcome IN ('sending', 'unknown')
              OR (outcome IN ('delivered', 'settled', 'died again') AND answered_at IS NULL)) ORDER BY key`,
      )
      .all(...rangeOf(row.number))
      .map(toMessage);
  }

  #known(id: string): JobRow {
    const row = this.#row.get(id);
    if (!row) throw new HoplightError('not_found', `There is no replay ${id}.`);
    return row;
  }

  #knownNumber(id: string): number | undefined {
    const known = this.#numbers.get(id);
    if (known !== undefined) return known;
    const number = this.#row.get(id)?.number;
    if (this.#numbers.size > NUMBERS_KEPT) this.#numbers.clear();
    if (number !== undefined) this.#numbers.set(id, number);
    return number;
  }

  #numberOf(id: string): number {
    return this.#knownNumber(id) ?? this.#known(id).number;
  }

  /** One transaction; what is counted in memory follows it, whether it holds or not. */
  #together<T>(work: () => T): T {
    try {
      return this.#db.transaction(work).immediate();
    } catch (error) {
      this.#tallies.forget();
      throw error;
    }
  }

  #whole(row: JobRow): ReplayJob {
    const job = storedJob(row);
    const tally = this.#tally(row.number);
    return { ...job, counts: { ...tally.counts }, ratePerSecond: this.#rate(job, tally) };
  }

  /** Answers per second over the last seconds, or over its whole run when that is shorter. */
  #rate(job: StoredJob, { answered }: Tally): number | null {
    if (job.state !== 'running') return null;
    const now = this.#clock();
    const since = Math.max(now - RATE_MS, job.startedAt ?? 0);
    let n = 0;
    for (const [at, rows] of answered) if (at > since) n += rows;
    return now > since ? (n * 1_000) / (now - since) : 0;
  }
}

function keyOf(number: number, seq: number): number {
  return number * ROWS_PER_JOB + seq;
}

const WHICH = 'WHERE key BETWEEN ? AND ? AND outcome IN (SELECT value FROM json_each(?)) AND doubled >= ?';

function whichOf(
  number: number,
  outcomes: readonly ReplayOutcome[],
  { after = -1, possiblyDuplicated }: WhichMessages,
): [number, number, string, number] {
  const [, last] = rangeOf(number);
  return [keyOf(number, after + 1), last, JSON.stringify(outcomes), possiblyDuplicated ? 1 : 0];
}

function rangeOf(number: number): [number, number] {
  return [keyOf(number, 0), keyOf(number, ROWS_PER_JOB - 1)];
}

/** Written by `create` and `change`, so the shape is known; what came later is filled in as it was before it came. */
function storedJob(row: JobRow): StoredJob {
  const job: StoredJob = JSON.parse(row.job);
  return {
    ...job,
    request: { ...oldRequest, ...job.request },
    plan: { ...oldPlan, ...job.plan, targets: job.plan.targets.map((t) => ({ ...oldTarget, ...t })) },
    hold: job.hold ?? null,
    phase: job.phase ?? 'rest',
    followUntil: job.followUntil ?? null,
    // null is a pace too: as fast as confirms come
    rate: job.rate === undefined ? (job.request.rate ?? null) : job.rate,
    exported: job.exported ?? null,
  };
}

const oldRequest = {
  act: 'replay',
  keepOrder: false,
  expiration: 'keep',
  persistent: false,
  maxReplays: 1_000,
  followSeconds: 0,
} as const;
const oldPlan = { fingerprint: null, origins: [], stays: [] };
const oldTarget = { mayWrite: 'unknown' } as const;

function toMessage(row: MessageRow): ReplayMessage {
  const rest: Omit<ReplayMessage, 'outcome' | 'possiblyDuplicated' | 'reason' | 'at'> = JSON.parse(
    row.message,
  );
  return {
    ...rest,
    outcome: row.outcome,
    possiblyDuplicated: row.doubled === 1,
    reason: row.reason,
    at: row.at,
  };
}
