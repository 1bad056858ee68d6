/**
 * The fact store's one writer. Facts are committed to the current segment first: from then on they are acknowledged.
 * The journeys file follows in a transaction of its own that also notes how far it has come (`folded`), so that a process
 * ending in between costs nothing: the next one folds in the rest before it takes new facts.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { log } from '../../log.ts';
import type { BrokerEvent } from '../../model/broker-event.ts';
import { HoplightError } from '../../model/errors.ts';
import type { Fact, Gap } from '../../model/fact.ts';
import type { FactStoreSize, FactWriter } from '../facts.ts';
import { type Db, guard, openDatabase } from './database.ts';
import { Derived } from './derived.ts';
import { putGap, readOpenGaps } from './gap-rows.ts';
import { bringUp, DERIVED } from './journeys-schema.ts';
import { purgeSegment, SegmentReader, SegmentWriter } from './segment.ts';
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
  readonly #derived: Derived;
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
      this.#derived = new Derived(this.#db, this.#file);
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
      if (anew && numbers.length > 0)
        log.info('Journeys are made anew from the stored facts; facts are taken when that is done', {
          facts: this.size().facts,
        });
      this.#catchUp(anew ? numbers : numbers.slice(-1));
    } catch (error) {
      for (const one of opened.reverse()) one.close();
      throw error;
    }
  }

  append(facts: readonly Fact[]): number {
    if (facts.length === 0) return 0;
    if (this.#problem) this.#catchUp([]);
    if (this.#isFull()) this.#rotate();
    const stored = this.#segment.append(this.#notElsewhere(facts));
    try {
      this.#derived.fold(this.#segment.number, stored);
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
    guard(this.#file, () => this.#db.transaction(() => this.#derived.events.put(events)).immediate());
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
    if (this.#sealed.length < before || gone > 0)
      this.#derived.prune(this.#oldest(), this.#sealed[0]?.firstAt ?? this.#startedAt);
    return gone;
  }

  purge(before: number | null): number {
    if (this.#problem) this.#catchUp([]);
    if (this.#segment.count > 0) this.#rotate();
    const touched = new Set<number>();
    const cutSegments: number[] = [];
    let gone = 0;
    // a process that ends in the middle makes all that is derived anew at its next start
    this.putSetting('derived', 'purging');
    for (const { number, facts } of [...this.#sealed]) {
      const file = segmentFile(this.#dir, number);
      const cut = before === null ? { gone: facts, left: 0, journeys: [] } : purgeSegment(file, before);
      gone += cut.gone;
      for (const hash of cut.journeys) touched.add(hash);
      if (cut.gone > 0) cutSegments.push(number);
      if (cut.left === 0) guard(this.#dir, () => removeSegment(this.#dir, number));
    }
    this.#sealed = listSegments(this.#dir)
      .filter((number) => number !== this.#segment.number)
      .map((number) => describe(this.#dir, number));
    if (before === null) this.#derived.clear();
    else this.#purgeDerived(before, touched, cutSegments);
    this.putSetting('derived', String(DERIVED));
    return gone;
  }

  #purgeDerived(before: number, journeys: ReadonlySet<number>, cut: readonly number[]): void {
    const readers = this.#sealed.map(({ number }) => this.#reader(number));
    try {
      this.#derived.purge(before, journeys, cut, readers);
    } finally {
      for (const reader of readers) reader.close();
    }
  }

  #oldest(): number {
    return this.#sealed[0]?.number ?? this.#segment.number;
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
    let from = facts[0]?.id ?? '';
    let to = from;
    for (const { id } of facts) {
      if (id < from) from = id;
      if (id > to) to = id;
    }
    const near = this.#sealed.filter(({ ids }) => ids && to >= ids.from && from <= ids.to);
    if (near.length === 0) return facts;
    const readers = near.map(({ number }) => this.#reader(number));
    try {
      return facts.filter((fact) => !readers.some((reader) => reader.has(fact.id)));
    } finally {
      for (const reader of readers) reader.close();
    }
  }

  /** Sealed segments by number, then the one that is written to. */
  #catchUp(sealed: readonly number[]): void {
    for (const number of sealed) {
      const reader = this.#reader(number);
      try {
        this.#derived.catchUp(reader);
      } finally {
        reader.close();
      }
    }
    this.#derived.catchUp(this.#segment);
    this.#problem = null;
  }

  #reader(number: number): SegmentReader {
    return new SegmentReader(number, segmentFile(this.#dir, number));
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
    return { number, facts: reader.count, firstAt: reader.times()?.first ?? 0, ids: reader.idRange() };
  } finally {
    reader.close();
  }
}
