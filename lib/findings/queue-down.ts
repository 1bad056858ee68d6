/** A queue that cannot work: its node is away, or most of its members are. */
import { type Rule, sinceNow, watched } from './rule.ts';

const broken: Record<string, string> = {
  down: 'its node is away, and with it the queue',
  nodedown: 'its node is away, and with it the queue',
  stopped: 'its vhost was stopped on that node',
  crashed: 'its process crashed: see the broker’s log',
  terminated: 'its process ended',
  minority: 'most of its members are away: it can neither take nor give messages',
};

export const queueDown: Rule = (snapshot, past) =>
  watched(snapshot).flatMap((q) => {
    const words = q.state === null ? undefined : broken[q.state];
    if (words === undefined) return [];
    return [
      {
        code: 'queue_down' as const,
        level: 'dead' as const,
        vhost: q.vhost,
        queue: q.name,
        words: `${q.state}: ${words}`,
        figure: q.node ?? '',
        since: sinceNow(snapshot, past, q),
      },
    ];
  });
