/** Reads facts while the writer, in another thread or process, goes on. Segments are opened when a question needs them. */
import { join } from 'node:path';
import type { JourneyQuery, Latency, LatencyQuery } from '../../model/api.ts';
import type { BrokerEvent } from '../../model/broker-event.ts';
import { HoplightError } from '../../model/errors.ts';
import type { Fact, Gap } from '../../model/fact.ts';
import type { JourneySummary } from '../../model/journey.ts';
import type { DeathCount, FactReader, FactStoreSize, JourneyCount, JourneyPage } from '../facts.ts';
import { type Db, guard, openDatabase } from './database.ts';
import { readDeaths } from './death-counts.ts';
import { readEvents } from './event-rows.ts';
import { readGaps } from './gap-rows.ts';
import { readJourneyCounts } from './journey-counts.ts';
import { emptyPage, journeysById, listJourneys, segmentsOf } from './journey-list.ts';
import { DERIVED } from './journeys-schema.ts';
import { rangeOf, readLatency } from './latency-rows.ts';
import { PostingReader } from './posting-reader.ts';
import { SegmentReader } from './segment.ts';
import { bytesOf, JOURNEYS_FILE, listSegments, segmentFile } from './segment-files.ts';

export interface FactReaderOptions {
  /** ms since 1970 */
  clock?: () => number;
}

/** Works before the writer has made its files too: then the store is empty. */
export function openFactReader(dir: string, o: FactReaderOptions = {}): FactReader {
  return new SqliteFactReader(dir, o.clock ?? Date.now);
}

class SqliteFactReader implements FactReader {
  readonly #dir: string;
  readonly #file: string;
  readonly #clock: () => number;
  readonly #segments = new Map<number, SegmentReader>();
  #db: Db | null = null;
  #postings: PostingReader | null = null;

  constructor(dir: string, clock: () => number) {
    this.#dir = dir;
    this.#file = join(dir, JOURNEYS_FILE);
    this.#clock = clock;
  }

  journeyFacts(journey: string, limit: number): Fact[] {
    const range = this.#ask((db) => segmentsOf(db, journey), null);
    if (!range) return [];
    const facts = this.#numbers()
      // the newest may hold facts that the summary does not know yet
      .filter((n, i, all) => n >= range.first && (n <= range.last || i === all.length - 1))
      .flatMap((n) => this.#with(n, (segment) => segment.facts(journey, limit)) ?? []);
    return facts.sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1)).slice(0, limit);
  }

  find(id: string, limit: number): JourneySummary[] {
    return this.#search((db, postings) => journeysById(db, postings, id), [])
      .sort((a, b) => b.lastAt - a.lastAt)
      .slice(0, limit);
  }

  list(query: JourneyQuery, vhosts: readonly string[]): JourneyPage {
    const factsOf = (journey: string, limit: number) => this.journeyFacts(journey, limit);
    const segments = {
      numbers: () => this.#numbers(),
      within: <T>(n: number, work: (segment: SegmentReader) => T) => this.#with(n, work),
    };
    return this.#search(
      (db, postings) => listJourneys({ db, postings, factsOf, segments }, query, vhosts),
      emptyPage,
    );
  }

  journeyCounts(): JourneyCount[] {
    return this.#ask(readJourneyCounts, []);
  }

  deaths(vhosts: readonly string[], since: number, slices: number): DeathCount[] {
    return this.#ask((db) => readDeaths(db, vhosts, since, this.#clock(), slices), []);
  }

  latency(query: LatencyQuery, vhosts: readonly string[]): Latency {
    const now = this.#clock();
    return this.#ask((db) => readLatency(db, query, vhosts, now), { ...rangeOf(query, now), queues: [] });
  }

  events(vhosts: readonly string[], from: number, to: number, limit: number): BrokerEvent[] {
    return this.#ask((db) => readEvents(db, vhosts, from, to, limit), []);
  }

  gaps(from: number, to: number): Gap[] {
    return this.#ask((db) => readGaps(db, from, to), []);
  }

  size(): FactStoreSize {
    const numbers = this.#numbers();
    const facts = numbers.map((n) => this.#with(n, (segment) => segment.count) ?? 0);
    const bytes = numbers.map((n) => bytesOf(segmentFile(this.#dir, n)));
    const first = numbers.find((_, i) => (facts[i] ?? 0) > 0);
    const limit = this.#ask(
      (db) => db.prepare<[], string>("SELECT value FROM settings WHERE name = 'limit_bytes'").pluck().get(),
      undefined,
    );
    return {
      facts: facts.reduce((a, b) => a + b, 0),
      bytes: bytes.reduce((a, b) => a + b, bytesOf(this.#file)),
      limitBytes: Number(limit ?? 0),
      segments: numbers.length,
      oldestAt: first === undefined ? null : (this.#with(first, (segment) => segment.times()?.first) ?? null),
    };
  }

  close(): void {
    for (const segment of this.#segments.values()) segment.close();
    this.#segments.clear();
    this.#db?.close();
    this.#db = null;
    this.#postings = null;
  }

  /** Asks the journeys file; `otherwise` while the writer has not made it. */
  #ask<T>(work: (db: Db) => T, otherwise: T): T {
    this.#db ??= this.#open();
    const db = this.#db;
    return db ? guard(this.#file, () => work(db)) : otherwise;
  }

  /** The same on one state of the file: postings are merged meanwhile. */
  #search<T>(work: (db: Db, postings: PostingReader) => T, otherwise: T): T {
    return this.#ask((db) => {
      this.#postings ??= new PostingReader(db);
      const postings = this.#postings;
      return db.transaction(() => work(db, postings))();
    }, otherwise);
  }

  #open(): Db | null {
    if (bytesOf(this.#file) === 0) return null;
    const db = openDatabase(this.#file, { readonly: true, cacheKiB: 32_768 });
    const tables = db.prepare<[], string>('SELECT name FROM sqlite_master').pluck().all();
    if (['settings', 'broker_events', 'journeys'].every((name) => tables.includes(name)) && isCurrent(db))
      return db;
    db.close(); // the writer is just making it
    return null;
  }

  /** Segments there are now, oldest first; readers of those that were dropped are closed. */
  #numbers(): number[] {
    const numbers = guard(this.#dir, () => listSegments(this.#dir));
    for (const [n, segment] of this.#segments) {
      if (numbers.includes(n)) continue;
      segment.close();
      this.#segments.delete(n);
    }
    return numbers;
  }

  /** Null when the segment was dropped, or not yet made, at this very moment. */
  #with<T>(number: number, work: (segment: SegmentReader) => T): T | null {
    const file = segmentFile(this.#dir, number);
    try {
      const segment = this.#segments.get(number) ?? new SegmentReader(number, file);
      this.#segments.set(number, segment);
      return work(segment);
    } catch (error) {
      if (bytesOf(file) === 0 || isUnfinished(error)) return null;
      throw error;
    }
  }
}

/** What is derived has the form that this Hoplight reads: else the writer is about to make it anew. */
function isCurrent(db: Db): boolean {
  const version = db.prepare<[], string>("SELECT value FROM settings WHERE name = 'derived'").pluck().get();
  return version === String(DERIVED);
}

/** A segment between being made and having its tables. */
function isUnfinished(error: unknown): boolean {
  const cause = error instanceof HoplightError ? error.more.cause : error;
  return cause instanceof Error && /no such table/.test(cause.message);
}
