/**
 * The values of a JSON text by their paths, each as it was written: an ID of 19 digits keeps them all, `1.10` is not `1.1`,
 * and a key that comes twice is told twice. Pure.
 */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const PLAIN = /^[A-Za-z_$][\w$]*$/;

/** Values beyond this many are not told: nobody reads them in a table. */
const MOST = 5_000;

/** `[['$.orderId', '8841'], ['$.items[0]', '"a"']]`; empty objects and arrays are values. Null when it is not JSON. */
export function jsonLeaves(text: string): [path: string, value: string][] | null {
  try {
    JSON.parse(text);
  } catch {
    return null;
  }
  const leaves: [string, string][] = [];
  const stack: { path: string; index: number | null; key: string | null; empty: boolean }[] = [];
  const here = () => {
    const top = stack.at(-1);
    if (!top) return '$';
    if (top.index !== null) return `${top.path}[${top.index}]`;
    const key = top.key ?? '';
    return PLAIN.test(key) ? `${top.path}.${key}` : `${top.path}[${JSON.stringify(key)}]`;
  };
  const tokens = text.match(TOKENS) ?? [];
  for (let i = 0; i < tokens.length && leaves.length < MOST; i++) {
    const token = tokens[i] ?? '';
    const top = stack.at(-1);
    if (token === ':') continue;
    if (token === ',') {
      if (top && top.index !== null) top.index++;
      continue;
    }
    if (token === '}' || token === ']') {
      stack.pop();
      if (top?.empty) leaves.push([top.path, token === '}' ? '{}' : '[]']);
      continue;
    }
    if (top && top.index === null && tokens[i + 1] === ':') {
      top.key = keyOf(token);
      top.empty = false;
      continue;
    }
    if (top) top.empty = false;
    if (token === '{') stack.push({ path: here(), index: null, key: null, empty: true });
    else if (token === '[') stack.push({ path: here(), index: 0, key: null, empty: true });
    else leaves.push([here(), token]);
  }
  return leaves;
}

function keyOf(token: string): string {
  const key: unknown = JSON.parse(token);
  return typeof key === 'string' ? key : token;
}
