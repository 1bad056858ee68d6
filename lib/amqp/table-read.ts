/**
 * Field tables read in place: places in one buffer instead of a piece of it for each entry, since the taps read thousands of
 * tables a second. Field types are RabbitMQ's: https://www.rabbitmq.com/amqp-0-9-1-errata#section_3
 */
import { type Header, type WireTag, wireTags } from '../model/message.ts';
import { MAX_DEPTH, WireError } from './wire.ts';

/** Bytes of a value by its tag; those not listed carry their own length in four bytes. */
export const FIELD_SIZES: Partial<Record<WireTag, number>> = {
  t: 1,
  b: 1,
  B: 1,
  s: 2,
  u: 2,
  I: 4,
  i: 4,
  l: 8,
  L: 8,
  f: 4,
  d: 8,
  D: 5,
  T: 8,
  V: 0,
};

const OWN_LENGTH = -1;
/** By the tag's byte. */
const tagOf: readonly (WireTag | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  wireTags.find((tag) => tag.charCodeAt(0) === code),
);
const sizeOf: readonly number[] = tagOf.map((tag) => (tag && FIELD_SIZES[tag]) ?? OWN_LENGTH);

/** The value lies at [from, to), its length before it excluded. */
export type Visit = (name: string, tag: WireTag, from: number, to: number) => void;

/** Each entry of the table at [from, to), in order, duplicates included. Throws WireError where it breaks, after what stands before. */
export function eachEntry(bytes: Buffer, from: number, to: number, visit: Visit): void {
  for (let at = from; at < to; ) {
    const nameFrom = at + 1;
    const tagAt = nameFrom + byteAt(bytes, at, to);
    const tag = tagAt < to ? tagIn(bytes, tagAt) : ended();
    const valueFrom = valueStart(bytes, tagAt, to);
    const end = valueEnd(bytes, tagAt, valueFrom, to);
    visit(bytes.toString('utf8', nameFrom, tagAt), tag, valueFrom, end);
    at = end;
  }
}

/** As people read it. Throws WireError when a table or an array in it breaks off. */
export function fieldValue(
  bytes: Buffer,
  tag: WireTag,
  from: number,
  to: number,
  depth = 0,
): Header['value'] {
  switch (tag) {
    case 't':
      return bytes.readUInt8(from) !== 0;
    case 'b':
      return bytes.readInt8(from);
    case 'B':
      return bytes.readUInt8(from);
    case 's':
      return bytes.readInt16BE(from);
    case 'u':
      return bytes.readUInt16BE(from);
    case 'I':
      return bytes.readInt32BE(from);
    case 'i':
      return bytes.readUInt32BE(from);
    case 'l':
    case 'L': // RabbitMQ reads and forwards it as the signed kind
      return integer(bytes.readBigInt64BE(from));
    case 'f':
      return real(bytes.readFloatBE(from));
    case 'd':
      return real(bytes.readDoubleBE(from));
    case 'D':
      return decimalText(bytes.readUInt8(from), bytes.readInt32BE(from + 1));
    case 'S':
      return bytes.toString('utf8', from, to);
    case 'x':
      return bytes.toString('base64', from, to);
    case 'T':
      return integer(bytes.readBigUInt64BE(from));
    case 'V':
      return null;
    case 'A':
      return depth >= MAX_DEPTH ? null : arrayOf(bytes, from, to, depth + 1);
    case 'F':
      return depth >= MAX_DEPTH ? null : tableOf(bytes, from, to, depth + 1);
  }
}

/** Headers of the table at [from, to). Never throws: from the first unreadable entry on, nothing is returned. */
export function headersIn(bytes: Buffer, from: number, to: number): Header[] {
  const out: Header[] = [];
  try {
    eachEntry(bytes, from, to, (name, type, at, end) => {
      out.push({ name, type, value: fieldValue(bytes, type, at, end) });
    });
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
  return out;
}

function tableOf(bytes: Buffer, from: number, to: number, depth: number): Header['value'] {
  const entries: [string, Header['value']][] = [];
  eachEntry(bytes, from, to, (name, tag, at, end) => {
    entries.push([name, fieldValue(bytes, tag, at, end, depth)]);
  });
  // fromEntries defines own properties: a key such as __proto__ is an ordinary key of the object
  return Object.fromEntries(entries);
}

function arrayOf(bytes: Buffer, from: number, to: number, depth: number): Header['value'] {
  const out: Header['value'][] = [];
  for (let at = from; at < to; ) {
    const tag = tagIn(bytes, at);
    const valueFrom = valueStart(bytes, at, to);
    const end = valueEnd(bytes, at, valueFrom, to);
    out.push(fieldValue(bytes, tag, valueFrom, end, depth));
    at = end;
  }
  return out;
}

function byteAt(bytes: Buffer, at: number, to: number): number {
  return at < to ? (bytes[at] ?? ended()) : ended();
}

function tagIn(bytes: Buffer, at: number): WireTag {
  const code = bytes[at] ?? ended();
  const tag = tagOf[code];
  if (!tag) throw new WireError(`unknown field type ${JSON.stringify(String.fromCharCode(code))}`);
  return tag;
}

function valueStart(bytes: Buffer, tagAt: number, to: number): number {
  if (sizeOf[bytes[tagAt] ?? 0] !== OWN_LENGTH) return tagAt + 1;
  return tagAt + 5 <= to ? tagAt + 5 : ended();
}

function valueEnd(bytes: Buffer, tagAt: number, from: number, to: number): number {
  const size = sizeOf[bytes[tagAt] ?? 0] ?? OWN_LENGTH;
  const end = from + (size === OWN_LENGTH ? bytes.readUInt32BE(tagAt + 1) : size);
  return end <= to ? end : ended();
}

function ended(): never {
  throw new WireError('a field table ends early');
}

/** Integers that JSON's numbers hold exactly as numbers, others as text. */
function integer(value: bigint): number | string {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value.toString();
}

/** JSON has no NaN and no infinities: those become text. */
const real = (value: number): number | string => (Number.isFinite(value) ? value : String(value));

/** An AMQP decimal: unscaled signed value and the number of its decimal places, as text: `-1.50`. */
function decimalText(places: number, unscaled: number): string {
  const digits = String(Math.abs(unscaled)).padStart(places + 1, '0');
  const point = digits.length - places;
  return `${unscaled < 0 ? '-' : ''}${digits.slice(0, point)}${places > 0 ? `.${digits.slice(point)}` : ''}`;
}
