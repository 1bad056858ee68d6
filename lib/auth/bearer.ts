/** Who may hand in spans: whoever knows the token; without a token whoever calls from this machine. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '../config.ts';
import { HoplightError } from '../model/errors.ts';
import { hostName } from './same-site.ts';

/**
 * Throws `unauthenticated`. Without a token every sign of another machine counts: a proxy in front may have made the
 * call look like one from here.
 */
export function checkBearer(headers: Headers, token: string | null): void {
  if (token === null ? isFromHere(headers) : isSame(bearerOf(headers), token)) return;
  throw new HoplightError(
    'unauthenticated',
    token === null
      ? 'Spans from another machine are taken with a token only.'
      : 'The token is missing or wrong.',
    {
      notDone: 'No span was taken.',
      next:
        token === null
          ? 'Set HOPLIGHT_OTLP_TOKEN, and send it as "Authorization: Bearer <token>".'
          : 'Send HOPLIGHT_OTLP_TOKEN as "Authorization: Bearer <token>", by OTEL_EXPORTER_OTLP_HEADERS for example.',
    },
  );
}

function isFromHere(headers: Headers): boolean {
  if (!isLoopback(hostName(headers.get('host')) ?? '')) return false;
  if (headers.has('forwarded') || headers.has('via')) return false;
  // Next itself writes the socket's address there when nobody did
  const addresses = headers.get('x-forwarded-for')?.split(',') ?? [];
  return addresses.every((address) => isLoopback(address.trim().replace(/^::ffff:/, '')));
}

function bearerOf(headers: Headers): string {
  return /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1] ?? '';
}

/** In a time that does not tell how much of it was right. */
function isSame(given: string, token: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(token));
}
