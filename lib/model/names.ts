/**
 * Names and keys that pages need at run time. Imports no schema, so that none comes into the browser with them;
 * the modules of the schemas give them again.
 */
import { errorShape } from './error-shape.ts';

/** Where a message stands, as far as facts tell. */
export const journeyStatuses = [
  'in flight',
  'delivered',
  'settled',
  'dead',
  'returned',
  'replayed',
  'unknown',
] as const;
export type JourneyStatus = (typeof journeyStatuses)[number];

/**
 * Reasons of `dropped` by which nothing is lost that was wanted: Hoplight's own reading, what was told before by another
 * event, and what somebody chose to leave out.
 */
export const setAsideReasons: readonly string[] = [
  'own traffic',
  'not a death',
  'death told before',
  'stored before',
  'given again',
  'not sampled',
  'out of scope',
];

/** `name` unique in its vhost; this joins both without a clash (no vhost contains NUL). */
export function queueKey(vhost: string, name: string): string {
  return `${vhost}\u0000${name}`;
}

/**
 * One thing that needs a look, as long as it lasts: its words, figure and level may change. Dead letters that stop rising are
 * the same story.
 */
export function attentionKey(a: {
  code: string;
  vhost: string;
  queue: string;
  node?: string | undefined;
}): string {
  const story = a.code === 'dead_letters_rising' ? 'dead_letters' : a.code;
  return `${story}\u0000${a.vhost}\u0000${a.queue}\u0000${a.node ?? ''}`;
}

/**
 * The stable key of a cause: dead letters of one queue that died for one reason with errors of one shape. It goes into URLs.
 * `error` is the whole text or its shape already: the key is the same.
 */
export function causeKey(originQueue: string, reason: string, error: string | null): string {
  return JSON.stringify([originQueue, reason, error === null ? null : errorShape(error)]);
}

/** What stands in place of what was redacted before it was stored. */
export const REDACTED = '[redacted]';
