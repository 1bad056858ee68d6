/** The messages of a queue as a plan needs them: read once, bodies forgotten. */
import type { Selection } from '../model/replay.ts';
import type { Entry } from './entry.ts';
import type { Letter } from './letter.ts';
import { letterMatches } from './matches.ts';

export { type Entry, entryOf } from './entry.ts';

/** A plan for all messages looks at the first of them; the others are counted by the broker. */
export const SAMPLE = 1_000;

export interface Index {
  /** Those of the selection; for `all` those of the sample. */
  entries: Entry[];
  /** Messages that were looked at. */
  read: number;
  inQueue: number;
  /** Who takes from it now. */
  consumers: number;
  weakest: number | null;
  /** Of a stream: keys of the messages that replays have sent before. */
  sentBefore?: ReadonlySet<string>;
}

/** Whether a letter is one of the selection. Made once for a reading: it is asked of every message. */
export function selector(selection: Selection): (letter: Letter, id: string) => boolean {
  if (selection.kind === 'all') return () => true;
  if (selection.kind === 'filter') return letterMatches(selection.filter);
  const wanted = new Set(selection.kind === 'messages' ? selection.ids : selection.keys);
  return selection.kind === 'messages' ? (_, id) => wanted.has(id) : (letter) => wanted.has(letter.cause);
}

/** The entries that are selected; for `all` those of the sample. Of a filter the reading kept only those that it lets pass. */
export function selectFrom(entries: readonly Entry[], selection: Selection): Entry[] {
  if (selection.kind === 'all' || selection.kind === 'filter') return [...entries];
  const wanted = new Set(selection.kind === 'messages' ? selection.ids : selection.keys);
  return entries.filter((e) => wanted.has(selection.kind === 'messages' ? e.id : e.cause));
}
