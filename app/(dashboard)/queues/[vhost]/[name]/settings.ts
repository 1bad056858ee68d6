/** What a queue was declared with and limited to, as lines of words. Pure. */
import { bytes, count, duration } from '@/app/_ui/format';
import type { Queue } from '@/lib/model/broker';

export interface Setting {
  name: string;
  value: string;
}

/** Only what is set: a queue without limits has no lines for them. */
export function settingsOf(queue: Queue): Setting[] {
  const { limits } = queue;
  const lines: (Setting | null)[] = [
    { name: 'Lives', value: livesOf(queue) },
    queue.node === null ? null : { name: 'Node', value: queue.node },
    { name: 'Policy', value: queue.policy ?? 'none' },
    limits.maxLength === null ? null : { name: 'Longest', value: `${count(limits.maxLength)} messages` },
    limits.maxLengthBytes === null ? null : { name: 'Largest', value: bytes(limits.maxLengthBytes) },
    limits.overflow === null ? null : { name: 'When full', value: limits.overflow },
    limits.messageTtlMs === null
      ? null
      : { name: 'Messages expire', value: `after ${duration(limits.messageTtlMs)}` },
    limits.deliveryLimit === null
      ? null
      : {
          name: 'Delivery limit',
          value:
            limits.deliveryLimit < 0
              ? 'none: redelivered for ever'
              : `${count(limits.deliveryLimit)} returns, then dead`,
        },
  ];
  return lines.filter((line) => line !== null);
}

function livesOf(queue: Queue): string {
  const parts = [queue.durable ? 'durable' : 'transient: gone after a restart'];
  if (queue.autoDelete) parts.push('deleted after its last consumer');
  if (queue.exclusive) parts.push('exclusive to one connection');
  return parts.join(', ');
}
