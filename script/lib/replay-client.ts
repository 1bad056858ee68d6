/** Calls Hoplight's API as a script does: HTTP Basic, and for writes its own address as `Origin`. */
import type { z } from 'zod';
import { type Problem, problemSchema } from '../../lib/model/errors.ts';
import { type ExitCode, exit } from './replay-help.ts';
import type { Access } from './replay-options.ts';
import { textOf } from './shell.ts';

/** How long one answer may take: a plan reads up to 10,000 messages first. */
const ANSWER_MS = 120_000;

/** What ended the call, in words, with the exit code that it stands for. */
export class Failure extends Error {
  override name = 'Failure';
  readonly code: ExitCode;
  readonly problem: Problem | null;
  constructor(code: ExitCode, words: string, problem: Problem | null = null) {
    super(words);
    this.code = code;
    this.problem = problem;
  }
}

/** No answer: unlike a Failure by a problem, it may be worth another try. */
export class NoAnswer extends Failure {}

export interface Client {
  get<S extends z.ZodType>(path: string, schema: S): Promise<z.output<S>>;
  post<S extends z.ZodType>(
    path: string,
    body: unknown,
    schema: S,
    headers?: Record<string, string>,
  ): Promise<z.output<S>>;
  /** The answer's text, a piece at a time. */
  text(path: string): Promise<AsyncIterable<Uint8Array>>;
}

export function createClient({ url, user, password }: Access): Client {
  const origin = new URL(url).origin;
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { authorization, origin, 'content-type': 'application/json', ...init.headers };
    const signal = AbortSignal.timeout(ANSWER_MS);
    let response: Response;
    try {
      response = await fetch(`${url}${path}`, { ...init, headers, redirect: 'error', signal });
    } catch (error) {
      const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
      throw new NoAnswer(exit.away, `Hoplight does not answer at ${url}: ${textOf(cause)}`);
    }
    if (!response.ok) throw failureOf(response.status, await response.text(), url);
    return response;
  }

  async function parsed<S extends z.ZodType>(response: Response, schema: S): Promise<z.output<S>> {
    const body: unknown = await response.json().catch(() => null);
    const read = schema.safeParse(body);
    if (read.success) return read.data;
    const [issue] = read.error.issues;
    throw new Failure(
      exit.away,
      `What answers at ${url} is no Hoplight of this version (${issue?.path.join('.')}: ${issue?.message}).`,
    );
  }

  return {
    get: async (path, schema) => parsed(await call(path), schema),
    post: async (path, body, schema, headers) =>
      parsed(await call(path, { method: 'POST', body: JSON.stringify(body), headers }), schema),
    async text(path) {
      const { body } = await call(path);
      if (!body) throw new NoAnswer(exit.away, `${path} came without a body`);
      return body;
    },
  };
}

/** 503 and 429 say nothing about the request itself; everything else is a refusal. */
export function failureOf(status: number, text: string, url: string): Failure {
  const away = status >= 500 || status === 429;
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // no JSON, so no problem of ours: the status is told below
  }
  const read = problemSchema.safeParse(body);
  if (!read.success)
    return new Failure(away ? exit.away : exit.refused, `${url} answered with status ${status}.`);
  const { detail, notDone, next, errors = [] } = read.data;
  const lines = [
    [detail, notDone, next].filter((words) => words !== undefined).join(' '),
    ...errors.filter(({ message }) => !detail.includes(message)).map((e) => `  ${e.path}: ${e.message}`),
  ];
  return new Failure(away ? exit.away : exit.refused, lines.join('\n'), read.data);
}
