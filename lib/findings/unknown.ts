/** A queue whose depth the broker does not tell, while it tells that of others. */
import { type Rule, watched } from './rule.ts';

/** A new queue, a stream above all, is without figures for some seconds. */
const HOLD_MS = 20_000;

export const unknown: Rule = (snapshot, past) => {
  if (snapshot.queues.every((q) => q.total === null)) return []; // all of them: that is said in `missing`
  return watched(snapshot).flatMap((q) => {
    if (q.total !== null) return [];
    const points = past.points(q.vhost, q.name, HOLD_MS);
    const first = points[0];
    if (!first || snapshot.readAt - first.at < HOLD_MS - 5_000 || points.some((p) => p.ready !== null))
      return [];
    return [
      {
        code: 'unknown' as const,
        level: 'unknown' as const,
        vhost: q.vhost,
        queue: q.name,
        words: `the broker tells no figures of it${q.state ? ` (state ${q.state})` : ''}`,
        figure: 'unknown',
        since: first.at,
      },
    ];
  });
};
