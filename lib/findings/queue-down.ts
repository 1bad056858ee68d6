/** A queue that cannot work: its node is away, or most of its members are. */
import type { Queue } from '../model/broker.ts';
import { type QueueRule, sinceNow } from './rule.ts';

const broken: Record<string, string> = {
  down: 'its node is away, and with it the queue',
  nodedown: 'its node is away, and with it the queue',
  stopped: 'its vhost was stopped on that node',
  crashed: 'its process crashed: see the broker’s log',
  terminated: 'its process ended',
  minority: 'most of its members are away: it can neither take nor give messages',
};

/** Why it cannot work, in words; undefined: it can, or its state is not known. */
export function brokenWords(q: Queue): string | undefined {
  return q.state === null ? undefined : broken[q.state];
}

export const queueDown: QueueRule = (q, look) => {
  const words = brokenWords(q);
  if (words === undefined) return null;
  return {
    code: 'queue_down',
    level: 'dead',
    words: `${q.state}: ${words}`,
    figure: q.node ?? '',
    since: sinceNow(look, q),
  };
};
