/** What an edit makes of a message, side by side with what lies there. Pure. */
import type { LetterEdit } from '@/lib/model/letter-edit';
import type { Header, Message, Properties } from '@/lib/model/message';
import { bytesOf, pretty } from './body-view';
import { valueText, wireName } from './header-view';
import { propertyRows } from './property-view';

export interface DiffRow {
  of: 'property' | 'header';
  name: string;
  /** null: it is not there. */
  before: string | null;
  after: string | null;
}

export interface DiffLine {
  sign: ' ' | '-' | '+';
  text: string;
}

export interface LetterDiff {
  rows: DiffRow[];
  /** null: the body stays. `lines` null: too long, or not text, to be shown line by line. Sizes in bytes. */
  body: { before: number; after: number; lines: DiffLine[] | null; isJson: boolean } | null;
}

export function diffOf(message: Message, edit: LetterEdit, at: (ms: number) => string): LetterDiff {
  return {
    rows: [...propertyDiff(message.properties, edit, at), ...headerDiff(message.headers, edit, at)],
    body: edit.body ? bodyDiff(message, edit.body) : null,
  };
}

function propertyDiff(properties: Properties, edit: LetterEdit, at: (ms: number) => string): DiffRow[] {
  const changed: Record<string, string | number | null | undefined> = edit.properties ?? {};
  const next: Record<string, string | number | undefined> = { ...properties };
  for (const [key, value] of Object.entries(changed)) if (value !== undefined) next[key] = value ?? undefined;
  const after = new Map(propertyRows(next, at).map((row) => [row.key, row.words]));
  return propertyRows(properties, at)
    .filter((row) => row.key in changed && row.words !== (after.get(row.key) ?? null))
    .map((row) => ({ of: 'property', name: row.name, before: row.words, after: after.get(row.key) ?? null }));
}

function headerDiff(headers: readonly Header[], edit: LetterEdit, at: (ms: number) => string): DiffRow[] {
  const set = edit.headers?.set ?? [];
  const names = [...new Set([...(edit.headers?.remove ?? []), ...set.map((h) => h.name)])];
  const words = (list: readonly Header[], name: string) => {
    const found = list.filter((h) => h.name === name);
    return found.length === 0
      ? null
      : found.map((h) => `${valueText(h, at)} (${wireName(h.type)})`).join(', ');
  };
  return names
    .map((name): DiffRow => ({ of: 'header', name, before: words(headers, name), after: words(set, name) }))
    .filter((row) => row.before !== row.after);
}

/** Longer than this, lines are not compared: the comparison grows with the square of them. */
const MOST_LINES = 600;

function bodyDiff(message: Message, change: NonNullable<LetterEdit['body']>): LetterDiff['body'] {
  const text = 'text' in change ? change.text : null;
  const bytes = 'text' in change ? new TextEncoder().encode(change.text) : bytesOf(change.base64);
  const old =
    message.body.data === null || message.body.truncated ? null : textOf(bytesOf(message.body.data));
  const sizes = { before: message.body.size, after: bytes.length };
  const isJson = text !== null && pretty(text) !== null;
  if (text === null || old === null) return { ...sizes, lines: null, isJson };
  // both laid out in the same way, so that a difference of blanks alone is not drawn as a difference of every line
  const [a, b] = isJson && pretty(old) !== null ? [pretty(old) ?? old, pretty(text) ?? text] : [old, text];
  if (a === b) return old === text ? null : { ...sizes, lines: lineDiff(old, text), isJson };
  return { ...sizes, lines: lineDiff(a, b), isJson };
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Lines that went and came, the least of them; null when there are too many to compare. */
export function lineDiff(before: string, after: string): DiffLine[] | null {
  const a = before.split('\n');
  const b = after.split('\n');
  if (a.length > MOST_LINES || b.length > MOST_LINES) return null;
  // longest common subsequence from the ends: length[i][j] is that of a[i..] and b[j..]
  const wide = b.length + 1;
  const length = new Uint16Array((a.length + 1) * wide);
  const at = (i: number, j: number) => length[i * wide + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * wide + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const [left, right] = [a[i], b[j]];
    if (left !== undefined && left === right) {
      lines.push({ sign: ' ', text: left });
      i++;
      j++;
    } else if (left !== undefined && (right === undefined || at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ sign: '-', text: left });
      i++;
    } else {
      lines.push({ sign: '+', text: right ?? '' });
      j++;
    }
  }
  return lines;
}
