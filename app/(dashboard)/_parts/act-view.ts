/** Acts of the audit log as lists show them. Pure. */
import type { Shape } from '@/app/_ui/hop';

/** A result in its hue; null for words that are not known, which stay plain. */
export function outcomeShape(outcome: string): Shape | null {
  if (/^(settled|done|confirmed|ok|succeeded)/i.test(outcome)) return 'settled';
  if (/^(failed|refused|rejected|forbidden)/i.test(outcome)) return 'dead';
  if (/^(returned|cancelled|interrupted)/i.test(outcome)) return 'returned';
  if (/^unknown/i.test(outcome)) return 'unknown';
  return null;
}

/** "done: 12 confirmed" → "done", "12 confirmed". */
export function outcomeParts(outcome: string): { word: string; rest: string } {
  const at = outcome.indexOf(':');
  return at < 0
    ? { word: outcome, rest: '' }
    : { word: outcome.slice(0, at), rest: outcome.slice(at + 1).trim() };
}
