/** Journeys from newest to oldest by keyset: a page begins after the last row of the page before. */
import { journeySummary } from '../../journey/status.ts';
import type { SummaryState } from '../../journey/summary.ts';
import type { JourneyQuery } from '../../model/api.ts';
import { HoplightError } from '../../model/errors.ts';
import type { JourneySummary } from '../../model/journey.ts';
import type { Db } from './database.ts';
import { hash48 } from './hash.ts';

interface Row {
  number: number;
  last_at: number;
  state: string;
}
interface Position {
  at: number;
  number: number;
}

/** Rows looked at in one step: a rare filter over a large store goes step by step… */
const STEP_ROWS = 20_000;
/** …for about so long (ms); then the page ends early and `next` goes on from there. */
const PATIENCE_MS = 300;

const START: Position = { at: Number.MAX_VALUE, number: Number.MAX_SAFE_INTEGER };

export function listJourneys(
  db: Db,
  query: JourneyQuery,
  vhosts: readonly string[],
): { journeys: JourneySummary[]; next: string | null } {
  const wanted = query.vhost === undefined ? vhosts : vhosts.filter((v) => v === query.vhost);
  if (wanted.length === 0) return { journeys: [], next: null };
  let from = query.cursor === undefined ? START : readCursor(query.cursor);
  const journeys: JourneySummary[] = [];
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const room = query.limit - journeys.length;
    const { rows, end } = step(db, query, wanted, from, room);
    for (const row of rows) {
      const state: SummaryState = JSON.parse(row.state);
      const journey = journeySummary(state);
      // SQL looked for the text anywhere in the row; here only in what people see
      if (query.q === undefined || mentions(journey, query.q)) journeys.push(journey);
    }
    const last = rows.at(-1);
    if (journeys.length >= query.limit && last)
      return { journeys, next: cursorOf({ at: last.last_at, number: last.number }) };
    // a full page of rows of which some did not count: go on after them, else after all that this step looked at
    const next = rows.length >= room && last ? { at: last.last_at, number: last.number } : end;
    if (next === null) return { journeys, next: null };
    if (performance.now() > until) return { journeys, next: cursorOf(next) };
    from = next;
  }
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
  const bounds = { status: query.status ?? '', at: from.at, number: from.number };
  const window = (columns: string) =>
    `SELECT ${columns} FROM journeys INDEXED BY ${index}
     WHERE ${status} (last_at, number) < (@at, @number) ORDER BY last_at DESC, number DESC`;
  const rows = db
    .prepare<[object], Row>(
      `SELECT number, last_at, state FROM (${window('*')} LIMIT ${STEP_ROWS})
       WHERE vhost IN (SELECT value FROM json_each(@vhosts))
         ${query.queue === undefined ? '' : 'AND instr(queues, @queue) > 0'}
         ${query.q === undefined ? '' : 'AND instr(state, @text) > 0'}
       ORDER BY last_at DESC, number DESC LIMIT @limit`,
    )
    .all({
      ...bounds,
      limit,
      vhosts: JSON.stringify(vhosts),
      ...(query.queue === undefined ? {} : { queue: `\n${query.queue}\n` }),
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
