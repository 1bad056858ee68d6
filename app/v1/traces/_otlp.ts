/** What the OTLP door has of its own: encodings, and refusals as google.rpc.Status in the encoding of the request. */
import { HoplightError } from '@/lib/model/errors.ts';
import { encodeStatus } from '@/lib/otlp/answers.ts';
import type { Encoding } from '@/lib/otlp/receive.ts';
import { apiHeaders } from '../../api/_answer.ts';

const types = { protobuf: 'application/x-protobuf', json: 'application/json' } as const;

/** null: the content type is neither. */
function typeOf(headers: Headers): Encoding | null {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type === types.protobuf) return 'protobuf';
  return type === types.json ? 'json' : null;
}

export interface Sent {
  encoding: Encoding;
  isGzip: boolean;
}

/** Throws `unsupported_media_type`. */
export function howSent(headers: Headers): Sent {
  const encoding = typeOf(headers);
  const packed = headers.get('content-encoding')?.trim().toLowerCase() ?? '';
  if (encoding && ['', 'identity', 'gzip'].includes(packed)) return { encoding, isGzip: packed === 'gzip' };
  throw new HoplightError(
    'unsupported_media_type',
    encoding
      ? `A body packed as ${packed.slice(0, 50)} is not read.`
      : `A trace request is ${types.protobuf} or ${types.json}, not ${headers.get('content-type')?.slice(0, 100) || 'unnamed'}.`,
    {
      notDone: 'No span was taken.',
      next: 'Set the exporter to http/protobuf or http/json, with gzip or none.',
    },
  );
}

export function otlpAnswer(encoding: Encoding, body: Uint8Array<ArrayBuffer>, init?: ResponseInit): Response {
  const headers = new Headers({ ...apiHeaders, 'content-type': types[encoding] });
  for (const [name, value] of new Headers(init?.headers)) headers.set(name, value);
  return new Response(body, { ...init, headers });
}

/** Numbers of google.rpc.Code by HTTP status. */
const rpcCodes: Record<number, number> = { 401: 16, 403: 7, 404: 5, 409: 9, 413: 8, 415: 3, 421: 7, 429: 8 };
const INVALID_ARGUMENT = 3;
const INTERNAL = 13;
const UNAVAILABLE = 14;

/** A refusal. In JSON where the request is in neither encoding. */
export function refusal(request: Request): (error: HoplightError) => Response {
  return (error) => {
    const { notDone, next, retryAfterSeconds } = error.more;
    const rest = error.status === 503 ? UNAVAILABLE : error.status === 500 ? INTERNAL : INVALID_ARGUMENT;
    const words = [error.message, notDone, next].filter((w) => w !== undefined).join(' ');
    const encoding = typeOf(request.headers) ?? 'json';
    return otlpAnswer(encoding, encodeStatus(encoding, rpcCodes[error.status] ?? rest, words), {
      status: error.status,
      headers: retryAfterSeconds ? { 'retry-after': String(retryAfterSeconds) } : {},
    });
  };
}
