/**
 * JSON over HTTP as the browser does it: every failure a problem in words. Answers are not checked against schemas
 * here: they come from handlers that are compiled against the very types that the caller names (`json` in
 * app/api/_answer.ts), as long as page and server are of one build. That is what is checked (ADR 8).
 */
import type { Problem } from '@/lib/model/errors';

/** The build that this page is of; empty where nothing was built (tests). */
const BUILD = process.env.HOPLIGHT_BUILD ?? '';

/** What a page of an earlier build than the server's has to say. */
export const PAGE_IS_OLD = 'This page is older than the server: load it again';

/** True when the server says that it is of another build. One that says nothing is believed. */
export function isOtherBuild(build: string | null): boolean {
  return BUILD !== '' && build !== null && build !== BUILD;
}

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

/** RFC 9457 as our own server writes it; anything else came from something in between. */
function isProblem(value: unknown): value is Problem {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'detail' in value &&
    typeof value.detail === 'string' &&
    'code' in value &&
    typeof value.code === 'string' &&
    'status' in value &&
    typeof value.status === 'number'
  );
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
  headers?: Readonly<Record<string, string>>;
}

/**
 * Calls a door of our own API. `T` is the type that its handler answers with; for a 204, which has no body, it is
 * `true`. Throws ApiError: the server's problem, or a local one when no answer came, it was no JSON, or the server is
 * of another build than this page. 401 leads to the sign-in page.
 */
export async function call<T>(url: string, { method = 'GET', body, signal, headers }: Call = {}): Promise<T> {
  const writes = method !== 'GET';
  let response: Response;
  try {
    response = await fetch(url, {
      method,
      headers: {
        accept: 'application/json',
        ...(writes ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
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
  if (!response.ok) {
    if (response.status === 401 && !url.startsWith('/api/session')) goToSignIn();
    const problem: unknown = await response.json().catch(() => null);
    if (isProblem(problem)) throw new ApiError(problem);
    throw local(
      response.status,
      'internal',
      `The server answered ${response.status} without saying why`,
      writes ? 'Whether it was done is not known' : 'Nothing was read',
      'Look at the log of Hoplight, then try again.',
    );
  }
  if (isOtherBuild(response.headers.get('x-hoplight-build')))
    throw local(
      response.status,
      'page_outdated',
      PAGE_IS_OLD,
      writes ? 'It was done; only the answer is not shown' : 'Nothing is shown of its answer',
      'What you typed on the Publish page is kept.',
    );
  try {
    return await bodyOf<T>(response);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw local(
      response.status,
      'not_understood',
      `The answer of ${url.split('?')[0]} is not JSON, or it broke off`,
      writes ? 'It was done; only the answer could not be read' : 'Nothing is shown of it',
      'Look at what stands between this browser and Hoplight, then try again.',
    );
  }
}

/** Throws SyntaxError when it is not JSON. */
async function bodyOf<T>(response: Response): Promise<T> {
  if (response.status === 204) return JSON.parse('true');
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) throw new SyntaxError('not JSON');
  return response.json();
}
