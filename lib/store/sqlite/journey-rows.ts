/** Writes the summary row of each journey (one a vhost), folding new facts into what is there. */
import { journeySummary } from '../../journey/status.ts';
import { emptySummary, foldSummary, type SummaryState } from '../../journey/summary.ts';
import type { Fact } from '../../model/fact.ts';
import type { Db } from './database.ts';
import { hash48 } from './hash.ts';

interface Row {
  /** null until it is inserted */
  number: number | null;
  firstSegment: number;
  state: SummaryState;
}

interface StoredRow {
  number: number;
  vhost: string;
  first_segment: number;
  state: string;
}

/** Journeys whose rows are kept in memory: most facts belong to one that came a moment ago. */
const CACHED_ROWS = 10_000;

export class JourneyRows {
  readonly #find;
  readonly #insert;
  readonly #update;
  readonly #prune;
  /** In order of use, the longest unused first. */
  readonly #cache = new Map<string, Row>();

  constructor(db: Db) {
    this.#find = db.prepare<[number], StoredRow>(
      'SELECT number, vhost, first_segment, state FROM journeys WHERE hash = ?',
    );
    this.#insert = db.prepare<[number, string, number, string, string, number, number, string]>(
      `INSERT INTO journeys (hash, vhost, last_at, status, queues, first_segment, last_segment, state)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare<[number, string, string, number, number, string, number]>(
      `UPDATE journeys SET last_at = ?, status = ?, queues = ?, first_segment = ?, last_segment = ?, state = ?
       WHERE number = ?`,
    );
    this.#prune = db.prepare<[number, number]>('DELETE FROM journeys WHERE last_at < ? AND last_segment < ?');
  }

  /** Inside the caller's transaction; when that is rolled back, call `forget`. */
  fold(segment: number, facts: readonly Fact[]): void {
    const touched = new Map<string, Row>();
    for (const fact of facts) {
      const key = `${fact.vhost}\u0000${fact.journey}`;
      const row = touched.get(key) ?? this.#row(key, fact, segment);
      row.state = foldSummary(row.state, fact);
      touched.set(key, row);
    }
    for (const [key, row] of touched) {
      this.#write(key, row, segment);
      this.#cache.delete(key);
      this.#cache.set(key, row);
    }
    for (const key of this.#cache.keys()) {
      if (this.#cache.size <= CACHED_ROWS) break;
      this.#cache.delete(key);
    }
  }

  forget(): void {
    this.#cache.clear();
  }

  /** Removes the rows of journeys none of whose facts is left: `since` is the time of the oldest segment's first fact. */
  prune(since: number, oldestSegment: number): number {
    this.#cache.clear();
    return this.#prune.run(since, oldestSegment).changes;
  }

  #row(key: string, fact: Fact, segment: number): Row {
    const cached = this.#cache.get(key);
    if (cached) return cached;
    for (const stored of this.#find.all(hash48(fact.journey))) {
      if (stored.vhost !== fact.vhost) continue;
      const state: SummaryState = JSON.parse(stored.state);
      if (state.id === fact.journey) {
        return { number: stored.number, firstSegment: stored.first_segment, state };
      }
    }
    return { number: null, firstSegment: segment, state: emptySummary(fact.journey) };
  }

  #write(key: string, row: Row, segment: number): void {
    const view = journeySummary(row.state);
    const queues = `\n${view.queues.join('\n')}\n`;
    const state = JSON.stringify(row.state);
    if (row.number !== null) {
      this.#update.run(view.lastAt, view.status, queues, row.firstSegment, segment, state, row.number);
      return;
    }
    const vhost = key.slice(0, key.indexOf('\u0000'));
    const { lastInsertRowid } = this.#insert.run(
      hash48(row.state.id),
      vhost,
      view.lastAt,
      view.status,
      queues,
      row.firstSegment,
      segment,
      state,
    );
    row.number = Number(lastInsertRowid);
  }
}
