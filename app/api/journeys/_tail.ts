/**
 * What changed since one viewer was last told: the lines that are new to it, or not what they were.
 *
 *   look 1      the latest page, as the list gives it
 *   look n      what was seen since the look before; OVERLAP_MS further back, as a commit may come late. Of more than
 *               MOST_LINES the newest are told and the rest is counted
 */
import type { JourneyList, JourneyQuery, JourneyTail } from '@/lib/model/api.ts';
import type { JourneySummary } from '@/lib/model/journey.ts';

/** Lines told at once. */
const MOST_LINES = 200;
/** Pages that are read only to be counted. */
const MOST_PAGES = 4;
/** Lines remembered as told: those of a busy look and its overlap. A service's clock that is ahead must not add to them for ever. */
const MOST_TOLD = 5_000;
/** How long a fact may be on its way into the store and still be told, ms. */
const OVERLAP_MS = 2_000;
/** After a look that took t ms the viewer rests for so many times t: the server has others to serve. */
const REST = 4;

export interface TailDeps {
  query: JourneyQuery;
  /** A page of the list as this viewer may see it now. Throws what the list throws. */
  list: (query: JourneyQuery) => JourneyList;
  /** ms since 1970 */
  clock: () => number;
}

export interface Tail {
  /** Null when nothing changed, or when it is not time yet. With `due` it always says something. */
  look(due: boolean): JourneyTail | null;
}

export function createTail({ query, list, clock }: TailDeps): Tail {
  /** By journey: the line as it was told. */
  const told = new Map<string, { text: string; lastAt: number }>();
  let lookedAt: number | null = null;
  let restUntil = 0;

  /** The lines that differ from what was told. */
  function fresh(lines: readonly JourneySummary[]): JourneySummary[] {
    return lines.filter((line) => {
      const text = JSON.stringify(line);
      if (told.get(line.id)?.text === text) return false;
      told.delete(line.id); // behind all others: the longest untold are forgotten first
      told.set(line.id, { text, lastAt: line.lastAt });
      return true;
    });
  }

  /** Lines newer than `after` on the pages from `cursor` on. */
  function count(
    asked: JourneyQuery,
    cursor: string | null,
    after: number,
  ): { lines: number; more: boolean } {
    let lines = 0;
    let next = cursor;
    for (let page = 0; next !== null && page < MOST_PAGES; page++) {
      const found = list({ ...asked, cursor: next });
      lines += found.journeys.filter((j) => j.lastAt > after).length;
      next = found.journeys.some((j) => j.lastAt <= after) ? null : found.next;
    }
    return { lines, more: next !== null };
  }

  return {
    look(due) {
      const now = clock();
      const quiet: JourneyTail = { at: now, journeys: [], skipped: 0, more: false, note: null };
      if (now < restUntil) return due ? quiet : null;
      const since = lookedAt === null ? null : lookedAt - OVERLAP_MS;
      const asked: JourneyQuery =
        since === null ? query : { ...query, limit: MOST_LINES, from: Math.max(since, query.from ?? 0) };
      const page = list(asked);
      const journeys = fresh(page.journeys);
      const last = page.journeys.at(-1);
      // a page that is full to its end with what was never looked at has left something out
      const crowded = lookedAt !== null && page.next !== null && last !== undefined && last.lastAt > lookedAt;
      const rest = crowded ? count(asked, page.next, lookedAt ?? 0) : { lines: 0, more: false };
      lookedAt = now;
      restUntil = now + (clock() - now) * REST;
      for (const [id, { lastAt }] of told)
        if (told.size > MOST_TOLD || (told.size > MOST_LINES && lastAt < now - OVERLAP_MS)) told.delete(id);
      if (journeys.length === 0 && rest.lines === 0 && !due) return null;
      return { at: now, journeys, skipped: rest.lines, more: rest.more, note: page.note };
    },
  };
}
