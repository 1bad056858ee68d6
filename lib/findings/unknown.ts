/** A queue whose depth the broker does not tell, while it tells that of others. */
import { brokenWords } from './queue-down.ts';
import type { QueueRule } from './rule.ts';

/** A new queue, a stream above all, is without figures for some seconds. */
const HOLD_MS = 20_000;

export const unknown: QueueRule = (q, look) => {
  // Of a queue that is down it is no news.
  if (q.total !== null || brokenWords(q) !== undefined || look.blind()) return null;
  const points = look.past.points(q.vhost, q.name, HOLD_MS);
  const first = points[0];
  if (!first || look.now - first.at < HOLD_MS - 5_000 || points.some((p) => p.ready !== null)) return null;
  return {
    code: 'unknown',
    level: 'unknown',
    words: `the broker tells no figures of it${q.state ? ` (state ${q.state})` : ''}`,
    figure: 'unknown',
    since: first.at,
  };
};
