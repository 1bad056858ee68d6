import type { Header } from './message.ts';

/** The last header of that exact name, or undefined. */
export function headerValue(headers: readonly Header[], name: string): Header['value'] | undefined {
  return headers.findLast((h) => h.name === name)?.value;
}
