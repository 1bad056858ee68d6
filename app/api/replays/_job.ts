import type { Session } from '@/lib/auth/session.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import type { ReplayJob } from '@/lib/model/replay.ts';
import { runtime } from '@/lib/runtime.ts';

/** A job names messages of its queue: it is for those who may read that queue. */
export function mayKnow(session: Session, job: Pick<ReplayJob, 'vhost' | 'queue'>): boolean {
  return session.vhosts.includes(job.vhost) && session.mayRead(job.vhost, job.queue);
}

/** Throws not_found, also for a job that this user may not know of. */
export function requireJob(session: Session, id: string): ReplayJob {
  const job = runtime().replays.get(id);
  if (mayKnow(session, job)) return job;
  throw new HoplightError('not_found', `There is no replay ${id.slice(0, 80)}.`, {
    notDone: 'Nothing was read or changed.',
  });
}
