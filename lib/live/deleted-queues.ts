/**
 * Consumers of queues that were deleted: the broker's list may show them for minutes (seen on 4.3), though the queue is gone.
 * Only a queue that was listed before and is not any more counts as deleted: a new one may come into the list of consumers
 * first, and those of vhosts whose queues the account may not see are there all the same.
 */
import { type Queue, queueKey, type Snapshot } from '../model/broker.ts';

/** Longer than the broker takes to tidy its lists up. */
const KEEP_MS = 10 * 60_000;

export interface DeletedQueues {
  /** The snapshot after a reading, without consumers of queues that are known to be gone. */
  without(snapshot: Snapshot): Snapshot;
}

export function createDeletedQueues(): DeletedQueues {
  let before: readonly Queue[] = [];
  let there = new Set<string>();
  /** By key: when it was seen to be gone. */
  const deleted = new Map<string, number>();
  return {
    without(snapshot) {
      const { queues, readAt } = snapshot;
      if (queues !== before) {
        const now = new Set(queues.map((q) => queueKey(q.vhost, q.name)));
        for (const key of there) if (!now.has(key)) deleted.set(key, readAt);
        there = now;
        before = queues;
      }
      for (const [key, at] of deleted) if (there.has(key) || readAt - at > KEEP_MS) deleted.delete(key);
      if (deleted.size === 0) return snapshot;
      const consumers = snapshot.consumers.filter((c) => !deleted.has(queueKey(c.vhost, c.queue)));
      return consumers.length < snapshot.consumers.length ? { ...snapshot, consumers } : snapshot;
    },
  };
}
