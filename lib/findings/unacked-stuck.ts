/**
 * Consumers hold messages and ack none. Said after a minute when they hold all that their prefetch allows while more
 * waits (nothing moves at all), else after five (one long job is no trouble).
 */
import type { Queue, Snapshot } from '../model/broker.ts';
import type { Point } from '../model/live.ts';
import { count, counted, type Rule, span, watched } from './rule.ts';

const FULL_MS = 60_000;
const SOME_MS = 300_000;

export const unackedStuck: Rule = (snapshot, past) =>
  watched(snapshot).flatMap((q) => {
    if (!q.unacked || !q.consumers || q.rates.ack !== 0) return [];
    const full = !!q.ready && holdsAllItMay(snapshot, q);
    const since = stuckSince(past.points(q.vhost, q.name, SOME_MS + 10_000));
    if (since === null) return [];
    const forMs = snapshot.readAt - since;
    if (forMs < (full ? FULL_MS : SOME_MS)) return [];
    return [
      {
        code: 'unacked_stuck' as const,
        level: 'warn' as const,
        vhost: q.vhost,
        queue: q.name,
        words: full
          ? `nothing acked for ${span(forMs)}: ${counted(q.consumers, 'consumer')} hold all that prefetch allows`
          : `nothing acked for ${span(forMs)}`,
        figure: `${count(q.unacked)} unacked`,
        since,
      },
    ];
  });

function holdsAllItMay(snapshot: Snapshot, q: Queue): boolean {
  const consumers = snapshot.consumers.filter(
    (c) => c.vhost === q.vhost && c.queue === q.name && c.ackRequired,
  );
  // A prefetch of 0 is no limit: it is never full. Unknown: not said.
  if (consumers.length === 0 || consumers.some((c) => !c.prefetch)) return false;
  const allowed = consumers.reduce((sum, c) => sum + (c.prefetch ?? 0), 0);
  return (q.unacked ?? 0) >= allowed;
}

/** The first of the latest points in a row with unacked and no ack; null when an unknown or busy point ends it at once. */
function stuckSince(points: readonly Point[]): number | null {
  let since: number | null = null;
  for (const p of points.toReversed()) {
    if (p.unacked === null) continue; // a gap tells nothing
    if (p.unacked === 0 || p.ack !== 0) break;
    since = p.at;
  }
  return since;
}
