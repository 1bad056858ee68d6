/** Dead letters that the broker would drop without a word: see lib/model/dead-letter-topology.ts. */
import { isOwnQueue, queueKey } from '../model/broker.ts';
import type { BrokerRule } from './rule.ts';

export const dlxLeadsNowhere: BrokerRule = ({ queues, past }) => {
  if (past.topology.lost.length === 0) return [];
  const there = new Set(queues.map((q) => queueKey(q.vhost, q.name)));
  return past.topology.lost
    .filter((l) => !isOwnQueue(l.queue) && there.has(queueKey(l.vhost, l.queue)))
    .map((l) => ({
      code: 'dlx_leads_nowhere' as const,
      level: 'warn' as const,
      vhost: l.vhost,
      queue: l.queue,
      words: l.words,
      figure: l.exchange === '' ? 'default exchange' : l.exchange,
      since: null,
    }));
};
