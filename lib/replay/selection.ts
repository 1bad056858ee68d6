/** The messages of a queue as a plan needs them: read once, bodies forgotten. */
import { readDeaths } from '../journey/deaths.ts';
import type { MessageIds } from '../model/ids.ts';
import type { Header } from '../model/message.ts';
import type { ReplayTarget, Selection } from '../model/replay.ts';
import { type Changes, cannotMove, changesFor } from './edit.ts';
import type { Letter } from './letter.ts';
import { letterMatches } from './matches.ts';
import { type Address, addressOf } from './origin.ts';

/** A plan for all messages looks at the first of them; the others are counted by the broker. */
export const SAMPLE = 1_000;

export interface Entry {
  id: string;
  key: string;
  cause: string;
  journey: string;
  ids: MessageIds;
  originQueue: string | null;
  address: Address | { cannot: string };
  changes: Changes;
  /** delivery-mode 1 */
  transient: boolean;
  /** ms as text */
  expiration: string | null;
  /** It had one when it died; dead-lettering takes it off, so the copy does not expire by itself. */
  hadExpiration: boolean;
  replays: number;
  /** How often it died in the same queue for the same reason, earlier replays included. */
  sameDeaths: number;
}

export interface Index {
  /** Those of the selection; for `all` those of the sample. */
  entries: Entry[];
  /** Messages that were looked at. */
  read: number;
  inQueue: number;
  /** Who takes from it now. */
  consumers: number;
  weakest: number | null;
}

export function entryOf(letter: Letter, id: string, target: ReplayTarget, user: string): Entry {
  const { properties } = letter;
  const cannot = cannotMove(properties.expiration);
  return {
    id,
    key: letter.key,
    cause: letter.cause,
    journey: letter.journey,
    ids: letter.ids,
    originQueue: letter.originQueue,
    address: cannot ? { cannot } : addressOf(target, letter.deaths),
    changes: changesFor(letter.headers, properties.userId, user),
    transient: properties.deliveryMode !== 2,
    expiration: properties.expiration ?? null,
    hadExpiration: letter.deaths.some((death) => death.originalExpiration !== undefined),
    replays: letter.replays,
    sameDeaths: sameDeaths(letter),
  };
}

function sameDeaths(letter: Letter): number {
  const [last] = letter.deaths;
  if (!last) return 0;
  const earlier = letter.headers
    .filter((h) => h.name === 'x-original-death')
    .flatMap((h): Header[] => [{ ...h, name: 'x-death' }]);
  return readDeaths(earlier)
    .filter((d) => d.queue === last.queue && d.reason === last.reason)
    .reduce((sum, d) => sum + d.count, last.count);
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
