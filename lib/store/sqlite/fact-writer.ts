/**
 * The fact store's one writer. Facts are committed to the current segment first: from then on they are acknowledged.
 * The journeys file follows in a transaction of its own that also notes how far it has come (`folded`), so that a process
 * ending in between costs nothing: the next one folds in the rest before it takes new facts.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerEvent } from '../../model/broker-event.ts';
import { HoplightError } from '../../model/errors.ts';
import type { Fact, Gap } from '../../model/fact.ts';
import type { FactStoreSize, FactWriter } from '../facts.ts';
import { type Db, guard, openDatabase } from './database.ts';
import { DeathRows } from './death-counts.ts';
import { EventRows } from './event-rows.ts';
import { pruneGaps, putGap, readOpenGaps } from './gap-rows.ts';
import { JourneyRows } from './journey-rows.ts';
import { bringUp, DERIVED } from './journeys-schema.ts';
import { LatencyRows } from './latency-rows.ts';
import { NameRows } from './name-rows.ts';
import { PostingRows } from './postings.ts';
import { purgeSegment, SegmentReader, SegmentWriter, type Stored } from './segment.ts';
import {
  bytesOf,
  JOURNEYS_FILE,
  listSegments,
  removeSegment,
  segmentFile,
  sweepLeftovers,
} from './segment-files.ts';

export interface FactWriterOptions {
  limitBytes: number;
  maxAgeMs: number;
  /** A segment ends after so many facts, after an hour, or at an eighth of `limitBytes`. */
  segmentFacts: number;
  /** ms since 1970 */
  clock?: () => number;
}

const SEGMENT_MS = 3_600_000;
const SEGMENTS_IN_LIMIT = 8;
/** SQLite's page size */
const PAGE_BYTES = 4_096;
/** Facts folded at a time while catching up. */
const CATCH_UP_BATCH = 1_000;
/** Pages given back to the file system at a time after pruning. */
const VACUUM_PAGES = 2_000;

/** What is kept about a segment that is not written to any more. */
interface Sealed {
  number: number;
  facts: number;
  firstAt: number;
  ids: { from: string; to: string } | null;
}

/** Throws HoplightError: `busy` when another process writes here, `internal` when a file is damaged or not writable. */
export function openFactWriter(dir: string, o: FactWriterOptions): FactWriter {
  return new SqliteFactWriter(dir, o);
}

class SqliteFactWriter implements FactWriter {
  readonly #dir: string;
  #o: Required<FactWriterOptions>;
  readonly #file: string;
  readonly #lock: Db;
  readonly #db: Db;
  readonly #journeys: JourneyRows;
  readonly #deaths: DeathRows;
  readonly #postings: PostingRows;
  readonly #names: NameRows;
  readonly #latency: LatencyRows;
  readonly #events: EventRows;
  readonly #folded;
  readonly #setting;
  readonly #putSetting;
  #sealed: Sealed[];
  #segment: SegmentWriter;
  #startedAt: number;
  #problem: HoplightError | null = null;

  constructor(dir: string, o: FactWriterOptions) {
    this.#dir = dir;
    this.#o = { clock: Date.now, ...o };
    this.#file = join(dir, JOURNEYS_FILE);
    const opened: { close(): void }[] = [];
    try {
      guard(dir, () => mkdirSync(dir, { recursive: true, mode: 0o700 }));
      this.#lock = lockFolder(dir);
      opened.push(this.#lock);
      sweepLeftovers(dir);
      this.#db = openDatabase(this.#file, { cacheKiB: 65_536, logPages: this.#logPages() });
      opened.push(this.#db);
      const anew = guard(this.#file, () => bringUp(this.#db));
      this.#journeys = new JourneyRows(this.#db);
      this.#deaths = new DeathRows(this.#db);
      this.#postings = new PostingRows(this.#db);
      this.#names = new NameRows(this.#db);
      this.#latency = new LatencyRows(this.#db);
      this.#events = new EventRows(this.#db);
      this.#folded = this.#db.prepare<[number, number, number, number]>(
        `INSERT INTO folded (segment, seq, first_at, last_at) VALUES (?, ?, ?, ?)
         ON CONFLICT DO UPDATE SET seq = excluded.seq,
           first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
      );
      this.#setting = this.#db.prepare<[string], string>('SELECT value FROM settings WHERE name = ?').pluck();
      this.#putSetting = this.#db.prepare<[string, string]>(
        'INSERT INTO settings VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
      );
      const numbers = listSegments(dir);
      const last = numbers.pop();
      this.#sealed = numbers.map((number) => describe(dir, number));
      this.#segment = this.#open(last ?? Number(this.setting('next_segment') ?? 1));
      opened.push(this.#segment);
      this.#startedAt = describe(dir, this.#segment.number).firstAt || this.#o.clock();
      this.putSetting('limit_bytes', String(o.limitBytes));
      this.#catchUp([...(anew ? numbers : numbers.slice(-1)), this.#segment.number]);
    } catch (error) {
      for (const one of opened.reverse()) one.close();
      throw error;
    }
  }

  append(facts: readonly Fact[]): number {
    if (facts.length === 0) return 0;
    if (this.#problem) this.#catchUp([this.#segment.number]);
    if (this.#isFull()) this.#rotate();
    const stored = this.#segment.append(this.#notElsewhere(facts));
    try {
      this.#fold(this.#segment.number, stored);
    } catch (error) {
      // The facts are safe; journeys and causes wait for the next append.
      this.#problem = error instanceof HoplightError ? error : new HoplightError('internal', String(error));
    }
    return stored.length;
  }

  problem(): HoplightError | null {
    return this.#problem;
  }

  putGap(gap: Gap): void {
    guard(this.#file, () => putGap(this.#db, gap));
  }

  putEvents(events: readonly BrokerEvent[]): void {
    guard(this.#file, () => this.#db.transaction(() => this.#events.put(events)).immediate());
  }

  setLimits(limits: { limitBytes: number; maxAgeMs: number }): void {
    this.#o = { ...this.#o, ...limits };
    this.putSetting('limit_bytes', String(limits.limitBytes));
  }

  openGaps(): Gap[] {
    return guard(this.#file, () => readOpenGaps(this.#db));
  }

  heartbeat(at: number): void {
    this.putSetting('heartbeat', String(at));
  }

  lastHeartbeat(): number | null {
    const at = this.setting('heartbeat');
    return at === null ? null : Number(at);
  }

  setting(name: string): string | null {
    return guard(this.#file, () => this.#setting.get(name) ?? null);
  }

  putSetting(name: string, value: string): void {
    guard(this.#file, () => this.#putSetting.run(name, value));
  }

  retain(now: number): number {
    let gone = 0;
    const before = this.#sealed.length;
    if (this.#segment.count > 0 && now - this.#startedAt > this.#o.maxAgeMs) this.#rotate();
    for (;;) {
      const oldest = this.#sealed[0];
      if (!oldest) break;
      const endedAt = this.#sealed[1]?.firstAt ?? this.#startedAt;
      const tooOld = oldest.facts === 0 || now - endedAt > this.#o.maxAgeMs;
      if (!tooOld && this.#bytes() <= this.#o.limitBytes) break;
      guard(this.#dir, () => removeSegment(this.#dir, oldest.number));
      this.#sealed.shift();
      gone += oldest.facts;
    }
    if (this.#sealed.length < before || gone > 0) this.#pruneJourneys();
    return gone;
  }

  purge(before: number | null): number {
    if (this.#problem) this.#catchUp([this.#segment.number]);
    if (this.#segment.count > 0) this.#rotate();
    const touched = new Set<number>();
    let gone = 0;
    // a process that ends in the middle makes all that is derived anew at its next start
    this.putSetting('derived', 'purging');
    for (const { number, facts } of [...this.#sealed]) {
      const file = segmentFile(this.#dir, number);
      const cut = before === null ? { gone: facts, left: 0, journeys: [] } : purgeSegment(file, before);
      gone += cut.gone;
      for (const hash of cut.journeys) touched.add(hash);
      if (cut.left === 0) guard(this.#dir, () => removeSegment(this.#dir, number));
    }
    this.#sealed = listSegments(this.#dir)
      .filter((number) => number !== this.#segment.number)
      .map((number) => describe(this.#dir, number));
    this.#purgeDerived(before, touched);
    this.putSetting('derived', String(DERIVED));
    return gone;
  }

  /** What is derived from facts that went. */
  #purgeDerived(before: number | null, touched: ReadonlySet<number>): void {
    const readers = this.#sealed.map(
      ({ number }) => new SegmentReader(number, segmentFile(this.#dir, number)),
    );
    const since = before ?? Number.MAX_VALUE;
    try {
      guard(this.#file, () => {
        this.#db
          .transaction(() => {
            for (const hash of touched) {
              this.#journeys.refold(
                hash,
                readers.map((reader) => ({ segment: reader.number, facts: reader.factsOf(hash) })),
              );
            }
            const oldest = this.#sealed[0]?.number ?? this.#segment.number;
            if (before === null) this.#journeys.prune(since, oldest);
            this.#postings.prune(oldest);
            this.#names.prune(oldest);
            this.#db.prepare<[number]>('DELETE FROM folded WHERE segment < ?').run(oldest);
            this.#deaths.prune(since);
            this.#latency.prune(since);
            this.#events.prune(since);
            pruneGaps(this.#db, since);
          })
          .immediate();
        this.#db.exec('VACUUM');
        this.#db.pragma('wal_checkpoint(TRUNCATE)');
      });
    } finally {
      for (const reader of readers) reader.close();
    }
  }

  size(): FactStoreSize {
    const numbers = this.#sealed.length;
    return {
      facts: this.#sealed.reduce((sum, s) => sum + s.facts, this.#segment.count),
      bytes: this.#bytes(),
      limitBytes: this.#o.limitBytes,
      segments: numbers + 1,
      oldestAt: this.#sealed[0]?.firstAt ?? (this.#segment.count > 0 ? this.#startedAt : null),
    };
  }

  close(): void {
    this.#segment.close();
    this.#db.close();
    this.#lock.close();
  }

  #bytes(): number {
    const segments = this.#sealed.reduce((sum, s) => sum + bytesOf(segmentFile(this.#dir, s.number)), 0);
    return segments + this.#segment.bytes() + bytesOf(this.#file);
  }

  #open(number: number): SegmentWriter {
    const segment = new SegmentWriter(number, segmentFile(this.#dir, number), this.#logPages());
    this.putSetting('next_segment', String(number + 1));
    return segment;
  }

  /** Both logs count as bytes of the store, so a small store gets small ones. */
  #logPages(): number {
    return Math.min(4_000, Math.ceil(this.#o.limitBytes / 32 / PAGE_BYTES));
  }

  #isFull(): boolean {
    const { count } = this.#segment;
    if (count === 0) {
      this.#startedAt = this.#o.clock();
      return false;
    }
    return (
      count >= this.#o.segmentFacts ||
      this.#o.clock() - this.#startedAt >= SEGMENT_MS ||
      this.#segment.bytes() >= this.#o.limitBytes / SEGMENTS_IN_LIMIT
    );
  }

  #rotate(): void {
    const next = this.#open(this.#segment.number + 1);
    this.#segment.close();
    this.#sealed.push(describe(this.#dir, this.#segment.number));
    this.#segment = next;
    this.#startedAt = this.#o.clock();
  }

  /** Leaves out facts that a sealed segment holds. IDs sort by time, so hardly any need a look. */
  #notElsewhere(facts: readonly Fact[]): readonly Fact[] {
    const near = this.#sealed.filter(
      ({ ids }) => ids && facts.some((f) => f.id >= ids.from && f.id <= ids.to),
    );
    if (near.length === 0) return facts;
    const readers = near.map(({ number }) => new SegmentReader(number, segmentFile(this.#dir, number)));
    try {
      return facts.filter((fact) => !readers.some((reader) => reader.has(fact.id)));
    } finally {
      for (const reader of readers) reader.close();
    }
  }

  #fold(segment: number, stored: readonly Stored[]): void {
    const last = stored.at(-1);
    if (!last) return;
    const facts = stored.map((s) => s.fact);
    try {
      guard(this.#file, () =>
        this.#db
          .transaction(() => {
            const { measured, pairs } = this.#journeys.fold(segment, facts);
            this.#postings.add(segment, pairs);
            this.#names.note(segment, facts);
            this.#latency.count(measured);
            this.#deaths.count(facts);
            const times = facts.map((fact) => fact.at);
            this.#folded.run(segment, last.seq, Math.min(...times), Math.max(...times));
          })
          .immediate(),
      );
    } catch (error) {
      this.#journeys.forget();
      this.#postings.forget();
      this.#names.forget();
      this.#latency.forget();
      throw error;
    }
  }

  /** Folds in what was stored and not folded: a process ended, or a disk was full, in between. */
  #catchUp(segments: readonly number[]): void {
    const position = this.#db.prepare<[number], number>('SELECT seq FROM folded WHERE segment = ?').pluck();
    for (const number of segments) {
      const current = number === this.#segment.number;
      const source = current ? this.#segment : new SegmentWriter(number, segmentFile(this.#dir, number));
      try {
        for (;;) {
          const done = guard(this.#file, () => position.get(number) ?? 0);
          const rest = source.after(Math.min(done, source.count), CATCH_UP_BATCH);
          if (rest.length === 0) break;
          this.#fold(number, rest);
        }
      } finally {
        if (!current) source.close();
      }
    }
    this.#problem = null;
  }

  #pruneJourneys(): void {
    const oldest = this.#sealed[0];
    const since = oldest?.firstAt ?? this.#startedAt;
    guard(this.#file, () => {
      this.#db
        .transaction(() => {
          const from = oldest?.number ?? this.#segment.number;
          this.#journeys.prune(since, from);
          this.#postings.prune(from);
          this.#names.prune(from);
          this.#db.prepare<[number]>('DELETE FROM folded WHERE segment < ?').run(from);
          this.#deaths.prune(since);
          this.#latency.prune(since);
          this.#events.prune(since);
          pruneGaps(this.#db, since);
        })
        .immediate();
      this.#db.pragma(`incremental_vacuum(${VACUUM_PAGES})`);
    });
  }
}

/** Holds the folder for this writer; the lock goes with the process or thread, however it ends. */
function lockFolder(dir: string): Db {
  const file = join(dir, 'writer.lock');
  const db = openDatabase(file, { timeoutMs: 500 });
  try {
    guard(file, () => {
      db.pragma('journal_mode = DELETE');
      db.exec('BEGIN EXCLUSIVE');
    });
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function describe(dir: string, number: number): Sealed {
  const reader = new SegmentReader(number, segmentFile(dir, number));
  try {
    return { number, facts: reader.count(), firstAt: reader.times()?.first ?? 0, ids: reader.idRange() };
  } finally {
    reader.close();
  }
}
