/** What happened, as one caller may know it: from the store, and what people did through Hoplight from the audit log. */
import type { Session } from '@/lib/auth/session.ts';
import type { Moment, MomentList, MomentQuery } from '@/lib/model/moment.ts';
import type { Runtime } from '@/lib/runtime.ts';
import { requireVhost } from '../_door.ts';
import { actsIn } from './_acts.ts';

/** So many may have one time: those of one reading. */
const MOST_AT_ONCE = 5_000;
/** Beyond all times. */
const EVER = 8.64e15;

/** Throws `not_found` for a vhost that the user may not see. */
export function momentsOf(rt: Runtime, session: Session, asked: MomentQuery): MomentList {
  const { limit, before = EVER } = asked;
  const found = between(rt, session, asked, 0, before, limit + 1);
  const next = found[limit];
  if (!next) return { moments: found, more: false };
  // the next page begins by time: what has one time stays on one page
  const page = found.filter((m) => m.at > next.at);
  if (page.length > 0) return { moments: page, more: true };
  const together = between(rt, session, asked, next.at, before, MOST_AT_ONCE);
  return { moments: together, more: between(rt, session, asked, 0, next.at, 1).length > 0 };
}

/** In [from, to), ms since 1970, newest first. */
export function between(
  rt: Pick<Runtime, 'moments' | 'state'>,
  session: Session,
  of: Pick<MomentQuery, 'vhost' | 'queue' | 'connection'> & { kinds?: Moment['kind'][] },
  from: number,
  to: number,
  limit: number,
): Moment[] {
  const vhosts = of.vhost === undefined ? session.vhosts : [requireVhost(session, of.vhost)];
  const { queue, connection, kinds } = of;
  const stored = rt.moments.list({ vhosts, queue, connection, kinds, from, to, limit });
  // acts come from no connection that the broker lists
  const acts =
    connection === undefined && kinds === undefined ? actsIn(rt, session, of, from, to, limit) : [];
  return [...stored, ...acts].sort((a, b) => b.at - a.at).slice(0, limit);
}
