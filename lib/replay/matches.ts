/** Whether a dead letter is one of those that a filter means. Pure. */
import { type JsonPath, parseJsonPath, someAt } from '../model/json-path.ts';
import type { LetterFilter } from '../model/letter-filter.ts';
import type { Header } from '../model/message.ts';
import type { Letter } from './letter.ts';

type Test = (letter: Letter) => boolean;

/**
 * Reads the filter once; the answer is asked of each letter. What is unknown does not match: a letter without a time of
 * death lies neither before nor after anything, a body that is not JSON has nothing at any path.
 */
export function letterMatches(filter: LetterFilter): Test {
  const tests: Test[] = [];
  const { origin, reason, error, exchange, key, from, to, causes, text } = filter;
  // the cheap ones first: bodies are looked into only when all else holds
  if (causes !== undefined) {
    const wanted = new Set(causes);
    tests.push((letter) => wanted.has(letter.cause));
  }
  if (origin !== undefined) tests.push((letter) => letter.originQueue === origin);
  if (reason !== undefined) tests.push((letter) => letter.reason === reason);
  if (from !== undefined) tests.push(({ diedAt }) => diedAt !== null && diedAt >= from);
  if (to !== undefined) tests.push(({ diedAt }) => diedAt !== null && diedAt < to);
  if (error !== undefined) {
    const part = error.toLowerCase();
    tests.push((letter) => letter.error?.toLowerCase().includes(part) ?? false);
  }
  // what it was published with at first, at any death between, or into this queue
  if (exchange !== undefined)
    tests.push(
      (letter) => letter.exchange === exchange || letter.deaths.some((d) => d.exchange === exchange),
    );
  if (key !== undefined)
    tests.push(
      (letter) => letter.routingKey === key || letter.deaths.some((d) => d.routingKeys.includes(key)),
    );
  for (const { name, value } of filter.headers ?? []) tests.push(headerTest(name.toLowerCase(), value));
  if (text !== undefined) tests.push(textTest(text.toLowerCase()));
  const json = (filter.json ?? []).map(({ path, value }) => ({ path: parseJsonPath(path), value }));
  if (json.length > 0) tests.push(jsonTest(json));
  return (letter) => tests.every((test) => test(letter));
}

/** Names without regard to case, as services differ in it; values as they are. */
function headerTest(name: string, value: string | undefined): Test {
  return ({ headers }) =>
    headers.some((h) => h.name.toLowerCase() === name && (value === undefined || textOf(h.value) === value));
}

/** As it is written in JSON, text without its quotes. */
function textOf(value: Header['value']): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function textTest(part: string): Test {
  const has = (text: string | undefined) => text?.toLowerCase().includes(part) ?? false;
  return ({ ids, properties, headers, body }) =>
    Object.values(ids).some(has) ||
    has(properties.messageId) ||
    has(properties.correlationId) ||
    headers.some((h) => has(textOf(h.value))) ||
    has(body.toString('utf8'));
}

function jsonTest(wanted: { path: JsonPath | null; value: string | undefined }[]): Test {
  const exact = wanted.some(({ value }) => value !== undefined && /\d/.test(value));
  return ({ body }) => {
    const root = parseBody(body, exact);
    if (root === undefined) return false;
    return wanted.every(
      ({ path, value }) =>
        path !== null && someAt(root, path, (found) => value === undefined || equals(found, value)),
    );
  };
}

/** A number that a double cannot hold, as it stands in the body. */
class Digits {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Undefined when it is not JSON. `exact`: numbers of more than 15 digits keep them. */
function parseBody(body: Buffer, exact: boolean): unknown {
  const first = body[0];
  // {, [, white space or the first byte of a byte order mark: a single value has no paths into it
  if (first !== 0x7b && first !== 0x5b && first !== 0xef && !(first !== undefined && first <= 0x20))
    return undefined;
  const text = body.toString('utf8').replace(/^\ufeff/, '');
  try {
    return exact && /\d{16}/.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== 'number' || context?.source === undefined) return value;
  return context.source.replace(/\D/g, '').length > 15 ? new Digits(context.source) : value;
}

function equals(found: unknown, wanted: string): boolean {
  if (typeof found === 'string') return found === wanted;
  if (found instanceof Digits) return found.text === wanted;
  try {
    return JSON.stringify(found) === wanted;
  } catch {
    // nested deeper than the stack: written out it is longer than any value that may be asked for
    return false;
  }
}
