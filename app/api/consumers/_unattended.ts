/** Queues with messages and no consumer that should have one: dead-letter and waiting queues have none on purpose. */
import type { ConsumerList } from '../../../lib/model/api.ts';
import type { LiveState } from '../../../lib/model/live.ts';

export function unattended(state: LiveState): ConsumerList['unattended'] {
  // Of the rows, since what has a cause is folded under it in the list.
  return state.queues
    .flatMap(({ vhost, name, total, attention }) =>
      attention?.code === 'no_consumer'
        ? [{ vhost, queue: name, messages: total, since: attention.since }]
        : [],
    )
    .sort((a, b) => (b.messages ?? 0) - (a.messages ?? 0));
}
