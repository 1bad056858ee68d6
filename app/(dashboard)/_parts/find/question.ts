/** What the list is asked for, between the page's URL, the filter box and the API. Pure. */
import { whenOf } from './filter-times';

/** In the order in which the filter menu shows them. `vhost` is the scope of all screens. */
export const FIELDS = [
  'queue',
  'exchange',
  'key',
  'header',
  'status',
  'reason',
  'client',
  'text',
  'from',
  'to',
  'vhost',
] as const;
export type Field = (typeof FIELDS)[number];

export interface Condition {
  field: Field;
  value: string;
}

/** `q`: any ID or word. Of each field there is one condition, but of `header` several, which must all hold. */
export interface Question {
  q: string;
  conditions: readonly Condition[];
}

/** The API's own limits. */
const MOST_HEADERS = 8;
export const PAGE = 100;

const isField = (name: string): name is Field => FIELDS.some((field) => field === name);

/** Conditions in the URL's order; the first of a field that may be there once. */
export function questionOf(params: Iterable<[string, string]>): Question {
  let q = '';
  let conditions: readonly Condition[] = [];
  for (const [name, value] of params) {
    if (name === 'q') q = value.trim();
    else if (isField(name) && (name === 'header' || !conditions.some((c) => c.field === name)))
      conditions = withCondition(conditions, { field: name, value });
  }
  return { q, conditions };
}

/** Added at its end, or in place of the one of its field. */
export function withCondition(list: readonly Condition[], added: Condition): readonly Condition[] {
  if (added.field !== 'header') {
    const at = list.findIndex((c) => c.field === added.field);
    return at < 0 ? [...list, added] : list.with(at, added);
  }
  const headers = list.filter((c) => c.field === 'header');
  const known = headers.some((c) => c.value === added.value) || headers.length >= MOST_HEADERS;
  return known ? list : [...list, added];
}

export function askedOf(question: Question, field: Field): string | null {
  return question.conditions.find((c) => c.field === field)?.value ?? null;
}

/** The page's parameters with this question in them; others (`live`, `view`) stay. */
export function paramsWith(params: URLSearchParams, { q, conditions }: Question): URLSearchParams {
  const kept = [...params].filter(([name]) => name !== 'q' && !isField(name));
  const asked = conditions.map(({ field, value }): [string, string] => [field, value]);
  return new URLSearchParams([...(q ? [['q', q]] : []), ...asked, ...kept]);
}

/** What tells one question from another, whatever the order and the time of asking. */
export function viewText({ q, conditions }: Question): string {
  return JSON.stringify([q, ...conditions.map((c) => `${c.field}:${c.value}`).sort()]);
}

/**
 * As the API takes it. Times are told from `now`, ms since 1970; one that cannot be read goes as it is, so that the API says
 * why. A number of seconds since is rounded, as it moves with each asking.
 */
export function queryText({ q, conditions }: Question, now: number): string {
  const params = new URLSearchParams({ limit: String(PAGE) });
  if (q) params.set('q', q);
  for (const { field, value } of conditions) {
    const time = field === 'from' || field === 'to' ? whenOf(value, now) : null;
    params.append(field, time === null ? value : String(Math.round(time)));
  }
  params.sort();
  return params.toString();
}

/** The first page and those read after it, each journey once, where it stands newest. */
export function joinPages<T extends { id: string }>(first: readonly T[], older: readonly T[]): T[] {
  const seen = new Set(first.map((j) => j.id));
  return [...first, ...older.filter((j) => !seen.has(j.id) && seen.add(j.id))];
}
