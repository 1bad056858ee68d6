/**
 * Whether a JSON value can be a header of an AMQP 0-9-1 field type, and which names a person may not write. Without zod, so
 * that the screen can say it while somebody types. Types: https://www.rabbitmq.com/amqp-0-9-1-errata#section_3
 */
import type { Header, WireTag } from './message.ts';

type Json = Header['value'];

/** Tables and arrays within each other; the codec refuses more. */
const MAX_NESTED = 30;
const NAME_BYTES = 255;
const utf8 = new TextEncoder();

const ranges: Partial<Record<WireTag, [name: string, least: bigint, most: bigint]>> = {
  b: ['int8', -128n, 127n],
  B: ['uint8', 0n, 255n],
  s: ['int16', -32_768n, 32_767n],
  u: ['uint16', 0n, 65_535n],
  I: ['int32', -(2n ** 31n), 2n ** 31n - 1n],
  i: ['uint32', 0n, 2n ** 32n - 1n],
  l: ['int64', -(2n ** 63n), 2n ** 63n - 1n],
  L: ['int64', -(2n ** 63n), 2n ** 63n - 1n],
  T: ['timestamp in whole seconds', 0n, 2n ** 64n - 1n],
};

/** Names that the broker or a replay sets itself (lib/journey/header-origin.ts), and the extra addresses of a message. */
const RESERVED =
  /^(CC|BCC|x-death|x-delivery-count|x-acquired-count|x-stream-offset|x-stream-filter-value|x-original-death|x-original-user-id|x-replay-.*|x-first-death-.*|x-last-death-.*|x-opt-rabbitmq-.*)$/s;

/** Why a person cannot set or remove this header, in words; null when it may be. */
export function nameProblem(name: string): string | null {
  if (utf8.encode(name).length > NAME_BYTES) return `A name has at most ${NAME_BYTES} bytes.`;
  return RESERVED.test(name) ? `${name} is set by the broker or by the replay itself.` : null;
}

/** Why `value` cannot be a header of this type, in words; null when it can. */
export function valueProblem(type: WireTag, value: Json): string | null {
  const range = ranges[type];
  if (range) return wholeProblem(value, range);
  switch (type) {
    case 't':
      return typeof value === 'boolean' ? null : 'A boolean is true or false.';
    case 'f':
    case 'd':
      return floatProblem(type, value);
    case 'D':
      return decimalProblem(value);
    case 'S':
      return typeof value === 'string' ? null : 'A text is needed.';
    case 'x':
      return typeof value === 'string' && isBase64(value) ? null : 'Bytes are written in base64.';
    case 'V':
      return value === null ? null : 'A void header has the value null.';
    case 'A':
      return Array.isArray(value) ? nestedProblem(value, 1) : 'An array is needed.';
    default:
      return value !== null && typeof value === 'object' && !Array.isArray(value)
        ? nestedProblem(value, 1)
        : 'A table is written as an object.';
  }
}

function wholeProblem(value: Json, [name, least, most]: [string, bigint, bigint]): string | null {
  const large = most > 2n ** 53n ? ', beyond 2^53 as text' : '';
  const words = `${/^[aeiou]/.test(name) ? 'An' : 'A'} ${name} is a whole number from ${least} to ${most}${large}.`;
  if (typeof value === 'string' ? !/^-?\d{1,20}$/.test(value) : !Number.isSafeInteger(value)) return words;
  const n = BigInt(typeof value === 'string' || typeof value === 'number' ? value : 0);
  return n >= least && n <= most ? null : words;
}

/** The broker closes the whole connection when a NaN or an infinity comes (seen on 3.10 and 4.3). */
function floatProblem(type: 'f' | 'd', value: Json): string | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'A finite number is needed.';
  return type === 'd' || Number.isFinite(Math.fround(value)) ? null : 'It is beyond what a float holds.';
}

function decimalProblem(value: Json): string | null {
  const words = 'A decimal is a text such as "12.50", with at most 255 digits after the point.';
  const match = /^(-?)(\d{1,300})(?:\.(\d{1,255}))?$/.exec(typeof value === 'string' ? value : '');
  if (!match) return words;
  const [, sign = '', whole = '', part = ''] = match;
  const n = BigInt(`${sign}${whole}${part}`);
  return n >= -(2n ** 31n) && n < 2n ** 31n
    ? null
    : 'The digits of a decimal, without the point, must fit into an int32.';
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
}

function nestedProblem(value: Json, depth: number): string | null {
  if (value === null || typeof value !== 'object') return null;
  if (depth > MAX_NESTED) return `Tables and arrays may lie ${MAX_NESTED} deep in each other.`;
  if (!Array.isArray(value))
    for (const key of Object.keys(value))
      if (utf8.encode(key).length > NAME_BYTES)
        return `A key of the table has more than ${NAME_BYTES} bytes.`;
  for (const inner of Array.isArray(value) ? value : Object.values(value)) {
    const why = nestedProblem(inner, depth + 1);
    if (why !== null) return why;
  }
  return null;
}
