/** The two checks that need no session: who we were called as (DNS rebinding) and who calls (CSRF). */
import { HoplightError } from '../model/errors.ts';

/** The host name of a Host header, lower case, without port; null when it is not one. */
export function hostName(header: string | null): string | null {
  if (!header) return null;
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/i.exec(header);
  return match?.[1]?.toLowerCase() ?? null;
}

/** Throws `host_refused` (421) unless the Host header names us. */
export function checkHost(headers: Headers, allowed: readonly string[]): void {
  const name = hostName(headers.get('host'));
  if (name && allowed.includes(name)) return;
  throw new HoplightError(
    'host_refused',
    `This application does not answer as ${name ?? 'an unnamed host'}.`,
    {
      notDone: 'Nothing was read or changed.',
      next: `Call it as ${allowed.join(', ')}, or add the name to HOPLIGHT_ALLOWED_HOSTS.`,
    },
  );
}

/**
 * A write must come from our own pages or from a script that says so: an absent, `null`, foreign or sibling Origin is
 * refused (403), cookie or not. The scheme is left open, since a proxy in front may speak https.
 */
export function checkOrigin(headers: Headers): void {
  const origin = headers.get('origin');
  const host = headers.get('host');
  if (
    origin &&
    host &&
    /^https?:\/\//.test(origin) &&
    origin.replace(/^https?:\/\//, '').toLowerCase() === host.toLowerCase()
  )
    return;
  throw new HoplightError(
    'origin_refused',
    origin
      ? `A write from ${origin.slice(0, 200)} is refused.`
      : 'A write without an Origin header is refused.',
    {
      notDone: 'Nothing was changed.',
      next: `Send the header "Origin: http://${host ?? 'localhost'}".`,
    },
  );
}

/** Writes carry JSON and say so: a form of another site cannot. */
export function checkJson(headers: Headers): void {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return;
  throw new HoplightError(
    'unsupported_media_type',
    `A write must be application/json, not ${type?.slice(0, 100) || 'unnamed'}.`,
    {
      notDone: 'Nothing was changed.',
      next: 'Send the header "Content-Type: application/json" and a JSON body.',
    },
  );
}
