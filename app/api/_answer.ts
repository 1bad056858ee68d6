/** What every route handler shares: problems as RFC 9457, JSON out, JSON in with a limit. */
import type { z } from 'zod';
import { log, wordsOf } from '@/lib/log.ts';
import { badInput, HoplightError, isHoplightError, type Problem, problemCodes } from '@/lib/model/errors.ts';

const titles: Partial<Record<keyof typeof problemCodes, string>> = {
  bad_input: 'The request is not valid',
  malformed_json: 'The body is not JSON',
  unauthenticated: 'Not signed in',
  forbidden: 'Not permitted',
  origin_refused: 'Foreign origin refused',
  not_found: 'Not found',
  conflict: 'In conflict with what is there',
  consent_needed: 'Consent is needed first',
  too_large: 'Too large',
  host_refused: 'Foreign host name refused',
  too_many_requests: 'Too many requests',
  broker_unreachable: 'The broker does not answer',
  broker_blocked: 'The broker blocks publishing',
  management_unreachable: 'The management API does not answer',
};

/** The build that this server is of: a page of another one asks to be loaded again. */
export const build = process.env.HOPLIGHT_BUILD ?? 'none';

/** Every answer of the API: never cached, never framed, never sniffed, nothing to load. */
export const apiHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'x-hoplight-build': build,
} as const;

export function problem(error: HoplightError): Response {
  const { notDone, next, errors, retryAfterSeconds } = error.more;
  const body: Problem = {
    type: `urn:hoplight:problem:${error.code}`,
    title: titles[error.code] ?? error.code.replaceAll('_', ' '),
    status: problemCodes[error.code],
    code: error.code,
    detail: error.message,
    notDone,
    next,
    errors,
    retryAfterSeconds,
  };
  return new Response(JSON.stringify(body), {
    status: body.status,
    headers: {
      ...apiHeaders,
      'content-type': 'application/problem+json',
      ...(retryAfterSeconds ? { 'retry-after': String(retryAfterSeconds) } : {}),
    },
  });
}

/**
 * Runs a handler; what it throws becomes a problem, or what `say` makes of it. An unexpected error is logged and answered
 * without its insides.
 */
export async function answer(
  work: () => Promise<Response>,
  say: (error: HoplightError) => Response = problem,
): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (isHoplightError(error)) return say(error);
    log.error('a request failed unexpectedly', {
      error: wordsOf(error),
      stack: error instanceof Error ? error.stack : undefined,
    });
    return say(
      new HoplightError('internal', 'Something went wrong inside Hoplight.', {
        notDone: 'It is not known how far the request got.',
        next: 'Look at the log; try again.',
      }),
    );
  }
}

/**
 * The schema is what docs/openapi.json promises, and its output what pages read without parsing it again: `z.output` makes
 * the compiler hold the handler to it.
 */
export function json<S extends z.ZodType>(_schema: S, value: z.output<S>, init?: ResponseInit): Response {
  const headers = new Headers(init?.headers);
  for (const [name, text] of Object.entries(apiHeaders)) headers.set(name, text);
  headers.set('content-type', 'application/json');
  return new Response(JSON.stringify(value), { ...init, headers });
}

/** Bytes of a body that is too large which are still read, so that its sender is there to read the answer. */
const MOST_DISCARDED = 64 * 1024 * 1024;

/**
 * The body, or `too_large`. It is never cancelled: that would cut the line under a sender that has not finished, which
 * then sees a broken connection and not the answer. Only `signal` cuts it, with `busy`.
 */
export async function readLimited(request: Request, maxBytes: number, signal?: AbortSignal): Promise<Buffer> {
  const announced = Number(request.headers.get('content-length') ?? 0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  if (request.body && announced <= maxBytes) {
    const reader = request.body.getReader();
    const cut = () => void reader.cancel().catch(() => {});
    signal?.addEventListener('abort', cut, { once: true });
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      size += part.value.byteLength;
      if (size <= maxBytes) chunks.push(part.value);
      else chunks.length = 0;
      if (size > maxBytes + MOST_DISCARDED) break;
    }
  }
  if (signal?.aborted)
    throw new HoplightError('busy', 'The body did not come in time.', {
      notDone: 'Nothing was done.',
      next: 'Send it again.',
      retryAfterSeconds: 1,
    });
  if (Math.max(announced, size) <= maxBytes) return Buffer.concat(chunks);
  throw new HoplightError('too_large', `The body is larger than ${maxBytes.toLocaleString('en')} bytes.`, {
    notDone: 'Nothing was done.',
  });
}

/** JSON.parse, but a field named `__proto__` is refused: the schemas would leave it out without a word. */
function parseJson(text: string): unknown {
  // only a text that can hold the name, as it is or escaped, is worth the slower way
  if (!/__proto__|\\u00/i.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key: string, value: unknown) => {
    if (key !== '__proto__') return value;
    throw new HoplightError('bad_input', 'The request holds a field named __proto__, which is not taken.', {
      errors: [{ path: '__proto__', message: 'not taken' }],
      notDone: 'Nothing was done.',
      next: 'Leave it out, or give it another name.',
    });
  });
}

/** Reads at most `maxBytes`, parses JSON, then the schema. */
export async function readBody<S extends z.ZodType>(
  request: Request,
  schema: S,
  maxBytes = 1_048_576,
): Promise<z.output<S>> {
  const bytes = await readLimited(request, maxBytes);
  let value: unknown;
  try {
    value = parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    if (isHoplightError(cause)) throw cause;
    throw new HoplightError('malformed_json', `The body is not JSON: ${wordsOf(cause).slice(0, 200)}`, {
      notDone: 'Nothing was done.',
      cause,
    });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw badInput('The request', parsed.error, 'Nothing was done.');
  return parsed.data;
}

/** The query's parameters by the schema; a parameter given twice is refused, not guessed. */
export function readQuery<S extends z.ZodType>(request: Request, schema: S): z.output<S> {
  const params = new URL(request.url).searchParams;
  const names = [...new Set(params.keys())];
  const values = names.map((name): [string, string | string[]] => {
    const all = params.getAll(name);
    return [name, all.length > 1 ? all : (all[0] ?? '')];
  });
  const parsed = schema.safeParse(Object.fromEntries(values));
  if (parsed.success) return parsed.data;
  const twice = values.find(
    ([name, v]) => Array.isArray(v) && parsed.error.issues.some((i) => i.path[0] === name),
  );
  if (twice?.[1].length && parsed.error.issues.every((i) => i.path[0] !== twice[0] || i.path.length === 1))
    throw new HoplightError('bad_input', `The parameter ${twice[0].slice(0, 100)} is given twice.`);
  throw badInput('The query', parsed.error);
}
