/**
 * Text in bodies: no index holds it, so facts are gone through as they lie in their segments, newest first, until the page
 * is full or time is up. A journey is told where its newest fact with the text lies, so that no page tells it again.
 */
import type { JourneyQuery } from '../../model/api.ts';
import type { JourneySummary } from '../../model/journey.ts';
import type { JourneyPage } from '../facts.ts';
import { bodyMatcher } from '../matches.ts';
import type { Db } from './database.ts';
import { readTextCursor, type TextPosition, textCursorOf } from './journey-cursor.ts';
import { PATIENCE_MS, type Row, type Search } from './journey-search.ts';
import type { Plan } from './search-plan.ts';
import type { SegmentReader } from './segment.ts';

export interface Segments {
  /** Numbers of the segments there are, oldest first. */
  numbers(): number[];
  /** Null when the segment was dropped at this very moment. */
  within<T>(number: number, work: (segment: SegmentReader) => T): T | null;
}

/** Facts looked at between two looks at the clock. */
const STEP_FACTS = 250;

export function textPage(
  o: { db: Db; segments: Segments },
  search: Search,
  text: string,
  plan: Plan,
  query: Pick<JourneyQuery, 'cursor' | 'limit'>,
): JourneyPage {
  const matches = bodyMatcher(text);
  const until = performance.now() + PATIENCE_MS;
  const start = query.cursor === undefined ? null : readTextCursor(query.cursor);
  const journeys: JourneySummary[] = [];
  const told = new Set<number>();
  const numbers = o.segments.numbers();
  const page = (at: TextPosition | null, searchedTo: number | null): JourneyPage => ({
    journeys: journeys.sort((a, b) => b.lastAt - a.lastAt),
    next: at && textCursorOf(at),
    searchedTo,
  });

  for (const { segment: number, last } of segmentsIn(o.db, plan)) {
    if (start && number > start.segment) continue;
    let seq = start?.segment === number ? start.seq : last + 1;
    for (;;) {
      const step = o.segments.within(number, (segment) => segment.bodies(text, seq, STEP_FACTS));
      if (!step || step.from === null) break;
      for (const fact of step.found) {
        seq = fact.seq;
        if (!matches(fact.body)) continue;
        for (const row of search.rowsOf(fact.journey)) {
          if (told.has(row.number) || row.vhost !== fact.vhost) continue;
          if (plan.candidates && !plan.candidates.includes(row.number)) continue;
          if (toldBefore(o.segments, numbers, row, { segment: number, seq }, matches)) continue;
          const journey = search.journey(row);
          if (!journey) continue;
          told.add(row.number);
          journeys.push(journey);
        }
        if (journeys.length >= query.limit) return page({ segment: number, seq }, null);
        if (performance.now() > until) return page({ segment: number, seq }, step.from.at);
      }
      seq = step.from.seq;
      if (performance.now() > until) return page({ segment: number, seq }, step.from.at);
    }
  }
  return page(null, null);
}

/** Segments that hold facts of [from, to], newest first, with the last of their facts that is summed up. */
function segmentsIn(db: Db, { from, to }: Plan): { segment: number; last: number }[] {
  return db
    .prepare<[number, number], { segment: number; last: number }>(
      `SELECT segment, seq AS last FROM folded WHERE last_at >= ? AND first_at <= ? ORDER BY segment DESC`,
    )
    .all(from, to);
}

/** True when a newer fact of the journey has the text: it was told there. */
function toldBefore(
  segments: Segments,
  numbers: readonly number[],
  row: Row,
  { segment, seq }: TextPosition,
  matches: (body: Buffer | null) => boolean,
): boolean {
  return numbers
    .filter((number) => number >= segment && number <= row.last_segment)
    .some((number) =>
      segments.within(number, (reader) =>
        reader
          .bodiesOf(row.hash, number === segment ? seq : 0)
          .some((fact) => fact.vhost === row.vhost && matches(fact.body)),
      ),
    );
}
