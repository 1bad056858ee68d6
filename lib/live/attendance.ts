/** Since when each queue has had no consumer, and whether it ever had one while Hoplight looked. */
import { queueKey, type Snapshot } from '../model/broker.ts';

export interface Attendance {
  record(snapshot: Snapshot): void;
  unattendedSince(vhost: string, name: string): number | null;
  hadConsumer(vhost: string, name: string): boolean;
}

export function createAttendance(): Attendance {
  let queues = new Map<string, { since: number | null; had: boolean }>();
  let last: Snapshot['queues'] | null = null;
  return {
    record(snapshot) {
      if (snapshot.queues === last) return;
      last = snapshot.queues;
      const next: typeof queues = new Map();
      for (const q of snapshot.queues) {
        const key = queueKey(q.vhost, q.name);
        const before = queues.get(key) ?? { since: null, had: false };
        // An unknown count changes nothing: what was so is taken to last.
        if (q.consumers === null) next.set(key, before);
        else if (q.consumers > 0) next.set(key, { since: null, had: true });
        else next.set(key, { since: before.since ?? snapshot.readAt, had: before.had });
      }
      queues = next;
    },
    unattendedSince: (vhost, name) => queues.get(queueKey(vhost, name))?.since ?? null,
    hadConsumer: (vhost, name) => queues.get(queueKey(vhost, name))?.had ?? false,
  };
}
