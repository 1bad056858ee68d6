/** Dead letters of causes that somebody muted: they stay where they are and are shown apart, but call for nobody. */
import { log, wordsOf } from '../log.ts';
import { queueKey, type Snapshot } from '../model/broker.ts';
import type { DeadLetterQueue } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';

/** The causes are counted again after this, ms: the broker is read more often than that. */
const FRESH_MS = 5_000;
const none: ReadonlyMap<string, number> = new Map();

/**
 * Pure. By `queueKey`: how many messages of the queue are of muted causes, as far as its causes are known, and never more than lie
 * there. What died of a cause that nobody knows yet counts as not muted.
 */
export function mutedIn(
  queues: readonly Pick<DeadLetterQueue, 'vhost' | 'queue' | 'messages' | 'causes' | 'notes'>[],
  now: number,
): Map<string, number> {
  const muted = new Map<string, number>();
  for (const { vhost, queue, messages, causes, notes } of queues) {
    const quiet = new Set(
      Object.entries(notes).flatMap(([cause, note]) => ((note.mutedUntil ?? 0) > now ? [cause] : [])),
    );
    const n = causes.reduce((sum, cause) => sum + (quiet.has(cause.key) ? cause.count : 0), 0);
    if (n > 0) muted.set(queueKey(vhost, queue), Math.min(n, messages ?? n));
  }
  return muted;
}

/** Asked at each reading of the broker: costs nothing while nobody has muted anything, and never throws. */
export function mutedReader(d: {
  state: Pick<StateStore, 'mutedCauses'>;
  clock: () => number;
  /** Every dead-letter queue with its causes and notes. */
  queues: (snapshot: Snapshot) => readonly DeadLetterQueue[];
}): (snapshot: Snapshot) => ReadonlyMap<string, number> {
  let last = { mutes: '', at: Number.NEGATIVE_INFINITY, muted: none };
  return (snapshot) => {
    try {
      const now = d.clock();
      const mutes = JSON.stringify(d.state.mutedCauses(now));
      if (mutes === '[]') return none;
      if (mutes !== last.mutes || now - last.at >= FRESH_MS)
        last = { mutes, at: now, muted: mutedIn(d.queues(snapshot), now) };
      return last.muted;
    } catch (error) {
      log.warn('muted causes could not be read', { error: wordsOf(error) });
      return none;
    }
  };
}
