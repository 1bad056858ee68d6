/**
 * One segment of time: facts in order of arrival (`seq` 1, 2, …) and one index on the journey's hash. Small trees keep
 * inserting fast, and forgetting a segment is removing its file.
 */
import type { Fact } from '../../model/fact.ts';
import { type Db, guard, migrate, openDatabase } from './database.ts';
import { type FactRow, fromRow, toRow } from './fact-row.ts';
import { hash48 } from './hash.ts';
import { bytesOf } from './segment-files.ts';

const schema = [
  `CREATE TABLE facts (
     seq INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     at REAL NOT NULL,
     journey INTEGER NOT NULL,
     rest TEXT NOT NULL,
     body BLOB
   );
   CREATE INDEX facts_journey ON facts (journey);
   CREATE TABLE tokens (token INTEGER, journey INTEGER, PRIMARY KEY (token, journey)) WITHOUT ROWID;`,
  // what leads to journeys is in journeys.db, for all segments
  'DROP TABLE tokens;',
];

export interface BodyRow {
  seq: number;
  journey: number;
  vhost: string;
  body: Buffer;
}

const bodyColumns = "SELECT seq, journey, rest ->> '$.vhost' AS vhost, body FROM facts";

export interface Stored {
  seq: number;
  fact: Fact;
}

/** The segment that is written to. Throws HoplightError as database.ts says. */
export class SegmentWriter {
  readonly number: number;
  readonly file: string;
  readonly #db: Db;
  readonly #insert;
  #count: number;

  constructor(number: number, file: string, logPages?: number) {
    this.number = number;
    this.file = file;
    this.#db = openDatabase(file, { cacheKiB: 16_384, logPages });
    try {
      guard(file, () => migrate(this.#db, schema));
      this.#insert = this.#db.prepare<[string, number, number, string, Buffer | null]>(
        'INSERT OR IGNORE INTO facts (id, at, journey, rest, body) VALUES (?, ?, ?, ?, ?)',
      );
      this.#count = guard(file, () => countOf(this.#db));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** Facts in this segment, which is also the last `seq`. */
  get count(): number {
    return this.#count;
  }

  bytes(): number {
    return bytesOf(this.file);
  }

  /** All or nothing. Answers those that were new; an ID that is here already is left as it is. */
  append(facts: readonly Fact[]): Stored[] {
    const before = this.#count;
    try {
      return guard(this.file, () => this.#db.transaction(() => this.#write(facts)).immediate());
    } catch (error) {
      this.#count = before;
      throw error;
    }
  }

  #write(facts: readonly Fact[]): Stored[] {
    const stored: Stored[] = [];
    for (const fact of facts) {
      const row = toRow(fact);
      if (this.#insert.run(row.id, row.at, row.journey, row.rest, row.body).changes === 0) continue;
      this.#count++;
      stored.push({ seq: this.#count, fact });
    }
    return stored;
  }

  /** Facts after `seq`, oldest first: what the summaries have not taken in yet. */
  after(seq: number, limit: number): Stored[] {
    return guard(this.file, () => storedAfter(this.#db, seq, limit));
  }

  /** Ends the segment: its log goes into the file, as far as no reader stands in the way. */
  close(): void {
    if (!this.#db.open) return;
    try {
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#db.close();
    }
  }
}

/** `seq` is 1, 2, … again: by way of negative numbers, so that no two meet. */
const renumber = `
  UPDATE facts SET seq = -seq;
  UPDATE facts SET seq = new.n
    FROM (SELECT seq AS old, row_number() OVER (ORDER BY seq DESC) AS n FROM facts) AS new WHERE facts.seq = new.old;`;

/**
 * Forgets the facts of a segment that is not written to any more whose `at` lies before `before`; what went is not left in
 * the file. Answers how many went and are left, and the hashes of the journeys that lost some.
 */
export function purgeSegment(
  file: string,
  before: number,
): { gone: number; left: number; journeys: number[] } {
  const db = openDatabase(file);
  try {
    return guard(file, () => {
      const journeys = db
        .prepare<[number], number>('SELECT DISTINCT journey FROM facts WHERE at < ?')
        .pluck()
        .all(before);
      const gone = db
        .transaction(() => {
          const { changes } = db.prepare<[number]>('DELETE FROM facts WHERE at < ?').run(before);
          if (changes > 0) db.exec(renumber);
          return changes;
        })
        .immediate();
      if (gone > 0) db.exec('VACUUM');
      db.pragma('wal_checkpoint(TRUNCATE)');
      return { gone, left: countOf(db), journeys };
    });
  } finally {
    db.close();
  }
}

/** A segment that is only read, in this or another process; the writer may be adding to it. */
export class SegmentReader {
  readonly number: number;
  readonly file: string;
  readonly #db: Db;
  readonly #byJourney;
  readonly #byId;

  constructor(number: number, file: string) {
    this.number = number;
    this.file = file;
    this.#db = openDatabase(file, { readonly: true });
    try {
      this.#byJourney = this.#db.prepare<[number, number], Omit<FactRow, 'journey'>>(
        'SELECT id, at, rest, body FROM facts WHERE journey = ? ORDER BY at, seq LIMIT ?',
      );
      this.#byId = this.#db.prepare<[string], number>('SELECT seq FROM facts WHERE id = ?').pluck();
    } catch (error) {
      this.#db.close();
      throw guard(file, () => error);
    }
  }

  /** Facts of a journey in order of `at`. */
  facts(journey: string, limit: number): Fact[] {
    return guard(this.file, () =>
      this.#byJourney
        .all(hash48(journey), limit)
        .map(fromRow)
        // two keys may share a hash
        .filter((fact) => fact.journey === journey),
    );
  }

  /**
   * Facts with a body among the `count` before `seq`, newest first, that may hold the text; `from`: the last that was looked
   * at, null when there are none before `seq`.
   */
  bodies(
    text: string,
    seq: number,
    count: number,
  ): { found: BodyRow[]; from: { seq: number; at: number } | null } {
    return guard(this.file, () => {
      const newest = Math.min(seq - 1, countOf(this.#db));
      const oldest = Math.max(1, newest - count + 1);
      const at = this.#db.prepare<[number], number>('SELECT at FROM facts WHERE seq = ?').pluck().get(oldest);
      if (newest < 1 || at === undefined) return { found: [], from: null };
      // SQLite knows upper and lower case of ASCII alone; other text is compared by the caller
      const narrow = isAscii(text) ? 'AND instr(lower(CAST(body AS TEXT)), @text) > 0' : '';
      const found = this.#db
        .prepare<[object], BodyRow>(
          `${bodyColumns} WHERE seq BETWEEN @oldest AND @newest AND body IS NOT NULL ${narrow} ORDER BY seq DESC`,
        )
        .all({ oldest, newest, ...(narrow ? { text: text.toLowerCase() } : {}) });
      return { found, from: { seq: oldest, at } };
    });
  }

  /** Facts with a body of all journeys with this hash that came after `seq`. */
  bodiesOf(hash: number, seq: number): BodyRow[] {
    return guard(this.file, () =>
      this.#db
        .prepare<[number, number], BodyRow>(
          `${bodyColumns} WHERE journey = ? AND seq > ? AND body IS NOT NULL`,
        )
        .all(hash, seq),
    );
  }

  /** Facts of all journeys with this hash, in order of `at`. */
  factsOf(hash: number): Fact[] {
    return guard(this.file, () => this.#byJourney.all(hash, -1).map(fromRow));
  }

  /** Facts after `seq`, oldest first. */
  after(seq: number, limit: number): Stored[] {
    return guard(this.file, () => storedAfter(this.#db, seq, limit));
  }

  has(id: string): boolean {
    return guard(this.file, () => this.#byId.get(id) !== undefined);
  }

  /** Smallest and largest fact ID, null when there is none. */
  idRange(): { from: string; to: string } | null {
    return guard(this.file, () => {
      const row = this.#db
        .prepare<[], { first: string | null; last: string | null }>(
          'SELECT (SELECT min(id) FROM facts) AS first, (SELECT max(id) FROM facts) AS last',
        )
        .get();
      return row?.first && row.last ? { from: row.first, to: row.last } : null;
    });
  }

  get count(): number {
    return guard(this.file, () => countOf(this.#db));
  }

  /** Time of the first and of the last fact that came, ms since 1970. */
  times(): { first: number; last: number } | null {
    return guard(this.file, () => {
      const at = this.#db.prepare<[number], number>('SELECT at FROM facts WHERE seq = ?').pluck();
      const first = at.get(1);
      const last = at.get(countOf(this.#db));
      return first === undefined || last === undefined ? null : { first, last };
    });
  }

  close(): void {
    this.#db.close();
  }
}

function storedAfter(db: Db, seq: number, limit: number): Stored[] {
  return db
    .prepare<[number, number], FactRow & { seq: number }>(
      'SELECT seq, id, at, journey, rest, body FROM facts WHERE seq > ? ORDER BY seq LIMIT ?',
    )
    .all(seq, limit)
    .map((row) => ({ seq: row.seq, fact: fromRow(row) }));
}

function countOf(db: Db): number {
  return db.prepare<[], number | null>('SELECT max(seq) FROM facts').pluck().get() ?? 0;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: any ASCII
const ASCII = /^[\u0000-\u007f]*$/;

function isAscii(text: string): boolean {
  return ASCII.test(text);
}
