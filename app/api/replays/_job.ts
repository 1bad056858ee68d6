import type { Session } from '@/lib/auth/session.ts';
import type { ReplayAction } from '@/lib/model/api.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import type { ReplayJob } from '@/lib/model/replay.ts';
import { keptRequest } from '@/lib/replay/kept-request.ts';
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

/**
 * A job that runs sends on the connections of the user who began it: to let it go on, or faster, is for that user and for
 * administrators. To stop it is for everybody who may know of it; an interrupted one goes on with one's own connections.
 * Throws forbidden.
 */
export function requireSteering(
  { user, tags }: Pick<Session, 'user' | 'tags'>,
  { id, by, state }: Pick<ReplayJob, 'id' | 'by' | 'state'>,
  { action }: ReplayAction,
): void {
  const stops = action === 'cancel' || action === 'pause';
  if (stops || state === 'interrupted' || user === by || tags.includes('administrator')) return;
  throw new HoplightError('forbidden', `Replay ${id} sends with the rights of ${by}.`, {
    notDone: 'Nothing was changed.',
    next: `Ask ${by} or an administrator; or cancel it and replay the rest yourself.`,
  });
}

/** As it is told: the values of an edit may be secrets, and are for its sender alone. The plan names what it changes. */
export function told(job: ReplayJob): ReplayJob {
  return { ...job, request: keptRequest(job.request) };
}
