/** How a question is answered: from the few journeys that bear its rarest tokens, or by going through all of them in order. */
import type { JourneyQuery } from '../../model/api.ts';
import { journeyKeyKinds } from '../../model/ids.ts';
import { isPattern, keyMatches } from '../matches.ts';
import { token } from '../tokens.ts';
import type { Db } from './database.ts';
import { hash48 } from './hash.ts';
import { packMarks } from './marks.ts';
import { readNames } from './name-rows.ts';
import type { Found, PostingReader } from './posting-reader.ts';

/** Journeys that are fetched one by one; where more bear the tokens, going through all meets them soon enough. */
export const MOST_CANDIDATES = 5_000;

export interface Plan {
  /** Each group's tokens (48-bit hashes): a journey bears one of each group. */
  groups: number[][];
  /** Row numbers of all that can match, when they are few; null: any row can. */
  candidates: number[] | null;
  /** Journeys of spans alone count too: they were asked for by an ID. Only with candidates. */
  unlisted: boolean;
  /** Only facts tell: some names of the kind are not known, or a body is asked for. */
  needsFacts: boolean;
  /** Of the query, narrowed to when the tokens were there. ms since 1970. */
  from: number;
  to: number;
}

/** Null when nothing can match. */
export function planOf(db: Db, postings: PostingReader, query: JourneyQuery): Plan | null {
  const { groups, unknown } = groupsOf(db, query);
  const plan: Plan = {
    groups: groups.map((texts) => texts.map(hash48)),
    candidates: null,
    unlisted: false,
    needsFacts: unknown || query.text !== undefined,
    from: query.from ?? 0,
    to: query.to ?? Number.MAX_VALUE,
  };
  if (plan.groups.length === 0) return plan;
  const found = postings.find(plan.groups);
  if (found.some((f) => f.segments.size === 0)) return null;
  const rare = found.filter((f) => !f.common).map((f) => rowNumbers(db, f));
  const candidates = rare.length > 0 ? intersection(rare) : null;
  if (candidates?.length === 0) return null;
  if (candidates && candidates.length <= MOST_CANDIDATES) return { ...plan, candidates };
  for (const { segments } of found) {
    const { first, last } = timesOf(db, segments);
    plan.from = Math.max(plan.from, first);
    plan.to = Math.min(plan.to, last);
  }
  return plan;
}

/** Journeys of which `id` is the key or another identifier; `common`: there are more that bear the second. */
export function idCandidates(
  db: Db,
  postings: PostingReader,
  id: string,
): { numbers: number[]; mark: number; common: boolean } {
  const keys = [id, ...journeyKeyKinds.map((kind) => `${kind}:${id}`)];
  const own = db
    .prepare<[string], { number: number; state: string }>(
      'SELECT number, state FROM journeys WHERE hash IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify(keys.map(hash48)))
    // two keys may share a hash
    .filter(({ state }) => keys.some((key) => state.startsWith(`{"id":${JSON.stringify(key)},`)))
    .map(({ number }) => number);
  const mark = hash48(token.id(id));
  const found = postings.find([[mark]]);
  const others = bearing(
    db,
    mark,
    found.flatMap((f) => rowNumbers(db, f)),
  );
  return { numbers: [...new Set([...own, ...others])], mark, common: found.some((f) => f.common) };
}

/** Those of the rows that have the mark: postings hold a part of it only, and rows that were purged leave theirs to others. */
function bearing(db: Db, mark: number, numbers: readonly number[]): number[] {
  return db
    .prepare<[string, Buffer], number>(
      `SELECT number FROM journeys WHERE number IN (SELECT value FROM json_each(?))
         AND (full OR instr(marks, ?) > 0)`,
    )
    .pluck()
    .all(JSON.stringify(numbers), packMarks([mark]));
}

/** Groups of tokens, and whether some name that the query means may not be known. */
function groupsOf(db: Db, query: JourneyQuery): { groups: string[][]; unknown: boolean } {
  const { queue, exchange, key, reason } = query;
  const client = query.client?.toLowerCase();
  const named =
    client === undefined ? [] : readNames(db, 'client', (name) => name.toLowerCase().includes(client));
  const keys = key === undefined || !isPattern(key) ? [] : readNames(db, 'key', (k) => keyMatches(key, k));
  const groups = [
    ...(queue === undefined ? [] : [[token.queue(queue)]]),
    ...(exchange === undefined ? [] : [[token.exchange(exchange)]]),
    ...(key === undefined || isPattern(key) ? [] : [[token.key(key)]]),
    ...(reason === undefined ? [] : [[token.reason(reason)]]),
    // a name may hold the sign too
    ...(query.header ?? []).map((h) =>
      h.includes('=') ? [token.header(h), token.headerName(h)] : [token.headerName(h)],
    ),
    ...(key !== undefined && isPattern(key) && keys ? [keys.map(token.key)] : []),
    ...(client !== undefined && named ? [named.map(token.client)] : []),
  ];
  return { groups, unknown: named === null || keys === null };
}

/** Whole row numbers from their low 32 bits: the newest that can be meant. */
function rowNumbers(db: Db, { numbers }: Found): number[] {
  const newest = db.prepare<[], number | null>('SELECT max(number) FROM journeys').pluck().get() ?? 0;
  const span = 2 ** 32;
  return [...new Set(numbers)].map((low) => newest - ((((newest - low) % span) + span) % span));
}

function intersection(sets: readonly number[][]): number[] {
  const [smallest = [], ...others] = [...sets].sort((a, b) => a.length - b.length);
  return others.reduce((kept, other) => {
    const there = new Set(other);
    return kept.filter((number) => there.has(number));
  }, smallest);
}

function timesOf(db: Db, segments: ReadonlySet<number>): { first: number; last: number } {
  const row = db
    .prepare<[string], { first: number | null; last: number | null }>(
      `SELECT min(first_at) AS first, max(last_at) AS last FROM folded
       WHERE segment IN (SELECT value FROM json_each(?))`,
    )
    .get(JSON.stringify([...segments]));
  return { first: row?.first ?? 0, last: row?.last ?? Number.MAX_VALUE };
}
