/** The queue that is read, as the last snapshot shows it, with what reading it costs. */
import type { Queue, Snapshot } from '../model/broker.ts';
import { HoplightError } from '../model/errors.ts';
import { type ReadingRules, readingRules } from './reading-cost.ts';

export function findQueue(snapshot: Snapshot, vhost: string, name: string): Queue | undefined {
  return snapshot.queues.find((q) => q.vhost === vhost && q.name === name);
}

/** Throws not_found when the snapshot does not have it, management_unreachable when there is no snapshot yet. */
export function requireQueue(
  snapshot: Snapshot | null,
  vhost: string,
  name: string,
): { snapshot: Snapshot; queue: Queue } {
  const notDone = 'Nothing was read or sent.';
  if (!snapshot)
    throw new HoplightError('management_unreachable', 'The broker has not been read yet.', {
      notDone,
      next: 'Try again in a few seconds.',
    });
  const queue = findQueue(snapshot, vhost, name);
  if (!queue)
    throw new HoplightError('not_found', `There is no queue ${name} in vhost ${vhost}.`, {
      notDone,
      next: 'Choose one of the list of dead letters.',
    });
  return { snapshot, queue };
}

/** The price of a reading; an auto-delete queue is never read: it would go with its reader, and all messages with it. */
export function rulesOf(
  snapshot: Pick<Snapshot, 'version'>,
  queue: Pick<Queue, 'type' | 'limits' | 'autoDelete'>,
  weakest: number | null = null,
): ReadingRules {
  if (queue.autoDelete)
    return {
      level: 'refused',
      words:
        'This queue is auto-delete: when its last consumer leaves, the broker deletes it with all its messages. Reading it would be such a consumer.',
      limit: 0,
      putBack: 'close',
    };
  return readingRules(snapshot.version, queue.type, queue.limits.deliveryLimit, weakest);
}

export function refuseUnreadable(queue: string, rules: ReadingRules): void {
  if (rules.level !== 'refused') return;
  throw new HoplightError('conflict', `${queue} is not read. ${rules.words}`, {
    notDone: 'Nothing was read or sent.',
  });
}
