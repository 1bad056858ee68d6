/** What is chosen of a dead-letter queue. Pure. */
import type { LetterFilter } from '@/lib/model/letter-filter';
import type { DeadLetter, Selection } from '@/lib/model/replay';

/** `all` stands for the whole queue and `matching` for all that the filter lets pass: also for what was not read. */
export type Choice =
  | { kind: 'none' }
  | { kind: 'all' }
  | { kind: 'matching' }
  | { kind: 'causes'; keys: readonly string[] }
  | { kind: 'messages'; ids: ReadonlySet<string> };

export const NONE: Choice = { kind: 'none' };

/** The API takes no more IDs than this at once; causes and filters have no such end. */
export const MOST_PICKED = 10_000;

export type Chosen = Pick<DeadLetter, 'id' | 'cause'>;

export function hasCause(choice: Choice, key: string): boolean {
  return (
    choice.kind === 'all' ||
    choice.kind === 'matching' ||
    (choice.kind === 'causes' && choice.keys.includes(key))
  );
}

export function toggleCause(choice: Choice, key: string): Choice {
  const keys = choice.kind === 'causes' ? choice.keys : [];
  const next = keys.includes(key) ? keys.filter((k) => k !== key) : [...keys, key];
  return next.length === 0 ? NONE : { kind: 'causes', keys: next };
}

/** The messages that the table lists: those of the chosen causes, else all that were read. */
export function shownOf<M extends Chosen>(messages: readonly M[], causes: readonly string[]): readonly M[] {
  if (causes.length === 0) return messages;
  const wanted = new Set(causes);
  return messages.filter((m) => wanted.has(m.cause));
}

export function isChosen(choice: Choice, message: Chosen): boolean {
  if (choice.kind === 'all' || choice.kind === 'matching') return true;
  if (choice.kind === 'causes') return choice.keys.includes(message.cause);
  return choice.kind === 'messages' && choice.ids.has(message.id);
}

function picked(ids: Set<string>): Choice {
  return ids.size === 0 ? NONE : { kind: 'messages', ids };
}

function idsOf(choice: Choice, read: readonly Chosen[]): Set<string> {
  if (choice.kind === 'messages') return new Set(choice.ids);
  return new Set(read.filter((m) => isChosen(choice, m)).map((m) => m.id));
}

/** Choosing one message turns a choice of causes, or of all, into the messages that were read of them. */
export function toggleMessage(choice: Choice, message: Chosen, read: readonly Chosen[]): Choice {
  const ids = idsOf(choice, read);
  if (!ids.delete(message.id)) ids.add(message.id);
  return picked(ids);
}

/** From one row to another, both with: all become what the second one becomes. */
export function toggleRange(
  choice: Choice,
  shown: readonly Chosen[],
  from: string | null,
  to: Chosen,
): Choice {
  const a = shown.findIndex((m) => m.id === from);
  const b = shown.findIndex((m) => m.id === to.id);
  if (a < 0 || b < 0) return toggleMessage(choice, to, shown);
  const on = !isChosen(choice, to);
  const ids = idsOf(choice, shown);
  for (const { id } of shown.slice(Math.min(a, b), Math.max(a, b) + 1)) {
    if (on) ids.add(id);
    else ids.delete(id);
  }
  return picked(ids);
}

/** All that are listed, or none. */
export function toggleShown(choice: Choice, shown: readonly Chosen[]): Choice {
  return shown.every((m) => isChosen(choice, m))
    ? NONE
    : picked(new Set(shown.slice(0, MOST_PICKED).map((m) => m.id)));
}

export function shownState(choice: Choice, shown: readonly Chosen[]): boolean | 'mixed' {
  let n = 0;
  for (const message of shown) if (isChosen(choice, message)) n++;
  return n === 0 ? false : n === shown.length ? true : 'mixed';
}

/** How many are chosen. `atLeast`: only what was read could be counted, there may be more. `n` null: nobody can say. */
export interface HowMany {
  n: number | null;
  atLeast: boolean;
}

export function countOf(
  choice: Choice,
  causes: readonly { key: string; count: number }[],
  inQueue: number | null,
  read: { matching: number; whole: boolean } | null,
): HowMany {
  const atLeast = read !== null && !read.whole;
  switch (choice.kind) {
    case 'none':
      return { n: 0, atLeast: false };
    case 'all':
      return { n: inQueue, atLeast: false };
    case 'matching':
      return { n: read?.matching ?? null, atLeast };
    case 'messages':
      return { n: choice.ids.size, atLeast: false };
    case 'causes': {
      const { keys } = choice;
      const n = causes.filter((c) => keys.includes(c.key)).reduce((sum, c) => sum + c.count, 0);
      return { n, atLeast };
    }
  }
}

/** As the API takes it; null when nothing is chosen. Causes that are chosen under a filter mean those that it lets pass. */
export function requestOf(choice: Choice, filter: LetterFilter | null): Selection | null {
  switch (choice.kind) {
    case 'none':
      return null;
    case 'all':
      return { kind: 'all' };
    case 'matching':
      return filter ? { kind: 'filter', filter } : { kind: 'all' };
    case 'causes':
      return filter
        ? { kind: 'filter', filter: { ...filter, causes: [...choice.keys] } }
        : { kind: 'causes', keys: [...choice.keys] };
    case 'messages':
      return { kind: 'messages', ids: [...choice.ids] };
  }
}

/** What is gone from the queue goes from the choice too; a choice of what a filter meant ends with that filter. */
export function keptOf(choice: Choice, messages: readonly Chosen[], sameFilter: boolean): Choice {
  if (choice.kind === 'matching') return sameFilter ? choice : NONE;
  if (choice.kind === 'messages') {
    // picked in several searches: only a new reading of the same ones tells what is gone
    if (!sameFilter) return choice;
    const known = new Set(messages.map((m) => m.id));
    return picked(new Set([...choice.ids].filter((id) => known.has(id))));
  }
  if (choice.kind !== 'causes') return choice;
  const known = new Set(messages.map((m) => m.cause));
  const keys = choice.keys.filter((k) => known.has(k));
  return keys.length > 0 ? { kind: 'causes', keys } : NONE;
}
