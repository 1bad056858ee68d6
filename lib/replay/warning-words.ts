/** How the rules of a plan say what they found. */
import type { PlanWarning } from '../model/replay.ts';
import type { PlanView } from './plan-input.ts';

/** One thing to know, agree to or mend; nothing when all is well. Pure. */
export type Rule = (view: PlanView) => PlanWarning[];

export const refuse = (code: string, words: string): PlanWarning => ({ code, level: 'refuse', words });
export const consent = (code: string, words: string): PlanWarning => ({ code, level: 'consent', words });
export const note = (code: string, words: string): PlanWarning => ({ code, level: 'note', words });
export const count = (n: number) => n.toLocaleString('en-US');
export const messages = (n: number) => (n === 1 ? '1 message' : `${count(n)} messages`);
export const nameOf = (a: { exchange: string; routingKey: string }) =>
  a.exchange === '' ? `queue ${a.routingKey}` : `exchange ${a.exchange} with key ${a.routingKey}`;

/** An expiration below this is over before a consumer looks, ms. */
export const SMALL_EXPIRATION = 60_000;

/** The same words once: many targets may be alike. */
export function unique(warnings: PlanWarning[]): PlanWarning[] {
  const seen = new Set<string>();
  return warnings.filter((w) => !seen.has(w.words) && seen.add(w.words));
}
