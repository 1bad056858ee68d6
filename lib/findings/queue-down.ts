/** A queue that cannot work: its node is away, or most of its members are. */
import { type QueueRule, sinceNow } from './rule.ts';

const broken: Record<string, string> = {
  down: 'its node is away, and with it the queue',
  nodedown: 'its node is away, and with it the queue',
  stopped: 'its vhost was stopped on that node',
  crashed: 'its process crashed: see the broker’s log',
  terminated: 'its process ended',
  minority: 'most of its members are away: it can neither take nor give messages',
};

export const queueDown: QueueRule = (q, look) => {
  const words = q.state === null ? undefined : broken[q.state];
  if (words === undefined) return null;
  return {
    code: 'queue_down',
    level: 'dead',
    words: `${q.state}: ${words}`,
    figure: q.node ?? '',
    since: sinceNow(look, q),
  };
};
