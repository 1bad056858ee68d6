/** What the filter box offers for the word that is being typed. Pure. */
import { journeyStatuses } from '@/lib/model/names';
import { splitWord, wordOf } from '../_parts/find/filter-text';
import { FIELDS, type Field } from '../_parts/find/question';

export interface Suggestion {
  /** Takes the place of the word; a whole condition, or `field:` to go on with. */
  word: string;
  label: string;
  hint: string;
}

/** Names that are known: of the live picture, and of the rows in sight. */
export type Known = Partial<Record<Field, readonly string[]>>;

export const HINTS: Record<Field, string> = {
  queue: 'a queue that it went to',
  exchange: 'an exchange that it was published to',
  key: 'its routing key; * is one word, # any number',
  header: 'name=value, or a name alone',
  status: 'where it stands now',
  reason: 'why it died',
  client: 'part of a user, connection or service',
  text: 'in the body, as far as it is kept',
  from: '15m, 1h, 10:03 or a date',
  to: '15m, 1h, 10:03 or a date',
  vhost: 'its virtual host',
};

export const REASONS = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const;

const FIXED: Known = {
  status: journeyStatuses,
  reason: REASONS,
  from: ['15m', '1h', '24h', '7d'],
};

const MOST = 8;

/** The word at the end of the text; empty after white space. */
export function lastWord(text: string): string {
  return /(?:[^\s"]|"(?:[^"\\]|\\.)*"?)*$/.exec(text)?.[0] ?? '';
}

export function suggestionsFor(text: string, known: Known): Suggestion[] {
  const word = lastWord(text);
  if (word === '') return [];
  const split = splitWord(word);
  const low = word.toLowerCase();
  if (!split)
    return FIELDS.filter((f) => f.startsWith(low)).map((f) => ({
      word: `${f}:`,
      label: `${f}:`,
      hint: HINTS[f],
    }));
  const wanted = split.value.replaceAll('"', '').toLowerCase();
  const names = [...new Set([...(FIXED[split.field] ?? []), ...(known[split.field] ?? [])])];
  return names
    .filter((name) => name.toLowerCase().includes(wanted))
    .sort((a, b) => place(a, wanted) - place(b, wanted))
    .slice(0, MOST)
    .map((name) => ({
      word: wordOf({ field: split.field, value: name }),
      label: name === '' ? '(default exchange)' : name,
      hint: '',
    }));
}

/** Names that begin with it stand first. */
function place(name: string, wanted: string): number {
  return name.toLowerCase().startsWith(wanted) ? 0 : 1;
}
