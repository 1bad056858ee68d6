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
  marks: Buffer;
  state: string;
}

/** Rows looked at in one step: a rare filter over a large store goes step by step… */
export const STEP_ROWS = 10_000;
/** …for about so long (ms); then the page ends early and `next` goes on from there. */
export const PATIENCE_MS = 60;
/** Facts of one journey that are looked at. */
export const MOST_FACTS = 2_000;
/** Tokens of one group that SQL looks for; more of them are looked up here. */
const MOST_IN_SQL = 8;

export interface SearchIn {
  db: Db;
  /** Reads the facts of a journey, at most so many. */
  factsOf: (journey: string, limit: number) => Fact[];
}

export class Search {
  readonly #o: SearchIn;
  readonly #query: JourneyQuery;
  readonly #vhosts: string;
  readonly #plan: Plan;
  readonly #matches;
  /** Groups too large for SQL. */
  readonly #large: ReadonlySet<number>[];
  readonly #until = performance.now() + PATIENCE_MS;

  constructor(o: SearchIn, query: JourneyQuery, vhosts: readonly string[], plan: Plan) {
    this.#o = o;
    this.#query = query;
    this.#vhosts = JSON.stringify(vhosts);
    this.#plan = plan;
    this.#matches = factMatcher(query);
    this.#large = plan.groups.filter((g) => g.length > MOST_IN_SQL).map((g) => new Set(g));
  }

  page(start: Position): JourneyPage {
    let from = start;
    const journeys: JourneySummary[] = [];
    const { limit } = this.#query;
    for (;;) {
      const room = limit - journeys.length;
      const { rows, end } = this.#step(from, room);
      for (const row of rows) {
        const journey = this.journey(row);
        if (journey) journeys.push(journey);
        from = { at: row.last_at, number: row.number };
        if (this.#plan.needsFacts && journeys.length < limit && this.#isLate())
          return unfinished(journeys, from);
      }
      if (journeys.length >= limit) return { journeys, next: cursorOf(from), searchedTo: null };
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
    if (row.full === 0 && this.#large.length > 0) {
      const marks = unpackMarks(row.marks);
      if (!this.#large.every((group) => marks.some((mark) => group.has(mark)))) return null;
    }
    const state: SummaryState = JSON.parse(row.state);
    const journey = journeySummary(state);
    if (q !== undefined && !mentions(journey, q)) return null;
    if (!this.#matches || (row.full === 0 && !this.#plan.needsFacts)) return journey;
    const facts = this.#o.factsOf(journey.id, MOST_FACTS).filter((fact) => fact.vhost === row.vhost);
    // what leads to a journey was written for each of its facts, also for those that are not read here
    const told = facts.length >= MOST_FACTS && this.#plan.candidates !== null && !this.#plan.needsFacts;
    return told || this.#matches(facts) ? journey : null;
  }

  /** One step's matching rows, and the last row that it looked at (null: there are no more). */
  #step(from: Position, limit: number): { rows: Row[]; end: Position | null } {
    const { candidates, to } = this.#plan;
    if (candidates) {
      const window = 'SELECT * FROM journeys WHERE number IN (SELECT value FROM json_each(@numbers))';
      return { rows: this.#rows(`${window} AND (last_at, number) < (@at, @number)`, from, limit), end: null };
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
    const window = (columns: string) =>
      `SELECT ${columns} FROM journeys INDEXED BY ${index}
       WHERE ${where} (last_at, number) < (@at, @number) AND last_at >= @from ORDER BY last_at DESC, number DESC`;
    const rows = this.#rows(`${window('*')} LIMIT ${STEP_ROWS}`, from, limit);
    if (rows.length >= limit) return { rows, end: null };
    const last = this.#o.db
      .prepare<[object], { last_at: number; number: number }>(
        `${window('last_at, number')} LIMIT 1 OFFSET ${STEP_ROWS - 1}`,
      )
      .get(this.#values(from));
    if (last) return { rows, end: { at: last.last_at, number: last.number } };
    return { rows, end: inPast ? { at: edge, number: Number.MAX_SAFE_INTEGER } : null };
  }

  /** Matching rows of journeys whose ID has this hash, as far as SQL can tell. */
  rowsOf(hash: number): Row[] {
    return this.#rows('SELECT * FROM journeys WHERE hash = @hash', START, -1, hash);
  }

  #rows(window: string, from: Position, limit: number, hash = 0): Row[] {
    const { q, status } = this.#query;
    const groups = this.#plan.groups
      .filter((group) => group.length <= MOST_IN_SQL)
      .map((group) => group.map((mark) => `instr(marks, x'${packMarks([mark]).toString('hex')}') > 0`))
      .map((any) => `AND (full OR ${any.join(' OR ')})`);
    return this.#o.db
      .prepare<[object], Row>(
        `SELECT number, hash, vhost, last_at, last_segment, full, marks, state FROM (${window})
         WHERE vhost IN (SELECT value FROM json_each(@vhosts)) AND first_at <= @to AND last_at >= @from
           ${status === undefined ? '' : 'AND status = @status'}
           ${groups.join(' ')}
           ${q === undefined ? '' : 'AND instr(state, @text) > 0'}
         ORDER BY last_at DESC, number DESC LIMIT @limit`,
      )
      .all({ ...this.#values(from), limit, hash });
  }

  #values(from: Position): Record<string, string | number> {
    const { q, status } = this.#query;
    const { to, candidates } = this.#plan;
    return {
      ...from,
      from: this.#plan.from,
      to,
      edge: to + LONG_MS,
      vhosts: this.#vhosts,
      status: status ?? '',
      text: JSON.stringify(q ?? '').slice(1, -1),
      numbers: JSON.stringify(candidates ?? []),
    };
  }
}

function unfinished(journeys: JourneySummary[], at: Position): JourneyPage {
  return { journeys, next: cursorOf(at), searchedTo: at.at };
}
