/** Goes through journeys from newest to oldest, or through the few candidates of a plan, and keeps those that match. */
import { journeySummary } from '../../journey/status.ts';
import type { SummaryState } from '../../journey/summary.ts';
import type { JourneyQuery } from '../../model/api.ts';
import type { Fact } from '../../model/fact.ts';
import type { JourneySummary } from '../../model/journey.ts';
import type { JourneyPage } from '../facts.ts';
import { factMatcher, mentions } from '../matches.ts';
import type { Db } from './database.ts';
import { cursorOf, type Position, START } from './journey-cursor.ts';
import { LONG_MS } from './journeys-schema.ts';
import { packMarks, unpackMarks } from './marks.ts';
import type { Plan } from './search-plan.ts';

export interface Row {
  number: number;
  hash: number;
  vhost: string;
  last_at: number;
  last_segment: number;
  full: number;
}

/** Rows looked at in the first step, and at most: a rare filter over a large store goes step by step… */
const FIRST_STEP = 1_000;
const LAST_STEP = 8_000;
/** …for about so long (ms); then the page ends early and `next` goes on from there. */
export const PATIENCE_MS = 60;
/** Facts of one journey that are looked at. */
const MOST_FACTS = 2_000;
/** Tokens of one group that SQL looks for; more of them are looked up here. */
const MOST_IN_SQL = 24;
/** Rows read at a time where the last word on them is spoken here. */
const ROWS_AT_ONCE = 500;

export interface SearchIn {
  db: Db;
  /** Reads the facts of a journey, at most so many. */
  factsOf: (journey: string, limit: number) => Fact[];
}

type Values = Record<string, string | number>;
type Statement = ReturnType<typeof statementOf>;
const statementOf = (db: Db, sql: string) => db.prepare<[Values], Row>(sql);

export class Search {
  readonly #o: SearchIn;
  readonly #query: JourneyQuery;
  readonly #vhosts: string;
  readonly #plan: Plan;
  readonly #matches;
  /** Groups too large for SQL. */
  readonly #large: ReadonlySet<number>[];
  readonly #rest;
  readonly #statements = new Map<string, Statement>();
  readonly #until = performance.now() + PATIENCE_MS;

  constructor(o: SearchIn, query: JourneyQuery, vhosts: readonly string[], plan: Plan) {
    this.#o = o;
    this.#query = query;
    this.#vhosts = JSON.stringify(vhosts);
    this.#plan = plan;
    this.#matches = factMatcher(query);
    this.#rest = o.db.prepare<[number], { marks: Buffer; state: string }>(
      'SELECT marks, state FROM journeys WHERE number = ?',
    );
    this.#large = plan.groups.filter((g) => g.length > MOST_IN_SQL).map((g) => new Set(g));
  }

  page(start: Position): JourneyPage {
    let from = start;
    const journeys: JourneySummary[] = [];
    const { limit } = this.#query;
    for (let size = FIRST_STEP; ; size = Math.min(size * 2, LAST_STEP)) {
      const room = Math.max(limit - journeys.length, this.#large.length > 0 ? ROWS_AT_ONCE : 0);
      const { rows, end } = this.#step(from, size, room);
      for (const row of rows) {
        const journey = this.journey(row);
        if (journey) journeys.push(journey);
        from = { at: row.last_at, number: row.number };
        if (journeys.length >= limit) return { journeys, next: cursorOf(from), searchedTo: null };
        if (this.#plan.needsFacts && this.#isLate()) return unfinished(journeys, from);
      }
      // a full page of rows of which some did not count: go on after them, else after all that this step looked at
      const next = rows.length >= room ? from : end;
      if (next === null) return { journeys, next: null, searchedTo: null };
      if (this.#isLate()) return unfinished(journeys, next);
      from = next;
    }
  }

  #isLate(): boolean {
    return performance.now() > this.#until;
  }

  /** What SQL could not tell of a row; null when it does not match. */
  journey(row: Row): JourneySummary | null {
    const { q } = this.#query;
    const rest = this.#rest.get(row.number);
    if (!rest) return null;
    if (row.full === 0 && this.#large.length > 0) {
      const marks = unpackMarks(rest.marks);
      if (!this.#large.every((group) => marks.some((mark) => group.has(mark)))) return null;
    }
    const state: SummaryState = JSON.parse(rest.state);
    const journey = journeySummary(state);
    if (q !== undefined && !mentions(journey, q)) return null;
    if (!this.#matches || (row.full === 0 && !this.#plan.needsFacts)) return journey;
    const facts = this.#o.factsOf(journey.id, MOST_FACTS).filter((fact) => fact.vhost === row.vhost);
    // what leads to a journey was written for each of its facts, also for those that are not read here
    const told = facts.length >= MOST_FACTS && this.#plan.candidates !== null && !this.#plan.needsFacts;
    return told || this.#matches(facts) ? journey : null;
  }

  /** One step's matching rows, and the last row that it looked at (null: there are no more). */
  #step(from: Position, rows: number, limit: number): { rows: Row[]; end: Position | null } {
    const { candidates, to } = this.#plan;
    if (candidates) {
      const where =
        'number IN (SELECT value FROM json_each(@numbers)) AND (last_at, number) < (@at, @number)';
      return { rows: this.#rows('journeys', where, this.#values(from, limit)), end: null };
    }
    // what began before `to` and is newer than this is in the index of the long ones
    const edge = to + LONG_MS;
    const inPast = to < Number.MAX_VALUE && from.at > edge;
    const { status } = this.#query;
    const [index, where] = inPast
      ? ['journeys_long', `last_at - first_at > ${LONG_MS} AND last_at > @edge AND`]
      : status === undefined
        ? ['journeys_latest', '']
        : ['journeys_status', 'status = @status AND'];
    const source = `journeys INDEXED BY ${index}`;
    const after = `${where} (last_at, number) < (@at, @number) AND last_at >= @low`;
    const end = this.#o.db
      .prepare<[object], Position>(
        `SELECT last_at AS at, number FROM ${source} WHERE listed = 1 AND ${after}
         ORDER BY last_at DESC, number DESC LIMIT 1 OFFSET @skip`,
      )
      .get({ ...this.#values(from, limit), skip: rows - 1, low: this.#plan.from });
    const low = end?.at ?? this.#plan.from;
    const values = { ...this.#values(from, limit), low, endAt: end?.at ?? -1, endNumber: end?.number ?? 0 };
    // `+` keeps SQLite from ending its walk by this bound and not by the other, which is nearer
    const found = this.#rows(source, `${after} AND (+last_at, number) >= (@endAt, @endNumber)`, values);
    return { rows: found, end: end ?? (inPast ? { at: edge, number: Number.MAX_SAFE_INTEGER } : null) };
  }

  /** Matching rows of journeys whose ID has this hash, as far as SQL can tell. */
  rowsOf(hash: number): Row[] {
    return this.#rows('journeys', 'hash = @hash', { ...this.#values(START, -1), hash });
  }

  #rows(source: string, where: string, values: Values): Row[] {
    const { q, status } = this.#query;
    const groups = this.#plan.groups
      .filter((group) => group.length <= MOST_IN_SQL)
      .map((group) => group.map((mark) => `instr(marks, x'${packMarks([mark]).toString('hex')}') > 0`))
      .map((any) => `AND (full OR ${any.join(' OR ')})`);
    const sql = `SELECT number, hash, vhost, last_at, last_segment, full FROM ${source}
       WHERE ${where} ${this.#plan.unlisted ? '' : 'AND listed = 1'} AND first_at <= @to AND +last_at >= @from
         AND vhost IN (SELECT value FROM json_each(@vhosts))
         ${status === undefined ? '' : 'AND status = @status'}
         ${groups.join(' ')}
         ${q === undefined ? '' : 'AND instr(state, @text) > 0'}
       ORDER BY last_at DESC, number DESC LIMIT @limit`;
    return this.#prepared(sql).all(values);
  }

  #prepared(sql: string): Statement {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = statementOf(this.#o.db, sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #values(from: Position, limit: number): Values {
    const { q, status } = this.#query;
    const { to, candidates } = this.#plan;
    return {
      ...from,
      limit,
      from: this.#plan.from,
      to,
      edge: to + LONG_MS,
      vhosts: this.#vhosts,
      status: status ?? '',
      text: JSON.stringify(q ?? '').slice(1, -1),
      numbers: candidates ? JSON.stringify(candidates) : '[]',
    };
  }
}

function unfinished(journeys: JourneySummary[], at: Position): JourneyPage {
  return { journeys, next: cursorOf(at), searchedTo: at.at };
}
