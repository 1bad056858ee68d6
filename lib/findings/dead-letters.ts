/** Dead letters that lie in their queue, and those that grow in number: `dead_letters`, `dead_letters_rising`. */
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
    const known = past
      .points(q.vhost, q.name, WINDOW_MS)
      .flatMap((p) => (depth(p) === null ? [] : [{ at: p.at, depth: depth(p) ?? 0 }]));
    const first = known[0];
    const gain = first ? q.total - first.depth : 0;
    const since = sinceNow(snapshot, past, q);
    const about = { vhost: q.vhost, queue: q.name, since };
    if (first && gain > 0)
      return [
        {
          ...about,
          code: 'dead_letters_rising',
          level: 'dead',
          words: `${counted(q.total, 'dead letter')}, ${change(gain)} in ${span(Math.max(snapshot.readAt - first.at, 1_000))}`,
          figure: change(gain),
        },
      ];
    return [
      {
        ...about,
        code: 'dead_letters',
        level: 'warn',
        words: q.consumers
          ? `${counted(q.total, 'dead letter')}, ${counted(q.consumers, 'consumer')} at work`
          : counted(q.total, 'dead letter'),
        figure: count(q.total),
      },
    ];
  });
};
