/** Errors are named by what the reader does next. The HTTP door turns them into RFC 9457 problems with a stable `code`. */
import { z } from 'zod';

export const problemCodes = {
  bad_input: 400,
  malformed_json: 400,
  unauthenticated: 401,
  forbidden: 403,
  origin_refused: 403,
  not_found: 404,
  conflict: 409,
  consent_needed: 409,
  too_large: 413,
  unsupported_media_type: 415,
  host_refused: 421,
  too_many_requests: 429,
  internal: 500,
  broker_unreachable: 503,
  broker_blocked: 503,
  management_unreachable: 503,
  busy: 503,
  stopping: 503,
} as const;
export type ProblemCode = keyof typeof problemCodes;

export const problemSchema = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number(),
  code: z.string(),
  /** What happened. */
  detail: z.string(),
  /** What was not done because of it. */
  notDone: z.string().optional(),
  /** What to do next. */
  next: z.string().optional(),
  /** For bad input: each field with what is wrong about it. */
  errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  retryAfterSeconds: z.number().optional(),
});
export type Problem = z.infer<typeof problemSchema>;

export interface ProblemMore {
  notDone?: string;
  next?: string;
  errors?: { path: string; message: string }[];
  retryAfterSeconds?: number;
  cause?: unknown;
}

/** An expected refusal or failure. `message` says what happened, in words for the person who asked. */
export class HoplightError extends Error {
  readonly code: ProblemCode;
  readonly more: ProblemMore;
  constructor(code: ProblemCode, message: string, more: ProblemMore = {}) {
    super(message, { cause: more.cause });
    this.name = 'HoplightError';
    this.code = code;
    this.more = more;
  }
  get status(): number {
    return problemCodes[this.code];
  }
}

/** zod's issues as the `errors` list of a 400; `what` names the door ("the request body", "the query"). */
export function badInput(what: string, error: z.ZodError, notDone?: string): HoplightError {
  const errors = error.issues.map((i) => ({ path: i.path.map(String).join('.'), message: i.message }));
  const first = errors[0];
  return new HoplightError(
    'bad_input',
    `${what} is not valid${first ? `: ${first.path ? `${first.path}: ` : ''}${first.message}` : ''}`,
    {
      errors,
      notDone,
      next: 'Correct the fields named in errors and send it again.',
    },
  );
}

/** By name, not by class: routes and instrumentation are separate bundles with a copy of the class each. */
export function isHoplightError(error: unknown): error is HoplightError {
  return error instanceof Error && error.name === 'HoplightError' && 'code' in error && 'more' in error;
}
