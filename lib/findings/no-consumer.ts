/**
 * Messages wait and nobody takes them. Not said of streams (they keep messages for whoever comes), of dead-letter queues
 * (see dead-letters), nor of queues that wait on purpose: a TTL and a DLX, or part of a retry loop, and no consumer ever.
 */
import { type GoneConsumer, type Queue, queueKey } from '../model/broker.ts';
import type { Past } from '../model/past.ts';
import { count, deadLetterQueues, type Rule, watched } from './rule.ts';

/** A consumer that restarts is away for a few seconds: that is no news. */
const HOLD_MS = 5_000;

const how: Record<GoneConsumer['how'], string> = {
  connection: 'its connection ended',
  channel: 'its channel was closed',
  cancelled: 'it was cancelled',
  'queue-deleted': 'the queue was deleted and made again',
  broker: 'it has not come back since the broker was away',
};

export const noConsumer: Rule = (snapshot, past) => {
  const dead = deadLetterQueues(past);
  const loops = new Set(past.topology.queues.filter((q) => q.retry).map((q) => queueKey(q.vhost, q.queue)));
  return watched(snapshot).flatMap((q) => {
    if (q.consumers !== 0 || !q.ready || q.type === 'stream') return [];
    const key = queueKey(q.vhost, q.name);
    if (dead.has(key)) return [];
    const had = past.hadConsumer(q.vhost, q.name);
    if (!had && (loops.has(key) || waitsOnPurpose(q))) return [];
    const since = past.unattendedSince(q.vhost, q.name);
    if (since === null || snapshot.readAt - since < HOLD_MS) return [];
    return [
      {
        code: 'no_consumer' as const,
        level: 'warn' as const,
        vhost: q.vhost,
        queue: q.name,
        words: wordsFor(q, past),
        figure: `${count(q.ready)} ready`,
        // Before Hoplight looked, nothing is known.
        since: had ? since : null,
      },
    ];
  });
};

function waitsOnPurpose(q: Queue): boolean {
  return q.deadLetter !== null && q.limits.messageTtlMs !== null;
}

function wordsFor(q: Queue, past: Past): string {
  const last = past.gone.find((g) => g.vhost === q.vhost && g.queue === q.name);
  return last
    ? `No consumer: the last went away, ${how[last.how]}`
    : 'Messages wait here and nobody consumes them';
}
