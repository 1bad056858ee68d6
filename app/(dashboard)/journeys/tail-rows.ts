/** The rows of a live tail, and how fast they come. Pure. */
import type { JourneyTail } from '@/lib/model/api';
import type { JourneySummary } from '@/lib/model/journey';

/** Rows that are kept: more would scroll away unread. */
export const MOST_ROWS = 500;
/** The rate is taken over so long, ms. */
const WINDOW = 2_000;

export interface TailRows {
  /** Newest first, each journey once, as it was told last. */
  rows: readonly JourneySummary[];
  recent: readonly { at: number; shown: number; skipped: number; more: boolean }[];
}

export const NO_ROWS: TailRows = { rows: [], recent: [] };

/** Lines take the place of what was known of their journeys. */
export function withLines(
  rows: readonly JourneySummary[],
  lines: readonly JourneySummary[],
): JourneySummary[] {
  const known = new Map(rows.map((j) => [j.id, j]));
  for (const line of lines) known.set(line.id, line);
  return [...known.values()].sort((a, b) => b.lastAt - a.lastAt).slice(0, MOST_ROWS);
}

/** `first`: the page with which a stream begins came in before, it is no rate. */
export function withChange(was: TailRows, change: JourneyTail, first: boolean): TailRows {
  const { at, journeys, skipped, more } = change;
  const told = first ? [] : [{ at, shown: journeys.length, skipped, more }];
  return {
    rows: journeys.length === 0 ? was.rows : withLines(was.rows, journeys),
    recent: [...was.recent.filter((r) => r.at > at - WINDOW), ...told],
  };
}

/** "34 a second"; where some were left out "showing 200 of 1,840 a second"; null while nothing comes. */
export function rateWords({ recent }: TailRows): { words: string; crowded: boolean } | null {
  const seconds = WINDOW / 1_000;
  const shown = recent.reduce((sum, r) => sum + r.shown, 0) / seconds;
  const skipped = recent.reduce((sum, r) => sum + r.skipped, 0) / seconds;
  if (shown + skipped === 0) return null;
  const figure = (n: number) =>
    n < 10 ? n.toFixed(1).replace(/\.0$/, '') : Math.round(n).toLocaleString('en-US');
  if (skipped === 0) return { words: `${figure(shown)} a second`, crowded: false };
  const all = `${recent.some((r) => r.more) ? 'more than ' : ''}${figure(shown + skipped)}`;
  return { words: `showing ${figure(shown)} of ${all} a second`, crowded: true };
}
