/** The first line of every handler: who calls, as whom we were called, and for writes from where and with what. */
import { checkBearer } from '@/lib/auth/bearer.ts';
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

/**
 * The door of the services' spans. A browser has no business there: a foreign Origin is refused. Throws host_refused,
 * origin_refused, not_found (it is off) or unauthenticated.
 */
export function requireOtlp(request: Request): void {
  const { allowedHosts, otlp } = runtime().config;
  checkHost(request.headers, allowedHosts);
  if (request.headers.has('origin')) checkOrigin(request.headers);
  if (otlp.state === 'on') {
    checkBearer(request.headers, otlp.token);
    return;
  }
  throw new HoplightError('not_found', 'Hoplight takes no spans here.', {
    notDone: 'No span was taken.',
    next:
      otlp.state === 'off'
        ? 'It was switched off by HOPLIGHT_OTLP.'
        : 'Others can reach this address: set HOPLIGHT_OTLP_TOKEN, and start Hoplight again.',
  });
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
