/** Queues with messages and no consumer that should have one, as the live state knows them. Pure. */
import type { ConsumerList } from '@/lib/model/api';
import type { LiveState } from '@/lib/model/live';

/** A line may be folded under its cause: the queue's own row still names it. */
export function unattendedIn({ queues }: Pick<LiveState, 'queues'>): ConsumerList['unattended'] {
  return queues.flatMap(({ vhost, name, total, attention }) =>
    attention?.code === 'no_consumer'
      ? [{ vhost, queue: name, messages: total, since: attention.since }]
      : [],
  );
}
