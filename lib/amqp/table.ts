/**
 * AMQP field tables (message headers), read: bytes to `Header`s. `Header` is what people read; it keeps the wire type
 * of each header, though not of values nested in it, nor text that is not UTF-8. Where bytes must stay as they are
 * (replay), use `headerEntries` and `editProperties`, which copy them.
 * Field types are RabbitMQ's: https://www.rabbitmq.com/amqp-0-9-1-errata#section_3
 */
import { type Header, type WireTag, wireTags } from '../model/message.ts';
import { MAX_DEPTH, WireError, WireReader } from './wire.ts';

export { encodeHeader, encodeHeaders, joinTable } from './table-encode.ts';

/** Bytes of a value by its tag; those not listed carry their own length. */
const SIZES: Partial<Record<WireTag, number>> = {
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

const tags: ReadonlySet<string> = new Set(wireTags);
const isTag = (text: string): text is WireTag => tags.has(text);

/** One entry of a header table as it lies on the wire: `raw` is key, tag and value together. */
export interface HeaderEntry {
  name: string;
  tag: WireTag;
  /** Tag and value, without the key. */
  typed: Buffer;
  raw: Buffer;
}

function readTag(reader: WireReader): WireTag {
  const tag = String.fromCharCode(reader.uint8());
  if (!isTag(tag)) throw new WireError(`unknown field type ${JSON.stringify(tag)}`);
  return tag;
}

/** Moves the reader over one value and returns its bytes, length prefix excluded. */
function takeValue(reader: WireReader, tag: WireTag): Buffer {
  return reader.slice(SIZES[tag] ?? reader.uint32());
}

/** Entries of `table` (without its 4 length bytes), in order, duplicates included. Throws WireError where it breaks. */
export function* headerEntries(table: Buffer): Generator<HeaderEntry> {
  const reader = new WireReader(table);
  while (!reader.done) {
    const from = reader.at;
    const name = reader.shortText();
    const typedFrom = reader.at;
    const tag = readTag(reader);
    takeValue(reader, tag);
    yield { name, tag, typed: table.subarray(typedFrom, reader.at), raw: table.subarray(from, reader.at) };
  }
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

function readValue(tag: WireTag, bytes: Buffer, depth: number): Header['value'] {
  switch (tag) {
    case 't':
      return bytes.readUInt8() !== 0;
    case 'b':
      return bytes.readInt8();
    case 'B':
      return bytes.readUInt8();
    case 's':
      return bytes.readInt16BE();
    case 'u':
      return bytes.readUInt16BE();
    case 'I':
      return bytes.readInt32BE();
    case 'i':
      return bytes.readUInt32BE();
    case 'l':
    case 'L': // RabbitMQ reads and forwards it as the signed kind
      return integer(bytes.readBigInt64BE());
    case 'f':
      return real(bytes.readFloatBE());
    case 'd':
      return real(bytes.readDoubleBE());
    case 'D':
      return decimalText(bytes.readUInt8(), bytes.readInt32BE(1));
    case 'S':
      return bytes.toString('utf8');
    case 'x':
      return bytes.toString('base64');
    case 'T':
      return integer(bytes.readBigUInt64BE());
    case 'V':
      return null;
    case 'A':
      return depth >= MAX_DEPTH ? null : readArray(bytes, depth + 1);
    case 'F':
      if (depth >= MAX_DEPTH) return null;
      // fromEntries defines own properties: a key such as __proto__ is an ordinary key of the object
      return Object.fromEntries(readTable(bytes, depth + 1).map((h) => [h.name, h.value]));
  }
}

function readArray(bytes: Buffer, depth: number): Header['value'] {
  const reader = new WireReader(bytes);
  const out: Header['value'][] = [];
  while (!reader.done) {
    const tag = readTag(reader);
    out.push(readValue(tag, takeValue(reader, tag), depth));
  }
  return out;
}

function readTable(bytes: Buffer, depth: number): Header[] {
  const out: Header[] = [];
  for (const entry of headerEntries(bytes)) out.push(headerOf(entry, depth));
  return out;
}

/** One entry as people read it. Throws WireError when a table or an array in it breaks off. */
export function headerOf({ name, tag, typed }: HeaderEntry, depth = 0): Header {
  const value = typed.subarray(1 + (SIZES[tag] === undefined ? 4 : 0));
  return { name, type: tag, value: readValue(tag, value, depth) };
}

/** Headers of `table` (without its 4 length bytes). Never throws: from the first unreadable entry on, nothing is returned. */
export function decodeTable(table: Buffer): Header[] {
  const out: Header[] = [];
  try {
    for (const entry of headerEntries(table)) out.push(headerOf(entry));
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
  return out;
}
