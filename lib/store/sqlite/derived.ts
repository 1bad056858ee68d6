/**
 * Everything that is derived from facts, kept in step: one transaction folds a batch into all of it and notes how far it
 * has come, so that a process that ends in between costs nothing.
 */
import { HoplightError } from '../../model/errors.ts';
import type { Fact } from '../../model/fact.ts';
import { type Db, guard } from './database.ts';
import { DeathRows } from './death-counts.ts';
import { EventRows } from './event-rows.ts';
import { pruneGaps } from './gap-rows.ts';
import { JourneyRows } from './journey-rows.ts';
import { clearDerived } from './journeys-schema.ts';
import { LatencyRows } from './latency-rows.ts';
import { NameRows } from './name-rows.ts';
import { PostingRows } from './postings.ts';
import type { SegmentReader, Stored } from './segment.ts';

/** Facts folded at a time while catching up. */
const BATCH = 1_000;
/** Pages given back to the file system at a time after pruning. */
const VACUUM_PAGES = 2_000;

/** A segment, also the one that is written to: its facts in order of arrival. */
export interface FactSource {
  readonly number: number;
  readonly count: number;
  after(seq: number, limit: number): Stored[];
}

export class Derived {
  readonly events: EventRows;
  readonly #db: Db;
  readonly #file: string;
  readonly #journeys: JourneyRows;
  readonly #postings: PostingRows;
  readonly #names: NameRows;
  readonly #latency: LatencyRows;
  readonly #deaths: DeathRows;
  readonly #position;
  readonly #putPosition;
  readonly #dropPositions;
  readonly #dropPosition;

  constructor(db: Db, file: string) {
    this.#db = db;
    this.#file = file;
    this.events = new EventRows(db);
    this.#journeys = new JourneyRows(db);
    this.#postings = new PostingRows(db);
    this.#names = new NameRows(db);
    this.#latency = new LatencyRows(db);
    this.#deaths = new DeathRows(db);
    this.#position = db.prepare<[number], number>('SELECT seq FROM folded WHERE segment = ?').pluck();
    this.#putPosition = db.prepare<[number, number, number, number]>(
      `INSERT INTO folded (segment, seq, first_at, last_at) VALUES (?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET seq = excluded.seq,
         first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
    );
    this.#dropPosition = db.prepare<[number]>('DELETE FROM folded WHERE segment = ?');
    this.#dropPositions = db.prepare<[number]>('DELETE FROM folded WHERE segment < ?');
  }

  fold(segment: number, stored: readonly Stored[]): void {
    const last = stored.at(-1);
    if (!last) return;
    const facts = stored.map((s) => s.fact);
    this.#inTransaction(() => {
      const { measured, pairs } = this.#journeys.fold(segment, facts);
      this.#postings.add(segment, pairs);
      this.#names.note(segment, facts);
      this.#latency.count(measured);
      this.#deaths.count(facts);
      const times = facts.map((fact) => fact.at);
      this.#putPosition.run(segment, last.seq, Math.min(...times), Math.max(...times));
    });
  }

  /** Folds in what was stored and not folded: a process ended, or a disk was full, in between. */
  catchUp(source: FactSource): void {
    for (;;) {
      const done = guard(this.#file, () => this.#position.get(source.number) ?? 0);
      const rest = source.after(Math.min(done, source.count), BATCH);
      if (rest.length === 0) return;
      this.fold(source.number, rest);
    }
  }

  /** Forgets what lies before the oldest segment, whose first fact came at `since`, ms since 1970. */
  prune(oldest: number, since: number): void {
    this.#inTransaction(() => {
      this.#journeys.prune(since, oldest);
      this.#postings.prune(oldest);
      this.#names.prune(oldest);
      this.#dropPositions.run(oldest);
      this.#pruneTimes(since);
    });
    guard(this.#file, () => this.#db.pragma(`incremental_vacuum(${VACUUM_PAGES})`));
  }

  /** No fact is left. */
  clear(): void {
    this.#deleting(() => {
      clearDerived(this.#db);
      this.#pruneTimes(Number.MAX_VALUE);
    });
    this.#forget();
    this.#shrink();
  }

  /** Facts before `before` went: of the journeys with these hashes, out of the segments `cut`. `left`: those there are still. */
  purge(
    before: number,
    journeys: ReadonlySet<number>,
    cut: readonly number[],
    left: readonly SegmentReader[],
  ): void {
    this.#deleting(() => {
      for (const hash of journeys) {
        this.#journeys.refold(
          hash,
          left.map((segment) => ({ segment: segment.number, facts: segment.factsOf(hash) })),
        );
      }
      for (const number of cut) {
        const segment = left.find((s) => s.number === number);
        this.#names.forgetSegment(number);
        if (segment) for (const facts of batchesOf(segment)) this.#names.note(number, facts);
        else this.#postings.dropSegment(number);
        if (!segment) this.#dropPosition.run(number);
      }
      this.#pruneTimes(before);
    });
    this.#shrink();
  }

  #pruneTimes(before: number): void {
    this.#deaths.prune(before);
    this.#latency.prune(before);
    this.events.prune(before);
    pruneGaps(this.#db, before);
  }

  /** What went is not left in the file, nor in its log. */
  #shrink(): void {
    guard(this.#file, () => {
      this.#db.pragma('incremental_vacuum');
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    });
  }

  /** What `work` deletes is overwritten. */
  #deleting(work: () => void): void {
    guard(this.#file, () => this.#db.pragma('secure_delete = ON'));
    try {
      this.#inTransaction(work);
    } finally {
      guard(this.#file, () => this.#db.pragma('secure_delete = OFF'));
    }
  }

  #inTransaction(work: () => void): void {
    try {
      guard(this.#file, () => this.#db.transaction(work).immediate());
    } catch (error) {
      this.#forget();
      throw error instanceof HoplightError
        ? error
        : new HoplightError('internal', String(error), { cause: error });
    }
  }

  /** What is remembered may have been rolled back. */
  #forget(): void {
    this.#journeys.forget();
    this.#postings.forget();
    this.#names.forget();
    this.#latency.forget();
  }
}

function* batchesOf(segment: SegmentReader): Generator<Fact[]> {
  for (let seq = 0; ; ) {
    const stored = segment.after(seq, BATCH);
    const last = stored.at(-1);
    if (!last) return;
    yield stored.map((s) => s.fact);
    seq = last.seq;
  }
}
