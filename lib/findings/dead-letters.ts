/**
 * Dead letters that lie in their queue, and those that grow in number: `dead_letters`, `dead_letters_rising`. Those of muted
 * causes call for nobody; what else lies there does.
 */
import { queueKey } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';
import {
  change,
  count,
  counted,
  deadLetterQueues,
  depth,
  type Rule,
  sinceNow,
  span,
  watched,
} from './rule.ts';

const WINDOW_MS = 600_000;

export const deadLetters: Rule = (snapshot, past) => {
  const dead = deadLetterQueues(past);
  return watched(snapshot).flatMap((q): Attention[] => {
    if (!dead.has(queueKey(q.vhost, q.name)) || !q.total) return [];
    const muted = past.muted?.get(queueKey(q.vhost, q.name)) ?? 0;
    const open = q.total - muted;
    if (open <= 0) return [];
    const known = past
      .points(q.vhost, q.name, WINDOW_MS)
      .flatMap((p) => (depth(p) === null ? [] : [{ at: p.at, depth: depth(p) ?? 0 }]));
    const first = known[0];
    const gain = first ? Math.min(open, q.total - first.depth) : 0;
    const letters = `${counted(open, 'dead letter')}${muted > 0 ? ` besides ${count(muted)} muted` : ''}`;
    const since = sinceNow(snapshot, past, q);
    const about = { vhost: q.vhost, queue: q.name, since };
    if (first && gain > 0)
      return [
        {
          ...about,
          code: 'dead_letters_rising',
          level: 'dead',
          words: `${letters}, ${change(gain)} in ${span(Math.max(snapshot.readAt - first.at, 1_000))}`,
          figure: change(gain),
        },
      ];
    // a stream keeps them for good: only new ones call for somebody
    if (q.type === 'stream') return [];
    return [
      {
        ...about,
        code: 'dead_letters',
        level: 'warn',
        words: q.consumers ? `${letters}, ${counted(q.consumers, 'consumer')} at work` : letters,
        figure: count(open),
      },
    ];
  });
};
