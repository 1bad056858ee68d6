/** Journeys from newest to oldest by keyset: a page begins after the last row of the page before. */
import { journeySummary } from '../../journey/status.ts';
import type { SummaryState } from '../../journey/summary.ts';
import type { JourneyQuery } from '../../model/api.ts';
import { HoplightError } from '../../model/errors.ts';
import type { Fact } from '../../model/fact.ts';
import type { JourneySummary } from '../../model/journey.ts';
import type { JourneyPage } from '../facts.ts';
import { factMatcher, isPattern } from '../matches.ts';
import { token } from '../tokens.ts';
import type { Db } from './database.ts';
import { hash48 } from './hash.ts';
import { packMarks } from './marks.ts';

interface Row {
  number: number;
  hash: number;
  vhost: string;
  last_at: number;
  full: number;
  state: string;
}
interface Position {
  at: number;
  number: number;
}

/** Rows looked at in one step: a rare filter over a large store goes step by step… */
const STEP_ROWS = 20_000;
/** …for about so long (ms); then the page ends early and `next` goes on from there. */
const PATIENCE_MS = 60;
/** Facts of one journey that are looked at. */
const MOST_FACTS = 2_000;

const START: Position = { at: Number.MAX_VALUE, number: Number.MAX_SAFE_INTEGER };

export const emptyPage: JourneyPage = { journeys: [], next: null, searchedTo: null };

/** `factsOf` reads the facts of a journey, at most so many. */
export function listJourneys(
  db: Db,
  query: JourneyQuery,
  vhosts: readonly string[],
  factsOf: (journey: string, limit: number) => Fact[],
): JourneyPage {
  const wanted = query.vhost === undefined ? vhosts : vhosts.filter((v) => v === query.vhost);
  if (wanted.length === 0) return emptyPage;
  let from = query.cursor === undefined ? START : readCursor(query.cursor);
  const journeys: JourneySummary[] = [];
  const until = performance.now() + PATIENCE_MS;
  const matches = needsFacts(query) ? factMatcher(query) : null;
  const fits = (row: Row, journey: JourneySummary) => {
    if (query.q !== undefined && !mentions(journey, query.q) && !marked(db, row.number, token.id(query.q)))
      return false;
    if (!matches && row.full === 0) return true;
    const check = matches ?? factMatcher(query);
    return check === null || check(factsOf(journey.id, MOST_FACTS).filter((f) => f.vhost === row.vhost));
  };
  for (;;) {
    const room = query.limit - journeys.length;
    const { rows, end } = step(db, query, wanted, from, room);
    for (const row of rows) {
      const state: SummaryState = JSON.parse(row.state);
      const journey = journeySummary(state);
      if (fits(row, journey)) journeys.push(journey);
      from = { at: row.last_at, number: row.number };
      if (performance.now() > until && journeys.length < query.limit) return unfinished(journeys, from);
    }
    if (journeys.length >= query.limit) return { journeys, next: cursorOf(from), searchedTo: null };
    // a full page of rows of which some did not count: go on after them, else after all that this step looked at
    const next = rows.length >= room ? from : end;
    if (next === null) return { journeys, next: null, searchedTo: null };
    if (performance.now() > until) return unfinished(journeys, next);
    from = next;
  }
}

function unfinished(journeys: JourneySummary[], at: Position): JourneyPage {
  return { journeys, next: cursorOf(at), searchedTo: at.at };
}

/** What marks cannot tell: patterns, parts of names, bodies. */
function needsFacts(query: JourneyQuery): boolean {
  return (
    query.text !== undefined ||
    query.client !== undefined ||
    (query.key !== undefined && isPattern(query.key))
  );
}

/** Tokens of which each must be there, by what the query asks for; headers with `=` in them may be a name too. */
function tokensOf(query: JourneyQuery): string[][] {
  const { queue, exchange, key, reason } = query;
  return [
    ...(queue === undefined ? [] : [[token.queue(queue)]]),
    ...(exchange === undefined ? [] : [[token.exchange(exchange)]]),
    ...(key === undefined || isPattern(key) ? [] : [[token.key(key)]]),
    ...(reason === undefined ? [] : [[token.reason(reason)]]),
    ...(query.header ?? []).map((h) =>
      h.includes('=') ? [token.header(h), token.headerName(h)] : [token.headerName(h)],
    ),
  ];
}

/** One step's matching rows, and the last row that it looked at (null: there are no more). */
function step(
  db: Db,
  query: JourneyQuery,
  vhosts: readonly string[],
  from: Position,
  limit: number,
): { rows: Row[]; end: Position | null } {
  const status = query.status === undefined ? '' : 'status = @status AND';
  const index = query.status === undefined ? 'journeys_latest' : 'journeys_status';
  const oldest = query.from === undefined ? '' : 'AND last_at >= @oldest';
  const bounds = { status: query.status ?? '', at: from.at, number: from.number, oldest: query.from ?? 0 };
  const window = (columns: string) =>
    `SELECT ${columns} FROM journeys INDEXED BY ${index}
     WHERE ${status} (last_at, number) < (@at, @number) ${oldest} ORDER BY last_at DESC, number DESC`;
  const marks = tokensOf(query).map((any) => any.map((text) => packMarks([hash48(text)]).toString('hex')));
  const marked = marks.map(
    (any) => `(full OR ${any.map((hex) => `instr(marks, x'${hex}') > 0`).join(' OR ')})`,
  );
  const id = packMarks([hash48(token.id(query.q ?? ''))]).toString('hex');
  const rows = db
    .prepare<[object], Row>(
      `SELECT number, hash, vhost, last_at, full, state FROM (${window('*')} LIMIT ${STEP_ROWS})
       WHERE vhost IN (SELECT value FROM json_each(@vhosts))
         ${query.to === undefined ? '' : 'AND first_at <= @latest'}
         ${marked.map((sql) => `AND ${sql}`).join(' ')}
         ${query.q === undefined ? '' : `AND (instr(state, @text) > 0 OR instr(marks, x'${id}') > 0)`}
       ORDER BY last_at DESC, number DESC LIMIT @limit`,
    )
    .all({
      ...bounds,
      limit,
      vhosts: JSON.stringify(vhosts),
      ...(query.to === undefined ? {} : { latest: query.to }),
      ...(query.q === undefined ? {} : { text: JSON.stringify(query.q).slice(1, -1) }),
    });
  if (rows.length >= limit) return { rows, end: null };
  const end = db
    .prepare<[object], { last_at: number; number: number }>(
      `${window('last_at, number')} LIMIT 1 OFFSET ${STEP_ROWS - 1}`,
    )
    .get(bounds);
  return { rows, end: end ? { at: end.last_at, number: end.number } : null };
}

function marked(db: Db, number: number, text: string): boolean {
  const mark = packMarks([hash48(text)]);
  return (
    db
      .prepare<[Buffer, number], number>('SELECT instr(marks, ?) FROM journeys WHERE number = ?')
      .pluck()
      .get(mark, number) !== 0
  );
}

/** Rows of journeys whose ID has one of these hashes. */
export function journeysByHash(
  db: Db,
  hashes: readonly number[],
): { journey: JourneySummary; hash: number }[] {
  return db
    .prepare<[string], { hash: number; state: string }>(
      'SELECT hash, state FROM journeys WHERE hash IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify(hashes))
    .map((row) => {
      const state: SummaryState = JSON.parse(row.state);
      return { journey: journeySummary(state), hash: row.hash };
    });
}

/** First and last segment that hold facts of the journey; null when it has no summary. */
export function segmentsOf(db: Db, journey: string): { first: number; last: number } | null {
  const row = db
    .prepare<[number], { first: number | null; last: number | null }>(
      'SELECT min(first_segment) AS first, max(last_segment) AS last FROM journeys WHERE hash = ?',
    )
    .get(hash48(journey));
  return row && row.first !== null && row.last !== null ? { first: row.first, last: row.last } : null;
}

function mentions(journey: JourneySummary, text: string): boolean {
  const { ids } = journey;
  return [
    journey.id,
    ids.traceId,
    ids.xTraceId,
    ids.correlationId,
    ids.messageId,
    ids.replayId,
    journey.exchange,
    journey.routingKey,
    journey.error,
    ...journey.queues,
  ].some((value) => value?.includes(text));
}

function cursorOf({ at, number }: Position): string {
  return `${at}_${number}`;
}

function readCursor(text: string): Position {
  const [at = Number.NaN, number = Number.NaN, ...more] = text.split('_').map(Number);
  if (more.length > 0 || !Number.isFinite(at) || !Number.isSafeInteger(number))
    throw new HoplightError('bad_input', 'The cursor is not one that a page of journeys gave.', {
      next: 'Leave cursor out to begin with the newest.',
    });
  return { at, number };
}
