/** What a replay owes, told by sets of message IDs: everything is somewhere, and what is there twice was named. */
import type { ReplayMessage } from '../../lib/model/replay.ts';

export interface Verdict {
  messages: number;
  /** Different messages that arrived at least once. */
  arrived: number;
  /** Neither arrived nor still in the dead-letter queue. */
  lost: string[];
  /** Copies beyond one a message, a message that arrived and still lies there included. */
  twice: number;
  /** Messages that the receipt says may be there twice. */
  listed: number;
  /** There twice, and not listed. */
  unlisted: string[];
  /** Still in the dead-letter queue at the end. */
  left: number;
}

export function reconcile(
  sent: readonly string[],
  arrived: readonly string[],
  left: readonly string[],
  receipt: readonly Pick<ReplayMessage, 'ids' | 'possiblyDuplicated'>[],
): Verdict {
  const times = new Map<string, number>();
  for (const id of [...arrived, ...left]) times.set(id, (times.get(id) ?? 0) + 1);
  const listed = new Set(receipt.filter((row) => row.possiblyDuplicated).map((row) => row.ids.messageId));
  return {
    messages: sent.length,
    arrived: new Set(arrived).size,
    lost: sent.filter((id) => !times.has(id)),
    twice: [...times.values()].reduce((sum, n) => sum + n - 1, 0),
    listed: listed.size,
    unlisted: [...times].filter(([id, n]) => n > 1 && !listed.has(id)).map(([id]) => id),
    left: left.length,
  };
}

/** Lost nothing, hid nothing, and doubled no more than it may. */
export function holds(verdict: Verdict, mostTwice: number): boolean {
  return verdict.lost.length === 0 && verdict.unlisted.length === 0 && verdict.twice <= mostTwice;
}
