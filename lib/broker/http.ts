/** One HTTP call of the management API. Every failure becomes a HoplightError that says what to do next. */
import { HoplightError, isHoplightError } from '../model/errors.ts';
import { causeCode, tlsTrouble } from './fetch-trouble.ts';

export interface ManagementCredentials {
  /** Without credentials: `http://host:15672`, a path prefix allowed. Of several nodes: one after a comma each. */
  url: string;
  user: string;
  password: string;
}

export interface CallOptions {
  method?: 'GET' | 'PUT';
  body?: unknown;
  signal?: AbortSignal;
  /** Instead of the client's own. */
  timeoutMs?: number;
}

/** Gives status and parsed JSON (undefined when empty). Throws only `management_unreachable` and the signal's abort. */
export type Call = (
  path: string,
  o?: CallOptions,
) => Promise<{ status: number; body: unknown; reason: string | null }>;

/** Sockets that a restarted broker left behind fail at their next use; asking once more then is right, for reads. */
const STALE_SOCKET = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);
/** No connection came about. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** Asks one address; when it does not answer, the next, and stays with the one that did. */
export function createCall(c: ManagementCredentials, timeoutMs: number): Call {
  const calls = c.url.split(/,(?=https?:)/).map((url) => callAt({ ...c, url }, timeoutMs));
  let at = 0;
  return async (path, o = {}) => {
    const first = at;
    for (let i = 0; ; i++) {
      const index = (first + i) % calls.length;
      const call = calls[index] ?? callAt(c, timeoutMs);
      const isLast = i + 1 >= calls.length;
      try {
        const answer = await call(path, o);
        // a node that boots answers 503 to everything; of alarms the answer itself is 503
        if (answer.status === 503 && !isLast && !path.startsWith('/api/health/')) continue;
        at = index;
        return answer;
      } catch (error) {
        // Whoever asked has waited for this one for long enough: a node that hangs is not asked first again.
        if (o.signal?.aborted && at === index) at = (index + 1) % calls.length;
        if (isLast || !mayAskAnother(error, o)) throw error;
      }
    }
  };
}

/** A change is sent again only when it cannot have been made. */
function mayAskAnother(error: unknown, o: CallOptions): boolean {
  if (o.signal?.aborted || !isHoplightError(error) || error.code !== 'management_unreachable') return false;
  return (o.method ?? 'GET') === 'GET' || NEVER_SENT.has(causeCode(error.cause));
}

function callAt(c: ManagementCredentials, timeoutMs: number): Call {
  const base = c.url.replace(/\/+$/, '');
  const authorization = `Basic ${Buffer.from(`${c.user}:${c.password}`).toString('base64')}`;

  const once: Call = async (path, o = {}) => {
    const timeout = AbortSignal.timeout(o.timeoutMs ?? timeoutMs);
    const response = await fetch(`${base}${path}`, {
      method: o.method ?? 'GET',
      headers: {
        authorization,
        accept: 'application/json',
        // Packing a long list costs the broker a good part of what making it does.
        'accept-encoding': 'identity',
        ...(o.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: o.body === undefined ? undefined : JSON.stringify(o.body),
      // A proxy that redirects would be sent the credentials at a place that nobody configured.
      redirect: 'manual',
      cache: 'no-store',
      signal: o.signal ? AbortSignal.any([o.signal, timeout]) : timeout,
    });
    const text = await response.text();
    return read(base, path, response.status, text);
  };

  return async (path, o = {}) => {
    try {
      return await once(path, o);
    } catch (error) {
      if (o.signal?.aborted || error instanceof HoplightError) throw error;
      const code = causeCode(error);
      if (STALE_SOCKET.has(code) && (o.method ?? 'GET') === 'GET') {
        try {
          return await once(path, o);
        } catch (again) {
          if (o.signal?.aborted || again instanceof HoplightError) throw again;
          throw unreachable(base, causeCode(again), o.timeoutMs ?? timeoutMs, again);
        }
      }
      throw unreachable(base, code, o.timeoutMs ?? timeoutMs, error);
    }
  };
}

function read(base: string, path: string, status: number, text: string) {
  let body: unknown;
  try {
    body = text === '' ? undefined : JSON.parse(text);
  } catch (cause) {
    // 5xx while a node boots comes as plain text; a 2xx that is not JSON is no management API.
    if (status < 400)
      throw new HoplightError('management_unreachable', `${base}${path} answers, but not with JSON.`, {
        next: 'Check MANAGEMENT_URL: it should be the address of the RabbitMQ management UI.',
        cause,
      });
  }
  if (status >= 500 && status !== 503)
    throw new HoplightError('management_unreachable', `The management API at ${base} answers ${status}.`, {
      next: 'The node may still be starting. If it lasts, look into the broker’s log.',
    });
  if (status >= 300 && status < 400)
    throw new HoplightError('management_unreachable', `${base} redirects elsewhere (${status}).`, {
      next: 'Set MANAGEMENT_URL to the address that it redirects to.',
    });
  const named = typeof body === 'object' && body !== null && 'reason' in body ? body.reason : null;
  return { status, body, reason: typeof named === 'string' ? named : null };
}

function unreachable(base: string, code: string, timeoutMs: number, cause: unknown): HoplightError {
  const trouble = tlsTrouble(code, 'MANAGEMENT_URL');
  const [what, next] = trouble
    ? [`${base}: ${trouble.what}`, trouble.next]
    : code === 'ECONNREFUSED'
      ? [
          `Nothing listens at ${base}`,
          'Start the broker, or its management plugin: rabbitmq-plugins enable rabbitmq_management',
        ]
      : code === 'TIMEOUT'
        ? [
            `${base} did not answer within ${timeoutMs / 1000} s`,
            'Check that the host is up and that no firewall drops the way to it.',
          ]
        : code === 'ENOTFOUND' || code === 'EAI_AGAIN'
          ? [`The host name in ${base} is not known`, 'Correct MANAGEMENT_URL, or the name service.']
          : [`The connection to ${base} broke${code ? ` (${code})` : ''}`, 'It is tried again by itself.'];
  return new HoplightError('management_unreachable', `The management API does not answer: ${what}.`, {
    next,
    cause,
  });
}
