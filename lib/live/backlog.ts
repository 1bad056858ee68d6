/** The messages ready of each queue that somebody consumes, from one reading after another. */
import type { Consumer, Queue, Snapshot } from '../model/broker.ts';

export interface Backlog {
  queue: Queue;
  /** Since this reading messages have been ready at every reading, ms since 1970; null: none is, or unknown. */
  since: number | null;
  readings: number;
  /** The number of the reading that saw it last. */
  reading: number;
}

export interface Backlogs {
  after(snapshot: Snapshot): void;
  /** `before`: what it answered for this consumer last. */
  of(consumer: Pick<Consumer, 'vhost' | 'queue'>, before: Backlog | null): Backlog | null;
}

export function createBacklogs(): Backlogs {
  const byVhost = new Map<string, Map<string, Backlog>>();
  let reading = 0;
  return {
    after(snapshot) {
      reading++;
      for (const queue of snapshot.queues) {
        if (queue.consumers === 0) continue;
        const its = byVhost.get(queue.vhost) ?? new Map<string, Backlog>();
        if (its.size === 0) byVhost.set(queue.vhost, its);
        const known = its.get(queue.name);
        const one = known ?? { queue, since: null, readings: 0, reading };
        if (!known) its.set(queue.name, one);
        one.queue = queue;
        one.since = queue.ready ? (one.since ?? snapshot.readAt) : null;
        one.readings = queue.ready ? one.readings + 1 : 0;
        one.reading = reading;
      }
      for (const [vhost, its] of byVhost) {
        for (const [name, one] of its) if (one.reading !== reading) its.delete(name);
        if (its.size === 0) byVhost.delete(vhost);
      }
    },
    of: (c, before) => (before?.reading === reading ? before : (byVhost.get(c.vhost)?.get(c.queue) ?? null)),
  };
}
