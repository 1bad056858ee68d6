/** The first line of every handler: who calls, as whom we were called, and for writes from where and with what. */
import { checkHost, checkJson, checkOrigin } from '@/lib/auth/same-site.ts';
import type { Session } from '@/lib/auth/session.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { runtime } from '@/lib/runtime.ts';

const READS = new Set(['GET', 'HEAD']);

/** For the few doors without a session (sign-in, liveness): host, origin and content type alone. */
export function requireOwnSite(request: Request): void {
  checkHost(request.headers, runtime().config.allowedHosts);
  if (READS.has(request.method)) return;
  checkOrigin(request.headers);
  checkJson(request.headers);
}

/** Throws host_refused, origin_refused, unsupported_media_type or unauthenticated. */
export async function requireSession(request: Request): Promise<Session> {
  requireOwnSite(request);
  return runtime().sessions.fromRequest(request.headers);
}

declare const authorized: unique symbol;
/** A vhost that the session was checked for: only `requireVhost` mints one. */
export type AuthorizedVhost = string & { readonly [authorized]: true };

/** Throws `not_found`: whether a vhost exists is itself not for everybody to know. */
export function requireVhost(session: Session, vhost: string): AuthorizedVhost {
  const isHis = (name: string): name is AuthorizedVhost => session.vhosts.includes(name);
  if (isHis(vhost)) return vhost;
  throw new HoplightError(
    'not_found',
    `There is no vhost ${vhost.slice(0, 255)} that ${session.user} may see.`,
    {
      notDone: 'Nothing was read or changed.',
      next: `Choose one of: ${session.vhosts.join(', ') || '(none)'}.`,
    },
  );
}
