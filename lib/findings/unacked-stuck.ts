/**
 * Consumers hold messages and ack none. Said after a minute when they hold all that their prefetch allows while more
 * waits (nothing moves at all), else after five (one long job is no trouble). Once said, one lone ack does not unsay it.
 */
import type { Queue } from '../model/broker.ts';
import type { Point } from '../model/live.ts';
import { count, counted, type Look, type QueueRule, said, span } from './rule.ts';

const FULL_MS = 60_000;
const SOME_MS = 300_000;
/** Points of the last minute with an ack that leave it said. */
const LONE_ACKS = 1;

export const unackedStuck: QueueRule = (q, look) => {
  if (!q.unacked || !q.consumers) return null;
  const before = said(look, q, 'unacked_stuck');
  if (q.rates.ack !== 0 && !before) return null;
  const points = look.past.points(q.vhost, q.name, SOME_MS + 10_000);
  const since = stuckSince(points);
  const forMs = since === null || q.rates.ack !== 0 ? 0 : look.now - since;
  const full = !!q.ready && holdsAllItMay(q, look);
  const comes = forMs >= (full ? FULL_MS : SOME_MS);
  if (!comes) return before && acksOf(points, look.now - FULL_MS) <= LONE_ACKS ? before : null;
  return {
    code: 'unacked_stuck',
    level: 'warn',
    words: full
      ? `nothing acked for ${span(forMs)}: ${counted(q.consumers, 'consumer')} ${q.consumers === 1 ? 'holds' : 'hold'} all that prefetch allows`
      : `nothing acked for ${span(forMs)}`,
    figure: `${count(q.unacked)} unacked`,
    since,
  };
};

function holdsAllItMay(q: Queue, look: Look): boolean {
  const consumers = look.consumers(q).filter((c) => c.ackRequired);
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

function acksOf(points: readonly Point[], from: number): number {
  return points.filter((p) => p.at > from && p.ack !== null && p.ack > 0).length;
}
