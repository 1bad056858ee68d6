/**
 * The filter of dead letters as people type it, and back. Terms stand side by side and all must hold:
 *
 *   header.x-tenant=acme   header.x-tenant   $.order.id=9871   $.items[*].sku   origin=billing   reason=rejected
 *   error="timeout calling"   exchange=orders   key=order.created   after=2026-11-21T10:00Z   before=10:30   after=-15m
 *   cause="[\"billing\",\"rejected\",null]" (any of several)   and words of their own: text in body, headers or IDs
 *
 * A value with blanks is put in double quotes; within them \" and \\ stand for " and \. Pure, and free of schemas: the
 * screens, the API and the command line read it with the same rules. What it answers passes `letterFilterSchema`.
 */
import { jsonPathText, parseJsonPath } from './json-path.ts';
import type { LetterFilter } from './letter-filter.ts';
import { readWhereTime, type WhereClock, whereTime } from './where-time.ts';

/** `at`: where in the text, counted in characters from 0. */
export type Where = { filter: LetterFilter } | { error: string; at: number };

/** Names of terms with one value, each with the part of the filter that it sets and its longest value. */
const SINGLE = {
  origin: { part: 'origin', most: 255, empty: false },
  reason: { part: 'reason', most: 64, empty: false },
  error: { part: 'error', most: 1_000, empty: false },
  exchange: { part: 'exchange', most: 255, empty: true },
  key: { part: 'key', most: 255, empty: true },
} as const;
const TIMES = { after: 'from', before: 'to' } as const;
/** For help and completion. */
export const whereNames = [...Object.keys(SINGLE), ...Object.keys(TIMES), 'cause', 'header.', '$.'] as const;

const MOST_TERMS = 16;
const MOST_CAUSES = 200;
const MOST_TEXT = 1_000;

class WhereError extends Error {
  readonly at: number;
  constructor(words: string, at: number) {
    super(words);
    this.at = at;
  }
}

/** Times without a zone are read by `clock` (default: UTC, now). Never throws. */
export function parseWhere(text: string, clock: WhereClock = { now: Date.now(), zone: 'utc' }): Where {
  try {
    return { filter: new Reader(text, clock).read() };
  } catch (error) {
    if (error instanceof WhereError) return { error: error.message, at: error.at };
    throw error;
  }
}

/** `parseWhere` of it gives the same filter again (paths: in meaning). Empty for a filter that lets everything pass. */
export function whereText(filter: LetterFilter): string {
  const terms: string[] = [];
  for (const { name, value } of filter.headers ?? [])
    terms.push(
      `header.${/^[^\s="]+$/.test(name) ? name : quoted(name)}${value === undefined ? '' : `=${shown(value)}`}`,
    );
  for (const { path, value } of filter.json ?? [])
    terms.push(`${plainPath(path)}${value === undefined ? '' : `=${shown(value)}`}`);
  for (const [name, { part }] of Object.entries(SINGLE)) {
    const value = filter[part];
    if (value !== undefined) terms.push(`${name}=${shown(value)}`);
  }
  for (const [name, part] of Object.entries(TIMES)) {
    const at = filter[part];
    if (at !== undefined) terms.push(`${name}=${whereTime(at)}`);
  }
  for (const cause of filter.causes ?? []) terms.push(`cause=${quoted(cause)}`);
  if (filter.text !== undefined) terms.push(isPlainText(filter.text) ? filter.text : quoted(filter.text));
  return terms.join(' ');
}

class Reader {
  readonly #text: string;
  readonly #clock: WhereClock;
  readonly #filter: LetterFilter = {};
  #at = 0;
  /** Whether the term before was a bare word: words that stand together are one text. */
  #wordBefore = false;

  constructor(text: string, clock: WhereClock) {
    this.#text = text;
    this.#clock = clock;
  }

  read(): LetterFilter {
    for (;;) {
      this.#at += this.#match(/\s*/y).length;
      if (this.#at >= this.#text.length) return this.#filter;
      this.#term();
      if (this.#at < this.#text.length && !/\s/.test(this.#text[this.#at] ?? ''))
        throw new WhereError('A blank belongs between two terms.', this.#at);
    }
  }

  #term(): void {
    const start = this.#at;
    const rest = this.#text.slice(start, start + 8);
    const name = this.#match(/[a-z][\w-]*(?==)/iy);
    if (rest.startsWith('"')) this.#words(this.#quoted(), start, false);
    else if (/^header\./i.test(rest)) this.#header(start);
    else if (/^\$[.[]/.test(rest)) this.#path(start);
    else if (name === '') this.#words(this.#take(/\S+/y), start, true);
    else this.#named(name, start);
  }

  #named(name: string, start: number): void {
    this.#at += name.length + 1;
    this.#wordBefore = false;
    const key = name.toLowerCase();
    if (isKey(SINGLE, key)) this.#single(key, start);
    else if (isKey(TIMES, key)) this.#time(key, start);
    else if (key === 'cause') this.#cause(start);
    else
      throw new WhereError(
        `There is no term ${name}=. Known: ${whereNames.join(', ')}. To look for it as text, put it in quotes.`,
        start,
      );
  }

  #header(start: number): void {
    this.#wordBefore = false;
    this.#at += 'header.'.length;
    const name = this.#text[this.#at] === '"' ? this.#quoted() : this.#take(/[^\s="]+/y);
    if (name === '') throw new WhereError('Name the header: header.x-tenant=acme', start);
    atMost(name, 255, 'The header name', start);
    const value = this.#value();
    this.#filter.headers ??= [];
    const headers = this.#filter.headers;
    if (headers.length >= MOST_TERMS) throw new WhereError(`At most ${MOST_TERMS} headers.`, start);
    headers.push(value === undefined ? { name } : { name, value: atMost(value, 1_000, 'The value', start) });
  }

  #path(start: number): void {
    this.#wordBefore = false;
    const path = this.#take(PATH);
    if (parseJsonPath(path) === null)
      throw new WhereError('Not a JSON path such as $.order.id or $.items[*].sku', start);
    const value = this.#value();
    this.#filter.json ??= [];
    const json = this.#filter.json;
    if (json.length >= MOST_TERMS) throw new WhereError(`At most ${MOST_TERMS} JSON paths.`, start);
    json.push(value === undefined ? { path } : { path, value: atMost(value, 1_000, 'The value', start) });
  }

  #single(name: keyof typeof SINGLE, start: number): void {
    const { part, most, empty } = SINGLE[name];
    const value = this.#bareOrQuoted();
    if (this.#filter[part] !== undefined) throw new WhereError(`${name}= is given twice.`, start);
    if (value === '' && !empty) throw new WhereError(`${name}= has no value.`, start);
    this.#filter[part] = atMost(value, most, `The value of ${name}=`, start);
  }

  #time(name: keyof typeof TIMES, start: number): void {
    const at = readWhereTime(this.#bareOrQuoted(), this.#clock);
    if (this.#filter[TIMES[name]] !== undefined) throw new WhereError(`${name}= is given twice.`, start);
    if (at === null)
      throw new WhereError(
        `${name}= takes a time: 10:30, 2026-11-21, 2026-11-21T10:00Z, or -15m for a quarter of an hour ago.`,
        start,
      );
    this.#filter[TIMES[name]] = at;
  }

  #cause(start: number): void {
    const key = this.#bareOrQuoted();
    if (key === '') throw new WhereError('cause= has no value.', start);
    this.#filter.causes ??= [];
    const causes = this.#filter.causes;
    if (causes.length >= MOST_CAUSES) throw new WhereError(`At most ${MOST_CAUSES} causes.`, start);
    causes.push(atMost(key, 4_096, 'The key of a cause', start));
  }

  #words(words: string, start: number, bare: boolean): void {
    const before = this.#filter.text;
    if (words === '') throw new WhereError('The text is empty.', start);
    if (before !== undefined && !(bare && this.#wordBefore))
      throw new WhereError('There are two texts apart from each other: only one can be looked for.', start);
    this.#filter.text = atMost(
      before === undefined ? words : `${before} ${words}`,
      MOST_TEXT,
      'The text',
      start,
    );
    this.#wordBefore = bare;
  }

  /** What follows a `=`; undefined where there is none. */
  #value(): string | undefined {
    if (this.#text[this.#at] !== '=') return undefined;
    this.#at++;
    return this.#bareOrQuoted();
  }

  #bareOrQuoted(): string {
    return this.#text[this.#at] === '"' ? this.#quoted() : this.#take(/\S*/y);
  }

  #quoted(): string {
    const start = this.#at;
    const found = this.#take(/"(?:[^"\\]|\\[\s\S])*"/y);
    if (found === '') throw new WhereError('A quote is opened here and not closed.', start);
    return found.slice(1, -1).replace(/\\(["\\])/g, '$1');
  }

  #take(pattern: RegExp): string {
    const found = this.#match(pattern);
    this.#at += found.length;
    return found;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0] ?? '';
  }
}

/** A path as far as it goes without a blank or a `=` outside of quotes. */
const PATH = /\$(?:[^\s='"]|'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")*/y;

function plainPath(path: string): string {
  PATH.lastIndex = 0;
  return PATH.exec(path)?.[0] === path ? path : (jsonPathText(path) ?? path);
}

function atMost(value: string, most: number, what: string, at: number): string {
  if (value.length > most) throw new WhereError(`${what} is longer than ${most} characters.`, at);
  return value;
}

function isKey<T extends object>(table: T, name: string): name is string & keyof T {
  return Object.hasOwn(table, name);
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`;
}

function shown(value: string): string {
  return /^[^\s"][^\s]*$/.test(value) ? value : quoted(value);
}

/** Words that are read back as they are: single blanks, and nothing that looks like a term. */
function isPlainText(text: string): boolean {
  return text
    .split(' ')
    .every((word) => /^[^\s"]\S*$/.test(word) && !/^(header\.|\$[.[]|[a-z][\w-]*=)/i.test(word));
}
