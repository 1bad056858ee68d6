/**
 * Paths into JSON bodies. The text is read token by token and only the values that a path names are replaced, so that
 * every other byte stays, also in a body that breaks off, and in several texts one after the other. Time is linear in the
 * text; nothing recurses, however deep it is nested.
 */
import type { JsonPath } from '../model/json-path.ts';
import type { Stretch } from './redact-patterns.ts';

/** Where in a path each of the paths stands: [path, next step]. */
type State = readonly [path: JsonPath, next: number];
interface Frame {
  array: boolean;
  index: number;
  states: readonly State[];
}

/**
 * Values that the paths name, and those whose key is `named` at any depth. `text` holds one byte a character (latin1), so
 * that places in it are places in the bytes.
 */
export function jsonStretches(
  text: string,
  paths: readonly JsonPath[],
  named?: (key: string) => boolean,
): Stretch[] {
  const out: Stretch[] = [];
  const start = paths.map((path): State => [path, 0]);
  const stack: Frame[] = [];
  let at = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0;
  /** Reads or enters the value at `at`. */
  const value = (states: readonly State[] | 'all') => {
    if (states === 'all') {
      const from = at;
      at = skipValue(text, at);
      out.push([from, at]);
      return;
    }
    const c = text.charAt(at);
    if (c === '{' || c === '[') {
      stack.push({ array: c === '[', index: 0, states });
      at++;
    } else at = c === '"' ? skipString(text, at) : skipPlain(text, at);
  };
  while (at < text.length) {
    const c = text.charAt(at);
    const frame = stack.at(-1);
    if (c === ' ' || c === '\n' || c === '\r' || c === '\t' || c === ',' || c === '\u001e') at++;
    else if (c === '}' || c === ']') {
      if (!frame) return out; // not JSON
      stack.pop();
      at++;
    } else if (!frame) {
      if (c !== '{' && c !== '[') return out; // a text, or a single value that no path names
      value(start);
    } else if (frame.array) value(advance(frame.states, String(frame.index++)));
    else {
      if (c !== '"') return out; // not JSON
      const from = at;
      at = skipString(text, at);
      const key = keyOf(text.slice(from, at));
      at = skipSpace(text, at);
      if (text.charAt(at) !== ':') return out;
      at = skipSpace(text, at + 1);
      if (at < text.length) value(named?.(key) ? 'all' : advance(frame.states, key));
    }
  }
  return out;
}

/** 'all': a path ends here, the value is what it names. */
function advance(states: readonly State[], key: string): readonly State[] | 'all' {
  const next: State[] = [];
  for (const [path, i] of states) {
    const step = path[i];
    if (!step) continue;
    if (step.deep) next.push([path, i]);
    if (step.name !== null && step.name !== key) continue;
    if (i + 1 === path.length) return 'all';
    // a path is at one step once only, or `$..a..a..a` would double with each level
    if (!next.some(([p, n]) => p === path && n === i + 1)) next.push([path, i + 1]);
  }
  return next.filter(([p, n], i) => next.findIndex(([q, m]) => p === q && n === m) === i);
}

function keyOf(token: string): string {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, 'latin1').toString('utf8'));
    return typeof key === 'string' ? key : token;
  } catch {
    return token.slice(1, -1);
  }
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && ' \n\r\t'.includes(text.charAt(at))) at++;
  return at;
}

function skipString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    const c = text.charAt(at);
    if (c === '\\') at++;
    else if (c === '"') return at + 1;
  }
  return text.length;
}

/** A number, true, false, null, or something that JSON does not have. */
function skipPlain(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && !',]}\n\r\t "'.includes(text.charAt(at))) at++;
  return at;
}

function skipValue(text: string, from: number): number {
  const first = text.charAt(from);
  if (first === '"') return skipString(text, from);
  if (first !== '{' && first !== '[') return skipPlain(text, from);
  let depth = 0;
  for (let at = from; at < text.length; ) {
    const c = text.charAt(at);
    if (c === '"') {
      at = skipString(text, at);
      continue;
    }
    at++;
    if (c === '{' || c === '[') depth++;
    else if ((c === '}' || c === ']') && --depth === 0) return at;
  }
  return text.length;
}
