/** Which consumers the page shows. Pure. */
import type { Condition, Consumer, ConsumerRow } from '@/lib/model/broker';
import { clientOf, conditionsByGravity, connectionOf } from '../_parts/consumer-words';

/** Lower case, all of which must be found. */
export function wordsIn(text: string): string[] {
  return text.toLowerCase().split(/\s+/).filter(Boolean);
}

/** Every word must be found in the queue, tag, connection, peer, user or client. */
export function fits(c: Consumer, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const text = [c.queue, c.tag, connectionOf(c), c.connection, c.user, clientOf(c)].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** How many of each condition, gravest first, those that nobody is in left out unless one is `chosen`. */
export function countsOf(rows: readonly ConsumerRow[], chosen: Condition | null): [Condition, number][] {
  const counts = new Map<Condition, number>();
  for (const { condition } of rows) counts.set(condition, (counts.get(condition) ?? 0) + 1);
  return conditionsByGravity.filter((c) => counts.has(c) || c === chosen).map((c) => [c, counts.get(c) ?? 0]);
}
