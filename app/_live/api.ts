/** JSON over HTTP as the browser does it: every answer parsed, every failure a problem in words. */
import { z } from 'zod';
import { type Problem, problemSchema } from '@/lib/model/errors';

// zod would otherwise try `new Function`, which the Content Security Policy refuses and reports
z.config({ jitless: true });

/** What a call that did not succeed throws. `problem` is for the `Problem` component. */
export class ApiError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'ApiError';
    this.problem = problem;
  }
}

/** Any thrown value as a problem, so that no failure is shown without words. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiError) return error.problem;
  const detail = error instanceof Error ? error.message : String(error);
  return { type: 'about:blank', title: 'Failed', status: 0, code: 'internal', detail };
}

function local(status: number, code: string, detail: string, notDone: string, next: string): ApiError {
  return new ApiError({ type: 'about:blank', title: detail, status, code, detail, notDone, next });
}

/** To the sign-in page and back here afterwards. */
export function goToSignIn(): void {
  const here = `${location.pathname}${location.search}`;
  location.replace(`/sign-in?next=${encodeURIComponent(here)}`);
}

export interface Call {
  method?: 'GET' | 'POST' | 'DELETE';
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal;
}

/**
 * Calls a door of our own API and parses its answer. Throws ApiError: the server's problem, or a local one when no
 * answer came or it could not be understood. 401 leads to the sign-in page.
 */
export async function call<T>(
  url: string,
  schema: z.ZodType<T>,
  { method = 'GET', body, signal }: Call = {},
): Promise<T> {
  const writes = method !== 'GET';
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: { accept: 'application/json', ...(writes ? { 'content-type': 'application/json' } : {}) },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      cache: 'no-store',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw local(
      0,
      'unreachable',
      'Hoplight did not answer',
      writes ? 'Whether it was done is not known' : 'Nothing was read',
      'Check that it runs and that this browser can reach it, then try again.',
    );
  }
  const type = response.headers.get('content-type') ?? '';
  const json: unknown = /\bjson\b/.test(type) ? await response.json().catch(() => null) : null;
  if (!response.ok) {
    if (response.status === 401 && !url.startsWith('/api/session')) goToSignIn();
    const problem = problemSchema.safeParse(json);
    if (problem.success) throw new ApiError(problem.data);
    throw local(
      response.status,
      'internal',
      `The server answered ${response.status} without saying why`,
      writes ? 'Whether it was done is not known' : 'Nothing was read',
      'Look at the log of Hoplight, then try again.',
    );
  }
  const parsed = schema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw local(
    response.status,
    'not_understood',
    `The answer of ${url.split('?')[0]} was not understood${issue ? ` (${issue.path.join('.')}: ${issue.message})` : ''}`,
    writes ? 'It was done; only the answer could not be read' : 'Nothing is shown of it',
    'This page may be older than the server: load it again.',
  );
}
