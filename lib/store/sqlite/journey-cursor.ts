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
  const [at, number] = numbersOf(text);
  return { at, number };
}

/** Of a search through bodies: the fact that was looked at last. */
export interface TextPosition {
  segment: number;
  seq: number;
}

const TEXT = 'text_';

export function textCursorOf({ segment, seq }: TextPosition): string {
  return `${TEXT}${segment}_${seq}`;
}

export function isTextCursor(text: string): boolean {
  return text.startsWith(TEXT);
}

/** Throws `bad_input`. */
export function readTextCursor(text: string): TextPosition {
  const [segment, seq] = numbersOf(isTextCursor(text) ? text.slice(TEXT.length) : '');
  return { segment, seq };
}

function numbersOf(text: string): [number, number] {
  const [first = Number.NaN, second = Number.NaN, ...more] = text.split('_').map(Number);
  if (more.length > 0 || !Number.isFinite(first) || !Number.isSafeInteger(second))
    throw new HoplightError('bad_input', 'The cursor is not one that a page of journeys gave.', {
      next: 'Leave cursor out to begin with the newest.',
    });
  return [first, second];
}
