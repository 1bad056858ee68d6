/** Where a page of journeys ended, as text that travels in URLs. */
import { HoplightError } from '../../model/errors.ts';

export interface Position {
  at: number;
  number: number;
}

export const START: Position = { at: Number.MAX_VALUE, number: Number.MAX_SAFE_INTEGER };

export function cursorOf({ at, number }: Position): string {
  return `${at}_${number}`;
}

/** Throws `bad_input`. */
export function readCursor(text: string): Position {
  const [at = Number.NaN, number = Number.NaN, ...more] = text.split('_').map(Number);
  if (more.length > 0 || !Number.isFinite(at) || !Number.isSafeInteger(number))
    throw new HoplightError('bad_input', 'The cursor is not one that a page of journeys gave.', {
      next: 'Leave cursor out to begin with the newest.',
    });
  return { at, number };
}
