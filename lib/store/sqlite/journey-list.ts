/** Journeys from newest to oldest by keyset: a page begins after the last row of the page before. */
import { journeySummary } from '../../journey/status.ts';
import type { SummaryState } from '../../journey/summary.ts';
import type { JourneyQuery } from '../../model/api.ts';
import type { JourneySummary } from '../../model/journey.ts';
import type { JourneyPage } from '../facts.ts';
import type { Db } from './database.ts';
import { hash48 } from './hash.ts';
import { isTextCursor, readCursor, START } from './journey-cursor.ts';
import { Search, type SearchIn } from './journey-search.ts';
import { packMarks } from './marks.ts';
import type { PostingReader } from './posting-reader.ts';
import { idCandidates, type Plan, planOf } from './search-plan.ts';
import { type Segments, textPage } from './text-search.ts';

/** Journeys that one ID is followed to, the newest. */
const MOST_FOUND = 1_000;
/** Journeys gone through, from the newest, for an ID that very many bear. */
const MOST_LATEST = 20_000;
const LATEST =
  'SELECT number, marks FROM journeys INDEXED BY journeys_latest WHERE listed = 1 ORDER BY last_at DESC, number DESC';

export const emptyPage: JourneyPage = { journeys: [], next: null, searchedTo: null };

export interface ListIn extends SearchIn {
  postings: PostingReader;
  segments: Segments;
}

/** Call it inside one read transaction. */
export function listJourneys(o: ListIn, query: JourneyQuery, vhosts: readonly string[]): JourneyPage {
  const wanted = query.vhost === undefined ? vhosts : vhosts.filter((v) => v === query.vhost);
  if (wanted.length === 0) return emptyPage;
  const plan = planOf(o.db, o.postings, query);
  if (!plan) return emptyPage;
  const asked = withIds(o, query, plan);
  const search = new Search(o, asked.query, wanted, asked.plan);
  // few candidates are read one by one; else bodies are gone through as they lie in the segments; a page goes on as it began
  const textual = query.cursor === undefined ? asked.plan.candidates === null : isTextCursor(query.cursor);
  if (query.text !== undefined && textual) return textPage(o, search, query.text, asked.plan, query);
  return search.page(query.cursor === undefined ? START : readCursor(query.cursor));
}

/** `q` as candidates or as one more token; it stays in the query when it is nobody's ID: then what mentions it is looked for. */
function withIds(o: ListIn, query: JourneyQuery, plan: Plan): { query: JourneyQuery; plan: Plan } {
  if (query.q === undefined) return { query, plan };
  const ids = idCandidates(o.db, o.postings, query.q);
  const exact = { ...query, q: undefined };
  if (ids.common) return { query: exact, plan: { ...plan, groups: [...plan.groups, [ids.mark]] } };
  if (ids.numbers.length === 0) return { query, plan };
  const there = plan.candidates === null ? null : new Set(plan.candidates);
  const candidates = there ? ids.numbers.filter((n) => there.has(n)) : ids.numbers;
  return { query: exact, plan: { ...plan, candidates, unlisted: true } };
}

/** Journeys that `id` is the key of, or any of whose messages bears it. Call it inside one read transaction. */
export function journeysById(db: Db, postings: PostingReader, id: string): JourneySummary[] {
  const { numbers, mark, common } = idCandidates(db, postings, id);
  const borne = `instr(marks, x'${packMarks([mark]).toString('hex')}') > 0`;
  return db
    .prepare<[string], string>(
      `SELECT state FROM journeys
       WHERE number IN (SELECT value FROM json_each(?)
         ${common ? `UNION SELECT number FROM (${LATEST} LIMIT ${MOST_LATEST}) WHERE ${borne}` : ''})
       ORDER BY last_at DESC LIMIT ${MOST_FOUND}`,
    )
    .pluck()
    .all(JSON.stringify(numbers))
    .map((text) => {
      const state: SummaryState = JSON.parse(text);
      return journeySummary(state);
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
