/** What was read of a dead-letter queue so far, page by page. Pure. */
import { count } from '@/app/_ui/format';
import type { DeadLetterPage } from '@/lib/model/api';
import type { Cause } from '@/lib/model/death';
import type { DeadLetter, ReadingCost } from '@/lib/model/replay';

export interface Letters {
  /** The filter as it was typed; empty for none. */
  where: string;
  /** Those that the filter lets pass, in the queue's order. */
  messages: readonly DeadLetter[];
  causes: readonly Cause[];
  /** Messages that were looked at, of `inQueue` that lay there. */
  read: number;
  inQueue: number;
  /** `after` of the next page; null: the whole queue was read. */
  next: number | null;
  /** When the first page was read, ms since 1970. */
  readAt: number;
  reading: ReadingCost;
}

export function firstPage(page: DeadLetterPage, where: string): Letters {
  return added({ where, readAt: page.readAt, read: 0, messages: [], causes: [] }, page);
}

/** The queue moves between two pages: a message that comes again is the same by its ID. */
export function withPage(letters: Letters, page: DeadLetterPage): Letters {
  return added(letters, page);
}

function added(
  old: Pick<Letters, 'where' | 'readAt' | 'read' | 'messages' | 'causes'>,
  page: DeadLetterPage,
): Letters {
  const known = new Set(old.messages.map((m) => m.id));
  const messages = [...old.messages, ...page.messages.filter((m) => !known.has(m.id))];
  return {
    where: old.where,
    readAt: old.readAt,
    messages,
    causes: causesOf(messages, [...old.causes, ...page.causes]),
    read: old.read + page.read,
    inQueue: page.inQueue,
    next: page.next,
    reading: page.reading,
  };
}

const SLICES = 12;

/** The causes of exactly these messages, the most frequent first; how each is called is taken from `known`. */
export function causesOf(messages: readonly DeadLetter[], known: readonly Cause[]): Cause[] {
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { diedAt } of messages) {
    if (diedAt === null) continue;
    from = Math.min(from, diedAt);
    to = Math.max(to, diedAt);
  }
  const names = new Map(known.map((cause) => [cause.key, cause]));
  const causes = new Map<string, Cause>();
  for (const message of messages) {
    const { originQueue, reason, error } = names.get(message.cause) ?? message;
    const cause = causes.get(message.cause) ?? {
      key: message.cause,
      originQueue: originQueue ?? '',
      reason: reason ?? 'none',
      error,
      count: 0,
      firstAt: null,
      lastAt: null,
      trend: to > from ? new Array<number>(SLICES).fill(0) : [],
    };
    causes.set(message.cause, cause);
    cause.count++;
    const at = message.diedAt;
    if (at === null) continue;
    cause.firstAt = Math.min(cause.firstAt ?? at, at);
    cause.lastAt = Math.max(cause.lastAt ?? at, at);
    const slice = Math.min(SLICES - 1, Math.floor(((at - from) / (to - from)) * SLICES));
    if (cause.trend.length > 0) cause.trend[slice] = (cause.trend[slice] ?? 0) + 1;
  }
  return [...causes.values()].sort((a, b) => b.count - a.count || (a.key < b.key ? -1 : 1));
}

/** "1,240", "the first 1,000 of 100,000", "12 of the first 5,000 read, of 100,000", "12 of 1,240". */
export function foundWords({ where, messages, read, inQueue, next }: Letters): string {
  const whole = next === null;
  if (where === '')
    return whole ? count(messages.length) : `the first ${count(messages.length)} of ${count(inQueue)}`;
  const matching = `${count(messages.length)} ${messages.length === 1 ? 'matches' : 'match'}`;
  return whole
    ? `${matching} of ${count(read)}`
    : `${matching} in the first ${count(read)} of ${count(inQueue)}`;
}
