/** One queue as one caller may see it. */
import type { Session } from '@/lib/auth/session.ts';
import type { QueueDetail } from '@/lib/model/api.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { rulesOf } from '@/lib/replay/queue-facts.ts';
import type { Runtime } from '@/lib/runtime.ts';
import type { AuthorizedVhost } from '../../../_door.ts';
import { latestJourneys } from '../../../journeys/_find.ts';

const LATEST = 20;

/**
 * Throws `management_unreachable` before the first reading, `not_found` when the last one did not show the queue, or the
 * broker has deleted it since.
 */
export async function queueDetail(
  rt: Runtime,
  session: Session,
  vhost: AuthorizedVhost,
  name: string,
): Promise<QueueDetail> {
  const { live } = rt;
  const snapshot = live.snapshot();
  const fresh = live.freshness();
  if (!snapshot)
    throw new HoplightError('management_unreachable', fresh.reason ?? 'The broker has not been read yet.', {
      next: 'It is tried every few seconds.',
    });
  const row = live.rows().find((q) => q.vhost === vhost && q.name === name);
  const seen = row ? await live.lookAt(row) : null;
  if (!seen || seen.isDeleted)
    throw new HoplightError('not_found', `There is no queue ${name.slice(0, 255)} in vhost ${vhost}.`, {
      next: 'It may have been deleted. Look in the list of queues.',
    });
  const { queue, details } = seen;
  const isHere = (c: { vhost: string; queue: string }) => c.vhost === vhost && c.queue === name;
  const { level, words, limit } = rulesOf(snapshot, queue);
  return {
    ...fresh,
    queue,
    details,
    history: live.queueHistory(vhost, name),
    consumers: live.consumers().filter(isHere),
    gone: live.gone().filter(isHere),
    bindingsIn: snapshot.bindings.filter(
      (b) => b.vhost === vhost && b.destinationType === 'queue' && b.destination === name,
    ),
    ...deadLetterWays(rt, vhost, name),
    reading: { level, words, limit },
    journeys: latestJourneys(rt, session, { vhost, queue: name, limit: LATEST }),
  };
}

function deadLetterWays(
  { live }: Runtime,
  vhost: string,
  name: string,
): Pick<QueueDetail, 'deadLettersTo' | 'deadLetterNote'> {
  const { queues, lost } = live.topology();
  const targets = queues.filter((q) => q.vhost === vhost && q.origins.some((o) => o.queue === name));
  const vanish = lost.find((l) => l.vhost === vhost && l.queue === name)?.words;
  const loops = targets.some((q) => q.retry) ? 'They come back from there: it is a retry loop.' : undefined;
  return {
    deadLettersTo: targets.map((q) => q.queue),
    deadLetterNote: vanish ?? loops ?? null,
  };
}
