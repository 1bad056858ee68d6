/** What is chosen of a dead-letter queue: everything, causes, or single messages. Pure. */
import { causeKey } from '@/lib/model/names';
import type { DeadLetter, Selection } from '@/lib/model/replay';

/** `all` stands for the whole queue, also for what was not read. */
export type Choice =
  | { kind: 'none' }
  | { kind: 'all' }
  | { kind: 'causes'; keys: readonly string[] }
  | { kind: 'messages'; ids: ReadonlySet<string> };

export const NONE: Choice = { kind: 'none' };

export type Chosen = Pick<DeadLetter, 'id' | 'originQueue' | 'reason' | 'error'>;

/** As the server groups them: what never died has an empty queue and the reason `none`. */
export function causeOf(message: Chosen): string {
  return causeKey(message.originQueue ?? '', message.reason ?? 'none', message.error);
}

export function hasCause(choice: Choice, key: string): boolean {
  return choice.kind === 'all' || (choice.kind === 'causes' && choice.keys.includes(key));
}

export function toggleCause(choice: Choice, key: string): Choice {
  const keys = choice.kind === 'causes' ? choice.keys : [];
  const next = keys.includes(key) ? keys.filter((k) => k !== key) : [...keys, key];
  return next.length === 0 ? NONE : { kind: 'causes', keys: next };
}

/** The messages that the table lists: those of the chosen causes, else all that were read. */
export function shownOf<M extends Chosen>(messages: readonly M[], causes: readonly string[]): readonly M[] {
  return causes.length === 0 ? messages : messages.filter((m) => causes.includes(causeOf(m)));
}

export function isChosen(choice: Choice, message: Chosen): boolean {
  if (choice.kind === 'all') return true;
  if (choice.kind === 'causes') return choice.keys.includes(causeOf(message));
  return choice.kind === 'messages' && choice.ids.has(message.id);
}

/** Choosing one message turns a choice of causes into the messages that were read of them. */
export function toggleMessage(choice: Choice, message: Chosen, read: readonly Chosen[]): Choice {
  const ids = new Set(read.filter((m) => isChosen(choice, m)).map((m) => m.id));
  if (!ids.delete(message.id)) ids.add(message.id);
  return ids.size === 0 ? NONE : { kind: 'messages', ids };
}

/** All that are listed, or none. */
export function toggleShown(choice: Choice, shown: readonly Chosen[]): Choice {
  return shown.every((m) => isChosen(choice, m))
    ? NONE
    : { kind: 'messages', ids: new Set(shown.map((m) => m.id)) };
}

export function shownState(choice: Choice, shown: readonly Chosen[]): boolean | 'mixed' {
  const n = shown.filter((m) => isChosen(choice, m)).length;
  return n === 0 ? false : n === shown.length ? true : 'mixed';
}

/** How many are chosen, as far as is known; null where only the queue can tell. */
export function countOf(
  choice: Choice,
  causes: readonly { key: string; count: number }[],
  inQueue: number | null,
): number | null {
  if (choice.kind === 'none') return 0;
  if (choice.kind === 'all') return inQueue;
  if (choice.kind === 'messages') return choice.ids.size;
  const { keys } = choice;
  return causes.filter((c) => keys.includes(c.key)).reduce((sum, c) => sum + c.count, 0);
}

/** As the API takes it; null when nothing is chosen. */
export function requestOf(choice: Choice): Selection | null {
  if (choice.kind === 'none') return null;
  if (choice.kind === 'all') return { kind: 'all' };
  if (choice.kind === 'causes') return { kind: 'causes', keys: [...choice.keys] };
  return { kind: 'messages', ids: [...choice.ids] };
}
