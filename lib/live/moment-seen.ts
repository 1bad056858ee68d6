/** Something that was seen to happen, and what tells it from others. Pure. */
import { createHash } from 'node:crypto';
import type { Moment, MomentKind } from '../model/moment.ts';

export interface Seen {
  /** Equal where it is the same thing, whichever way it was heard. */
  about: string;
  moment: Moment;
  /** Its words say why: they are better than what was told before. */
  why?: boolean;
}

export function about(kind: MomentKind, ...of: readonly (string | null)[]): string {
  return JSON.stringify([kind, ...of]);
}

/** The same thing at the same time has the same ID. */
export function idOf(at: number, what: string): string {
  return `${Math.floor(at).toString(16).padStart(12, '0')}-${createHash('sha256').update(what).digest('hex').slice(0, 16)}`;
}

/** What was known of the same already, with what is better known now; null: nothing is. */
export function merged(old: Moment, { moment, why = false }: Omit<Seen, 'about'>): Moment | null {
  const isTold = moment.source === 'told';
  const next: Moment = {
    ...old,
    // the broker's time is the right one
    at: isTold ? moment.at : old.at,
    source: isTold ? 'told' : old.source,
    words: why || (isTold && !old.words.includes(': ')) ? moment.words : old.words,
  };
  return next.at === old.at && next.words === old.words && next.source === old.source ? null : next;
}
