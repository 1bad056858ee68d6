/** Why a queue cannot be read, in words. */
import { closeCause } from '../amqp/close-causes.ts';
import { HoplightError } from '../model/errors.ts';

/** Somebody consumes from it, or reads it alone. */
export function notAlone(queue: string, cause?: unknown): HoplightError {
  return new HoplightError('conflict', `Others take messages from ${queue}, so it cannot be read alone.`, {
    notDone: 'Nothing was read or sent.',
    next: 'Stop the consumers of this queue, or wait for the other replay to end.',
    cause,
  });
}

export function refusal(queue: string, error: unknown): HoplightError {
  if (error instanceof HoplightError) return error;
  const { code, words, next, problem } = closeCause(error);
  if (code === 403 && /exclusive/i.test(words)) return notAlone(queue, error);
  const missing = code === 404;
  return new HoplightError(missing ? 'not_found' : problem, missing ? `There is no queue ${queue}.` : words, {
    notDone: 'Nothing was read or sent.',
    next,
    cause: error,
  });
}
