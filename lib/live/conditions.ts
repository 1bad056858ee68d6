/** How each consumer does, from one reading after another. */
import type { Condition, Consumer, ConsumerRow, Queue, Snapshot } from '../model/broker.ts';
import { queueKey } from '../model/broker.ts';
import { consumerKey } from './reading.ts';

export interface Conditions {
  /** After a reading. Its consumers as lists show them; those whose figures did not change are the same objects. */
  after(snapshot: Snapshot): ConsumerRow[];
}

export function createConditions(): Conditions {
  let rows = new Map<string, ConsumerRow>();
  let looked = false;
  return {
    after(snapshot) {
      const queues = new Map(snapshot.queues.map((q) => [queueKey(q.vhost, q.name), q]));
      const next = new Map<string, ConsumerRow>();
      for (const one of snapshot.consumers) {
        const key = consumerKey(one);
        const before = rows.get(key);
        const condition = conditionOf(one, queues.get(queueKey(one.vhost, one.queue)));
        const since =
          before?.condition === condition ? before.since : before || looked ? snapshot.readAt : null;
        next.set(key, { ...one, condition, words: '', since, oldestUnacked: null });
      }
      rows = next;
      looked = true;
      return [...rows.values()];
    },
  };
}

function conditionOf(c: Consumer, queue: Queue | undefined): Condition {
  if (c.activity === 'waiting' || c.active === false) return 'waiting';
  if (c.unacked === null) return 'unknown';
  if (c.prefetch && c.unacked >= c.prefetch) return 'saturated';
  return c.unacked === 0 && queue?.ready === 0 ? 'idle' : 'working';
}
