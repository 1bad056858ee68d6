/**
 * Queues whose branches tell the same story, folded into one row: "34 more queues, all delivered". What differs is never
 * folded: a death, a return, a retry, a failed span, or whatever went on from there. Pure.
 */
import type { Hop, Journey, JourneyRow } from '@/lib/model/journey';

export interface Fold {
  /** `fold:N`, the row's ID. */
  id: string;
  rows: JourneyRow[];
  /** Hops that are not drawn. */
  hops: Hop[];
  /** The hops that led into the folded queues. */
  from: string[];
  /** What all of them came to. */
  words: string;
  /** Of the hops that end them, ms since 1970; null where none has a time. */
  firstAt: number | null;
  lastAt: number | null;
}

export interface Folded {
  /** The journey that is drawn: without the folded hops, with one row for each fold. */
  journey: Journey;
  folds: Fold[];
}

/** Fewer equal branches than this are drawn one by one. */
const LEAST = 6;
/** Of equal branches these many are drawn, so that the fold shows what it stands for. */
const SHOWN = 2;

const WORDS: Partial<Record<Hop['kind'], string>> = {
  delivery: 'all delivered',
  settlement: 'all settled',
  queue: 'no delivery seen yet',
};

/** `keep`: hops that stay in sight whatever happens, e.g. the one that is selected. */
export function foldRows(journey: Journey, keep: ReadonlySet<string | null>): Folded {
  const byRow = Map.groupBy(journey.hops, (hop) => hop.row);
  const own = (row: JourneyRow) => byRow.get(row.id) ?? [];
  const rowOf = new Map(journey.hops.map((h) => [h.id, h.row]));
  /** Rows from which something went on elsewhere. */
  const leaving = new Set(
    journey.hops.flatMap((h) => h.from.flatMap((id) => rowOf.get(id) ?? []).filter((row) => row !== h.row)),
  );
  const groups = Map.groupBy(
    journey.rows.filter((row) => row.kind === 'queue'),
    (row) => (leaving.has(row.id) ? null : storyOf(own(row), rowOf)),
  );
  const folds: Fold[] = [];
  const gone = new Map<string, Fold>();
  for (const [story, rows] of groups) {
    if (story === null || rows.length < LEAST) continue;
    const folded = rows.slice(SHOWN).filter((row) => !own(row).some((h) => keep.has(h.id)));
    if (folded.length < LEAST - SHOWN) continue;
    const hops = folded.flatMap(own);
    const ids = new Set(hops.map((h) => h.id));
    const ends = hops.filter((h) => h.kind === hops.at(-1)?.kind && h.at !== null).map((h) => h.at ?? 0);
    const last = own(folded[0] ?? rows[0] ?? NO_ROW).at(-1);
    const fold: Fold = {
      id: `fold:${folds.length}`,
      rows: folded,
      hops,
      from: [...new Set(hops.flatMap((h) => h.from))].filter((id) => !ids.has(id)),
      words: WORDS[last?.kind ?? 'queue'] ?? 'all alike',
      firstAt: ends.length > 0 ? Math.min(...ends) : null,
      lastAt: ends.length > 0 ? Math.max(...ends) : null,
    };
    folds.push(fold);
    for (const row of folded) gone.set(row.id, fold);
  }
  if (folds.length === 0) return { journey, folds };
  const rows: JourneyRow[] = [];
  for (const row of journey.rows) {
    const fold = gone.get(row.id);
    if (!fold) rows.push(row);
    else if (row.id === fold.rows[0]?.id)
      rows.push({ id: fold.id, kind: 'queue', name: '', vhost: row.vhost, deadLetters: false });
  }
  return { journey: { ...journey, rows, hops: journey.hops.filter((h) => !gone.has(h.row)) }, folds };
}

const NO_ROW: JourneyRow = { id: '', kind: 'queue', name: '', vhost: '', deadLetters: false };
const QUIET: readonly Hop['kind'][] = ['queue', 'delivery', 'settlement'];

/** What happened in a row, the same text for the same story; null where it is worth a row of its own. */
function storyOf(hops: readonly Hop[], rowOf: ReadonlyMap<string, string>): string | null {
  const loud = hops.some(
    (h) =>
      !QUIET.includes(h.kind) ||
      h.error !== null ||
      h.redelivered === true ||
      h.events.length > 0 ||
      h.spans.some((s) => s.status === 'error'),
  );
  if (hops.length === 0 || loud) return null;
  return JSON.stringify(
    hops.map((h) => [h.kind, h.provenance, h.from.map((id) => rowOf.get(id) !== h.row && rowOf.get(id))]),
  );
}
