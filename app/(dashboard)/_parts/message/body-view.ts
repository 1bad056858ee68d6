/** A message's body as people read it. Pure; what comes from a broker is only ever turned into text. */
import type { Body } from '@/lib/model/message';
import { REDACTED } from '@/lib/model/names';

export type BodyForm = 'json' | 'text' | 'hex';

export interface BodyView {
  bytes: Uint8Array;
  /** Forms that make sense for these bytes, the best first. */
  forms: BodyForm[];
  /** Decoded and indented; null when it is not JSON. */
  json: string | null;
  /** UTF-8; null when the bytes are not. */
  text: string | null;
}

/** Beyond this many characters JSON is shown as it came: indenting would cost more than it tells. */
const MOST_PRETTY = 512 * 1024;

/** Nested deeper than this, JSON is left as it came: the indents would be longer than the text. */
const MOST_DEPTH = 40;

export function bodyView(body: Body): BodyView | null {
  if (body.data === null) return null;
  const bytes = bytesOf(body.data);
  const text = textOf(bytes, body.truncated);
  const json = text !== null && !body.truncated && text.length <= MOST_PRETTY ? readable(text) : null;
  const forms: BodyForm[] = [
    ...(json === null ? [] : ['json' as const]),
    ...(text === null ? [] : ['text' as const]),
    'hex',
  ];
  return { bytes, forms, json, text };
}

/** A figure that was redacted leaves a bare `[redacted]`, with which the body is no JSON: it is quoted to be read as one. */
function readable(text: string): string | null {
  return pretty(text) ?? (text.includes(REDACTED) ? pretty(text.replace(BARE, `"${REDACTED}"`)) : null);
}

const BARE = /(?<=[:[,]\s*)\[redacted\]/g;

/** Standard base64; what is not gives no bytes. */
export function bytesOf(base64: string): Uint8Array {
  try {
    return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function textOf(bytes: Uint8Array, cut: boolean): string | null {
  try {
    // a cut may fall inside a character: `stream` leaves the unfinished one out
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: cut });
    // a text with NUL is binary that happens to decode
    return text.includes('\u0000') ? null : text;
  } catch {
    return null;
  }
}

/**
 * JSON with two spaces an indent. Numbers keep every digit (an ID of 19 digits, 1.10), keys their order and their
 * duplicates: the text is checked by the parser, then laid out from its own characters. Null when it is not JSON.
 */
export function pretty(text: string): string | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const tokens = text.match(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g) ?? [];
  let out = '';
  let depth = 0;
  let deepest = 0;
  tokens.forEach((token, i) => {
    const opens = token === '{' || token === '[';
    const closes = token === '}' || token === ']';
    const empty = closes && (tokens[i - 1] === '{' || tokens[i - 1] === '[');
    if (closes) depth--;
    if (closes && !empty) out += newline(depth);
    out += token;
    if (opens) {
      depth++;
      deepest = Math.max(deepest, depth);
      if (tokens[i + 1] !== '}' && tokens[i + 1] !== ']') out += newline(depth);
    } else if (token === ',') out += newline(depth);
    else if (token === ':') out += ' ';
  });
  return deepest > MOST_DEPTH ? text : out;
}

function newline(depth: number): string {
  return `\n${'  '.repeat(Math.min(depth, MOST_DEPTH))}`;
}

/** `00000000  7b 22 6f 72 64 65 72 22  3a 38 38 34 31 7d        {"order":8841}`; at most `lines` lines of 16 bytes. */
export function hexDump(bytes: Uint8Array, lines: number): string {
  const out: string[] = [];
  for (let at = 0; at < bytes.length && out.length < lines; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = Array.from({ length: 16 }, (_, i) => {
      const byte = row[i];
      return `${i === 8 ? ' ' : ''}${byte === undefined ? '  ' : byte.toString(16).padStart(2, '0')}`;
    });
    const ascii = Array.from(row, (b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '.')).join('');
    out.push(`${at.toString(16).padStart(8, '0')}  ${hex.join(' ')}  ${ascii}`);
  }
  return out.join('\n');
}
