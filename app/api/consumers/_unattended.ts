/** Queues with messages and no consumer that should have one: dead-letter and waiting queues have none on purpose. */
import type { ConsumerList } from '../../../lib/model/api.ts';
import { queueKey } from '../../../lib/model/broker.ts';
import type { LiveState } from '../../../lib/model/live.ts';

export function unattended(state: LiveState): ConsumerList['unattended'] {
  const messages = new Map(state.queues.map((q) => [queueKey(q.vhost, q.name), q.total]));
  return state.attention
    .filter((a) => a.code === 'no_consumer')
    .map(({ vhost, queue, since }) => ({
      vhost,
      queue,
      messages: messages.get(queueKey(vhost, queue)) ?? null,
      since,
    }));
}
