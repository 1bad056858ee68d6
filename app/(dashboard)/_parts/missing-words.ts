/** What could not be read, one line a cause: four parts that one setting hides are one matter. Pure. */
import type { Missing } from '@/lib/model/broker';

export interface Unread {
  /** The parts, `rates, consumers`. */
  what: string;
  why: string;
  mend: string;
}

/** In their order, those with the same way to mend them as one; each sentence of why is said once. */
export function unreadOf(missing: readonly Missing[]): Unread[] {
  const byMend = Map.groupBy(missing, (m) => m.mend);
  return [...byMend].map(([mend, all]) => ({
    what: all.map((m) => m.what).join(', '),
    why: [...new Set(all.flatMap((m) => sentences(m.why)))].join(' '),
    mend,
  }));
}

/** Each ends with its full stop, as its writer may not have done. */
function sentences(words: string): string[] {
  return words
    .split(/(?<=[.!?]) (?=\p{Lu})/u)
    .filter(Boolean)
    .map((one) => (/[.!?]$/.test(one) ? one : `${one}.`));
}
