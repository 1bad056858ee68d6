/**
 * Counts of a job's journal, kept beside it in memory: a job of 100,000 messages is looked at several times a second while it
 * runs. Counted from the rows once, then carried on with each row that this process writes; counted anew when another
 * connection wrote to the file, or when a transaction of our own was undone.
 */
import type { ReplayCounts, ReplayOutcome } from '../../model/replay.ts';
import type { Db } from './database.ts';

/** Jobs whose counts are kept; the one that was asked for longest ago goes first. */
const KEPT = 100;

/** What a row counts as. */
export interface Tallied {
  outcome: ReplayOutcome;
  doubled: number;
  at: number;
  answered_at: number | null;
}

/** Rows by the ms of their time. */
export type Times = ReadonlyMap<number, number>;

export interface Tally {
  counts: ReplayCounts;
  /** Answers by when they were written down, whatever they say; then those that say that a queue has the copy. */
  answered: Times;
  confirmed: Times;
  settled: Times;
  diedAgain: Times;
}

/** Where an outcome is counted. */
export const countOf: Record<ReplayOutcome, keyof ReplayCounts> = {
  waiting: 'waiting',
  sending: 'sending',
  confirmed: 'confirmed',
  delivered: 'delivered',
  settled: 'settled',
  'died again': 'diedAgain',
  returned: 'returned',
  skipped: 'skipped',
  deleted: 'deleted',
  unknown: 'unknown',
};

class Kept implements Tally {
  readonly counts = noCounts();
  readonly answered = new Map<number, number>();
  readonly confirmed = new Map<number, number>();
  readonly settled = new Map<number, number>();
  readonly diedAgain = new Map<number, number>();

  /** `n`: 1 for a row that comes, -1 for one that goes. */
  add({ outcome, doubled, at, answered_at: answeredAt }: Tallied, n: number): void {
    const { counts } = this;
    counts[countOf[outcome]] += n;
    counts.selected += n;
    counts.possiblyDuplicated += doubled * n;
    if (answeredAt !== null) {
      shift(this.answered, answeredAt, n);
      if (outcome !== 'returned' && outcome !== 'skipped') shift(this.confirmed, answeredAt, n);
    }
    if (outcome === 'settled') shift(this.settled, at, n);
    else if (outcome === 'died again') shift(this.diedAgain, at, n);
  }
}

export class Tallies {
  readonly #version;
  readonly #rows;
  readonly #kept = new Map<number, Kept>();
  #seen: number | undefined;

  constructor(db: Db) {
    this.#version = db.prepare<[], number>('PRAGMA data_version').pluck();
    this.#rows = db.prepare<[number, number], Tallied & { n: number }>(
      `SELECT outcome, doubled, CASE WHEN outcome IN ('settled', 'died again') THEN at ELSE 0 END AS at, answered_at, count(*) AS n
       FROM messages WHERE key BETWEEN ? AND ? GROUP BY 1, 2, 3, 4`,
    );
  }

  /** `range`: the keys of the job's rows. */
  of(job: number, range: [number, number]): Tally {
    const version = this.#version.get();
    if (version !== this.#seen) this.forget();
    this.#seen = version;
    const known = this.#kept.get(job);
    if (known) {
      this.#kept.delete(job);
      this.#kept.set(job, known);
      return known;
    }
    const made = new Kept();
    for (const { n, ...row } of this.#rows.iterate(...range)) made.add(row, n);
    this.#kept.set(job, made);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return made;
  }

  /** A row was written: what it was before (null: it is new) and what it is now. */
  wrote(job: number, before: Tallied | null, now: Tallied): void {
    const tally = this.#kept.get(job);
    if (!tally) return;
    if (before) tally.add(before, -1);
    tally.add(now, 1);
  }

  /** What was carried on may not be what is on disk. */
  forget(): void {
    this.#kept.clear();
  }
}

function shift(times: Map<number, number>, at: number, n: number): void {
  const now = (times.get(at) ?? 0) + n;
  if (now === 0) times.delete(at);
  else times.set(at, now);
}

function noCounts(): ReplayCounts {
  return {
    selected: 0,
    waiting: 0,
    sending: 0,
    confirmed: 0,
    delivered: 0,
    settled: 0,
    diedAgain: 0,
    returned: 0,
    skipped: 0,
    deleted: 0,
    unknown: 0,
    possiblyDuplicated: 0,
  };
}
