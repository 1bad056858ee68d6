import { HoplightError, isHoplightError } from '../model/errors.ts';

/** Passes an error on that came before anything was sent, and says that. For `.catch(nothingSent)`. */
export function nothingSent(error: unknown): never {
  if (!isHoplightError(error)) throw error;
  throw new HoplightError(error.code, error.message, { notDone: 'Nothing was sent.', ...error.more });
}
