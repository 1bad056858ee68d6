/** Writes the summary row of each journey (one a vhost), folding new facts into what is there. */
import { journeySummary } from '../../journey/status.ts';
import { emptySummary, foldSummary, type SummaryState } from '../../journey/summary.ts';
import type { Fact } from '../../model/fact.ts';
import { tokensOf } from '../tokens.ts';
import { type Measured, measure, type Wait } from '../waits.ts';
import type { Db } from './database.ts';
import { hash48 } from './hash.ts';
import { JourneyCounts } from './journey-counts.ts';
import { MOST_MARKS, packMarks, unpackMarks } from './marks.ts';
import type { Pairs } from './postings.ts';
import { TokenHashes } from './token-hashes.ts';

interface Row {
  /** null until it is inserted */
  number: number | null;
  vhost: string;
  /** The status as which it is counted; null: it is not listed. */
  counted: string | null;
  firstSegment: number;
  full: boolean;
  marks: Set<number>;
  /** Tokens written to the postings of segment `postedIn`; for a new journey the same set as `marks`. */
  posted: Set<number>;
  postedIn: number;
  waits: Wait[];
  state: SummaryState;
}

interface StoredRow {
  number: number;
  vhost: string;
  status: string;
  listed: number;
  first_segment: number;
  full: number;
  marks: Buffer;
  waits: string | null;
  state: string;
}

/** Journeys whose rows are kept in memory: most facts belong to one that came a moment ago. */
const CACHED_ROWS = 10_000;

export interface Folded {
  measured: Measured[];
  /** What the journeys can be found by from now on. */
  pairs: Pairs;
}

export class JourneyRows {
  readonly #find;
  readonly #insert;
  readonly #update;
  readonly #prune;
  readonly #remove;
  readonly #counts;
  readonly #hashes = new TokenHashes();
  /** In order of use, the longest unused first. */
  readonly #cache = new Map<string, Row>();

  constructor(db: Db) {
    this.#find = db.prepare<[number], StoredRow>(
      'SELECT number, vhost, status, listed, first_segment, full, marks, waits, state FROM journeys WHERE hash = ?',
    );
    const columns =
      'first_at, last_at, status, listed, first_segment, last_segment, full, marks, waits, state';
    this.#insert = db.prepare<unknown[]>(
      `INSERT INTO journeys (hash, vhost, ${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare<unknown[]>(
      `UPDATE journeys SET ${columns.replaceAll(',', ' = ?,')} = ? WHERE number = ?`,
    );
    this.#prune = db.prepare<[number, number]>('DELETE FROM journeys WHERE last_at < ? AND last_segment < ?');
    this.#counts = new JourneyCounts(db);
    this.#remove = db.prepare<[number]>('DELETE FROM journeys WHERE number = ?');
  }

  /** Inside the caller's transaction; when that is rolled back, call `forget`. */
  fold(segment: number, facts: readonly Fact[]): Folded {
    const tokens: number[] = [];
    const bearers: Row[] = [];
    const touched = new Map<string, Row>();
    const measured: Measured[] = [];
    for (const fact of facts) {
      const key = `${fact.vhost}\u0000${fact.journey}`;
      const row = touched.get(key) ?? this.#row(key, fact, segment);
      row.state = foldSummary(row.state, fact);
      measured.push(...measure(row.waits, fact));
      for (const hash of this.#mark(row, fact, segment)) {
        tokens.push(hash);
        bearers.push(row);
      }
      touched.set(key, row);
    }
    for (const [key, row] of touched) {
      this.#write(row, segment);
      this.#cache.delete(key);
      this.#cache.set(key, row);
    }
    this.#counts.write();
    for (const key of this.#cache.keys()) {
      if (this.#cache.size <= CACHED_ROWS) break;
      this.#cache.delete(key);
    }
    return { measured, pairs: { tokens, numbers: bearers.map((row) => row.number ?? 0) } };
  }

  forget(): void {
    this.#cache.clear();
    this.#counts.forget();
  }

  /** Removes the rows of journeys none of whose facts is left: `since` is the time of the oldest segment's first fact. */
  prune(since: number, oldestSegment: number): number {
    this.#cache.clear();
    return this.#prune.run(since, oldestSegment).changes;
  }

  /** Makes the rows of these journeys anew from what is left of their facts, by segment, and removes those without any. */
  refold(hash: number, left: readonly { segment: number; facts: readonly Fact[] }[]): void {
    this.#cache.clear();
    for (const stored of this.#find.all(hash)) {
      const old: SummaryState = JSON.parse(stored.state);
      const row: Row = {
        ...emptyRow(old.id, stored.vhost),
        number: stored.number,
        counted: countedAs(stored),
      };
      let last = 0;
      for (const { segment, facts } of left) {
        for (const fact of facts) {
          if (fact.vhost !== stored.vhost || fact.journey !== old.id) continue;
          row.state = foldSummary(row.state, fact);
          measure(row.waits, fact); // measured before
          this.#mark(row, fact, segment);
          row.firstSegment ||= segment;
          last = segment;
        }
      }
      if (last === 0) this.#remove.run(stored.number);
      else this.#write(row, last);
    }
    this.#counts.write();
  }

  /** Tokens that the postings of this segment do not have yet. */
  #mark(row: Row, fact: Fact, segment: number): number[] {
    if (row.postedIn !== segment) {
      row.posted = new Set();
      row.postedIn = segment;
    }
    const news: number[] = [];
    for (const text of tokensOf(fact)) {
      const hash = this.#hashes.of(text);
      if (row.posted.has(hash)) continue;
      news.push(hash);
      if (row.posted.size < MOST_MARKS) row.posted.add(hash);
      if (row.marks.has(hash)) continue;
      if (row.marks.size < MOST_MARKS) row.marks.add(hash);
      else row.full = true;
    }
    return news;
  }

  #row(key: string, fact: Fact, segment: number): Row {
    const cached = this.#cache.get(key);
    if (cached) return cached;
    for (const stored of this.#find.all(hash48(fact.journey))) {
      if (stored.vhost !== fact.vhost) continue;
      const state: SummaryState = JSON.parse(stored.state);
      if (state.id !== fact.journey) continue;
      const waits: Wait[] = stored.waits === null ? [] : JSON.parse(stored.waits);
      return {
        number: stored.number,
        vhost: stored.vhost,
        counted: countedAs(stored),
        firstSegment: stored.first_segment,
        full: stored.full === 1,
        marks: new Set(unpackMarks(stored.marks)),
        posted: new Set(),
        postedIn: 0,
        waits,
        state,
      };
    }
    const marks = new Set<number>();
    return {
      ...emptyRow(fact.journey, fact.vhost),
      marks,
      posted: marks,
      postedIn: segment,
      firstSegment: segment,
    };
  }

  #write(row: Row, segment: number): void {
    const view = journeySummary(row.state);
    const counted = view.messages > 0 ? view.status : null;
    this.#counts.became(row.vhost, row.counted, counted);
    row.counted = counted;
    const values = [
      view.firstAt,
      view.lastAt,
      view.status,
      view.messages > 0 ? 1 : 0,
      row.firstSegment,
      segment,
      row.full ? 1 : 0,
      packMarks(row.marks),
      row.waits.length === 0 ? null : JSON.stringify(row.waits),
      JSON.stringify(row.state),
    ];
    if (row.number !== null) {
      this.#update.run(...values, row.number);
      return;
    }
    row.number = Number(this.#insert.run(hash48(row.state.id), row.vhost, ...values).lastInsertRowid);
  }
}

function countedAs(stored: StoredRow): string | null {
  return stored.listed === 1 ? stored.status : null;
}

function emptyRow(journey: string, vhost: string): Row {
  return {
    number: null,
    vhost,
    counted: null,
    firstSegment: 0,
    full: false,
    marks: new Set(),
    posted: new Set(),
    postedIn: 0,
    waits: [],
    state: emptySummary(journey),
  };
}
