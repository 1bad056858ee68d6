/** What AMQP cannot hold in a header, in words. Pure, and free of schemas: forms check with the same rules as the doors. */
import type { Header, WireTag } from './message.ts';

type Json = Header['value'];

const utf8 = new TextEncoder();
const MOST_NAME = 255;
/** Arrays and tables may lie so deep in each other. */
const MOST_DEPTH = 16;

/** As `changesOnTheWay` of lib/journey: the broker or the replay sets these. */
const THEIRS = new Set([
  'CC',
  'BCC',
  'x-death',
  'x-delivery-count',
  'x-acquired-count',
  'x-stream-offset',
  'x-stream-filter-value',
  'x-original-death',
  'x-original-user-id',
]);
const THEIR_PREFIXES = ['x-first-death-', 'x-last-death-', 'x-opt-rabbitmq-', 'x-replay-'];

/** Why no edit may set or remove a header of this name; null when it may. */
export function nameProblem(name: string): string | null {
  if (utf8.encode(name).length > MOST_NAME) return 'A header name has room for 255 bytes.';
  if (THEIRS.has(name) || THEIR_PREFIXES.some((prefix) => name.startsWith(prefix)))
    return `${name} is set by the broker or by the replay itself.`;
  return null;
}

const INTEGERS: Partial<Record<WireTag, readonly [bigint, bigint, string]>> = {
  b: [-(2n ** 7n), 2n ** 7n - 1n, 'int8'],
  B: [0n, 2n ** 8n - 1n, 'uint8'],
  s: [-(2n ** 15n), 2n ** 15n - 1n, 'int16'],
  u: [0n, 2n ** 16n - 1n, 'uint16'],
  I: [-(2n ** 31n), 2n ** 31n - 1n, 'int32'],
  i: [0n, 2n ** 32n - 1n, 'uint32'],
  l: [-(2n ** 63n), 2n ** 63n - 1n, 'int64'],
  L: [-(2n ** 63n), 2n ** 63n - 1n, 'int64'],
  T: [0n, 2n ** 64n - 1n, 'timestamp'],
};

/** Why this value cannot go with this wire type, as `Header` writes values; null when it can. */
export function valueProblem(type: WireTag, value: Json): string | null {
  const range = INTEGERS[type];
  if (range) return integerProblem(value, range);
  switch (type) {
    case 't':
      return typeof value === 'boolean' ? null : 'A boolean is true or false.';
    case 'f':
    case 'd':
      if (typeof value !== 'number' || !Number.isFinite(value)) return 'It must be a number.';
      return type === 'd' || Number.isFinite(Math.fround(value)) ? null : 'It is too large for a float.';
    case 'D':
      return decimalProblem(value);
    case 'S':
      return typeof value === 'string' ? null : 'A longstr is text.';
    case 'x':
      return typeof value === 'string' && isBase64(value) ? null : 'Bytes are written as base64.';
    case 'A':
      return Array.isArray(value) ? insideProblem(value) : 'An array is written as a JSON array.';
    case 'F':
      return value !== null && typeof value === 'object' && !Array.isArray(value)
        ? insideProblem(value)
        : 'A table is written as a JSON object.';
    default:
      return value === null ? null : 'A void header has no value.';
  }
}

function integerProblem(value: Json, [low, high, name]: readonly [bigint, bigint, string]): string | null {
  const text = typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : value;
  if (typeof text !== 'string' || !/^-?\d{1,20}$/.test(text)) return `An ${name} is a whole number.`;
  const n = BigInt(text);
  return n >= low && n <= high ? null : `An ${name} lies between ${low} and ${high}.`;
}

function decimalProblem(value: Json): string | null {
  if (typeof value !== 'string' || !/^-?\d+(\.\d{1,255})?$/.test(value))
    return 'A decimal is written as text such as -12.50.';
  const n = BigInt(value.replace('.', ''));
  return n >= -(2n ** 31n) && n < 2n ** 31n ? null : 'A decimal has room for 32 bits of digits.';
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

/** Of the values inside an array or a table. */
function insideProblem(root: Json): string | null {
  const open: [Json, number][] = [[root, 1]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [value, depth] = next;
    if (value === null || typeof value !== 'object') continue;
    if (depth > MOST_DEPTH) return `Arrays and tables lie more than ${MOST_DEPTH} deep in each other.`;
    if (!Array.isArray(value) && Object.keys(value).some((key) => utf8.encode(key).length > MOST_NAME))
      return 'A name in a table has room for 255 bytes.';
    for (const inner of Object.values(value)) open.push([inner ?? null, depth + 1]);
  }
  return null;
}
