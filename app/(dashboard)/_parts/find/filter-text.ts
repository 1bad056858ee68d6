/**
 * What is typed into the filter box, read into conditions. Pure.
 *
 *   queue:billing header:tenant=acme text:"timed out" 4bf92f35   →   three conditions, and an ID to look for
 */
import { journeyStatuses } from '@/lib/model/names';
import { keptTime, shownTime, whenOf } from './filter-times';
import { type Condition, FIELDS, type Field } from './question';

/** Other words for the same. */
const ALIASES: Record<string, Field> = {
  'routing-key': 'key',
  routingkey: 'key',
  routing_key: 'key',
  user: 'client',
  connection: 'client',
  service: 'client',
  body: 'text',
  since: 'from',
  until: 'to',
};

export interface Wrong {
  word: string;
  why: string;
}

export interface Typed {
  conditions: Condition[];
  /** What stays in the box: bare words, and a condition that is still being typed or cannot be. */
  rest: string;
  /** The bare words alone: what is looked for. */
  bare: string;
  wrong: Wrong | null;
}

interface Word {
  raw: string;
  /** White space follows, and no quote is open. */
  ended: boolean;
}

/** Words are parted by white space outside of quotes; `\"` in quotes is a quote. */
function wordsIn(text: string): Word[] {
  const words: Word[] = [];
  let raw = '';
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (quoted && char === '\\' && i + 1 < text.length) raw += char + text.charAt(++i);
    else if (/\s/.test(char) && !quoted) {
      if (raw) words.push({ raw, ended: true });
      raw = '';
    } else {
      if (char === '"') quoted = !quoted;
      raw += char;
    }
  }
  if (raw) words.push({ raw, ended: false });
  return words;
}

/** The field and the raw value of `field:value`; null for a bare word, also for an ID like `trace:4bf9…`. */
export function splitWord(raw: string): { field: Field; value: string } | null {
  const colon = raw.indexOf(':');
  const name = raw.slice(0, Math.max(0, colon)).toLowerCase();
  const field = FIELDS.find((f) => f === name) ?? (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined);
  return field ? { field, value: raw.slice(colon + 1) } : null;
}

function unquoted(value: string): string {
  return value.replace(/"((?:[^"\\]|\\.)*)"?/g, (_, inner: string) => inner.replace(/\\(.)/g, '$1'));
}

/** `done`: the last word ends here (Enter); else it may still grow. */
export function readTyped(text: string, done: boolean, now: number): Typed {
  const typed: Typed = { conditions: [], rest: '', bare: '', wrong: null };
  const rest: string[] = [];
  const bare: string[] = [];
  const words = wordsIn(text);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (!word) break;
    const split = splitWord(word.raw);
    if (!split) {
      bare.push(word.raw);
      rest.push(word.raw);
      continue;
    }
    let { value } = split;
    let ended = word.ended || done;
    let raw = word.raw;
    // "queue: billing" is meant as one
    const after = words[i + 1];
    if (value === '' && after && !splitWord(after.raw)) {
      value = after.raw;
      raw += after.raw;
      ended = after.ended || done;
      i++;
    }
    const condition = { field: split.field, value: valueFor(split.field, unquoted(value), now) };
    const why = ended ? whyNot(condition, value !== '', now) : null;
    if (ended && why === null) typed.conditions.push(condition);
    else rest.push(raw);
    if (why !== null) typed.wrong ??= { word: raw, why };
  }
  const open = words.at(-1)?.ended === true && rest.length > 0 && !done;
  typed.rest = rest.join(' ') + (open ? ' ' : '');
  typed.bare = bare.join(' ');
  return typed;
}

/** The value as URL and API know it. */
function valueFor(field: Field, value: string, now: number): string {
  if (field === 'from' || field === 'to') return keptTime(value, now);
  if (field !== 'status') return value;
  const plain = value.toLowerCase().replace(/[-_]/g, ' ');
  return journeyStatuses.find((s) => s === plain || s.replace(' ', '') === plain) ?? value;
}

/** Why a condition cannot be asked; null when it can. `written`: a value stands there, be it an empty one in quotes. */
export function whyNot({ field, value }: Condition, written: boolean, now: number): string | null {
  if (field === 'status' && !journeyStatuses.some((s) => s === value))
    return `a status is one of ${journeyStatuses.join(', ')}`;
  if ((field === 'from' || field === 'to') && whenOf(value, now) === null)
    return 'a time is written 15m, 1h, 10:03 or 2026-11-21 10:03';
  const mayBeEmpty = field === 'exchange' || field === 'key';
  if (value === '' && !(mayBeEmpty && written)) return 'a value is missing after the colon';
  if (field === 'header' && value.startsWith('=')) return 'a header is written name=value, or name alone';
  return null;
}

/** A condition as one would type it. */
export function wordOf({ field, value }: Condition): string {
  const plain = value !== '' && !/[\s"\\]/.test(value);
  return `${field}:${plain ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`;
}

/** A condition as its chip shows it: times by the reader's clock. */
export function chipText(condition: Condition, now: number | null): string {
  const { field, value } = condition;
  if (field === 'from' || field === 'to') return `${field}:${shownTime(value, now)}`;
  if (field === 'exchange' && value === '') return 'exchange:(default)';
  return wordOf(condition);
}
