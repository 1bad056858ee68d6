/** The overview as one caller may see it. */
import { latestActs } from '@/lib/audit/read.ts';
import type { Session } from '@/lib/auth/session.ts';
import type { Overview } from '@/lib/model/api.ts';
import { isOwnQueue } from '@/lib/model/broker.ts';
import type { Runtime } from '@/lib/runtime.ts';
import { latestJourneys } from '../journeys/_find.ts';

const DAY = 86_400_000;
const SLICES = 12;
const TOP = 5;
const MOST_CAUSES = 8;
const MOST_DIED = 8;
const MOST_ACTS = 8;

export function overview(rt: Runtime, session: Session, now: number): Overview {
  const { freshness, readAt, since, reason, cluster, version, nodes, totals, attention, queues, status } =
    rt.live.state(session.vhosts);
  return {
    freshness,
    readAt,
    since,
    reason,
    cluster,
    version,
    nodes,
    totals,
    attention,
    history: rt.live.history(session.vhosts),
    topQueues: queues
      .filter((q) => q.total !== 0 && !isOwnQueue(q.name))
      .sort((a, b) => (b.total ?? 0) - (a.total ?? 0))
      .slice(0, TOP)
      .map((q) => ({ vhost: q.vhost, name: q.name, depth: q.spark, total: q.total })),
    deadLetters: deadLetters(rt, session, now),
    died: latestJourneys(rt, session, { status: 'dead', limit: MOST_DIED }),
    acts: latestActs(rt.state, session, MOST_ACTS),
    missing: status.missing,
  };
}

function deadLetters(rt: Runtime, session: Session, now: number): Overview['deadLetters'] {
  const snapshot = rt.live.snapshot();
  if (!snapshot) return { total: null, causes: [] };
  const oldest = rt.facts.size().oldestAt;
  // a trend over time in which nothing was listened to would be an empty one
  const since = Math.max(now - DAY, oldest ?? 0);
  const { total, queues } = rt.replays.deadLetters({
    snapshot,
    deaths: rt.facts.deaths(session.vhosts, since, SLICES),
    since: oldest === null ? null : since,
    mayRead: (vhost, queue) => session.mayRead(vhost, queue),
  });
  const causes = queues
    .flatMap(({ vhost, queue, causes: list }) => list.map((cause) => ({ ...cause, vhost, queue })))
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_CAUSES);
  return { total, causes };
}
