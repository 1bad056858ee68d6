/** Where a text stops being JSON. Pure. */
export interface JsonProblem {
  /** From 1. */
  line: number;
  column: number;
  words: string;
}

const TOKEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids them inside a text
  /\s+|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)|[{}[\],:]/y;

/**
 * Null when it is JSON. Engines name the place each in their own way, or not at all: it is found here, by a walk over the
 * text with what may come next.
 */
export function jsonProblem(text: string): JsonProblem | null {
  try {
    JSON.parse(text);
    return null;
  } catch {
    const { at, words } = walk(text);
    const before = text.slice(0, at).split('\n');
    return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, words };
  }
}

type Next = 'value' | 'value or ]' | 'key' | 'key or }' | ':' | ', or }' | ', or ]' | 'end';

function walk(text: string): { at: number; words: string } {
  const open: ('{' | '[')[] = [];
  let next: Next = 'value';
  const after = (): Next => (open.at(-1) === '{' ? ', or }' : open.at(-1) === '[' ? ', or ]' : 'end');
  for (let at = 0; ; ) {
    if (at >= text.length)
      return { at, words: text.trim() === '' ? 'it is empty.' : `it ends where ${WANTED[next]} is due.` };
    TOKEN.lastIndex = at;
    const token = TOKEN.exec(text)?.[0];
    if (token === undefined) return { at, words: unreadable(text, at) };
    if (token.trim() !== '') {
      const sign = token.charAt(0);
      const isValue = !'{}[],:'.includes(sign);
      if (next === 'value' || next === 'value or ]') {
        if (sign === '{' || sign === '[') {
          open.push(sign);
          next = sign === '{' ? 'key or }' : 'value or ]';
        } else if (isValue) next = after();
        else if (sign === ']' && next === 'value or ]') {
          open.pop();
          next = after();
        } else return { at, words: unexpected(token, next) };
      } else if ((next === 'key' || next === 'key or }') && sign === '"') next = ':';
      else if (next === ':' && sign === ':') next = 'value';
      else if (next === ', or }' && sign === ',') next = 'key';
      else if (next === ', or ]' && sign === ',') next = 'value';
      else if ((next === ', or }' || next === 'key or }') && sign === '}') {
        open.pop();
        next = after();
      } else if (next === ', or ]' && sign === ']') {
        open.pop();
        next = after();
      } else return { at, words: unexpected(token, next) };
    }
    at += token.length;
  }
}

const WANTED: Record<Next, string> = {
  value: 'a value',
  'value or ]': 'a value or ]',
  key: 'a name in quotes',
  'key or }': 'a name in quotes or }',
  ':': 'a colon',
  ', or }': 'a comma or }',
  ', or ]': 'a comma or ]',
  end: 'the end',
};

function unexpected(token: string, next: Next): string {
  const shown = token.length > 20 ? `${token.slice(0, 20)}…` : token;
  return `${shown} stands where ${WANTED[next]} is due.`;
}

function unreadable(text: string, at: number): string {
  const sign = text.charAt(at);
  if (sign === '"') return 'this text is not closed, or holds a sign that must be escaped.';
  if (sign === "'") return 'names and texts stand in ", not in \'.';
  return `${/[\w.+-]+|\S/.exec(text.slice(at))?.[0]?.slice(0, 20) ?? sign} is no JSON value.`;
}
