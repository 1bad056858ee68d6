/** AMQP field tables (message headers), written: `Header`s to bytes. */
import type { Header, WireTag } from '../model/message.ts';
import { longString, MAX_DEPTH, shortString, uint32, WireError } from './wire.ts';

/** The wire type for a JSON value whose type is not known: int32 or int64, double, text, boolean, void, array, table. */
export function tagFor(value: Header['value']): WireTag {
  if (value === null) return 'V';
  if (typeof value === 'boolean') return 't';
  if (typeof value === 'string') return 'S';
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value) || Object.is(value, -0)) return 'd';
    return value === (value | 0) ? 'I' : 'l';
  }
  return Array.isArray(value) ? 'A' : 'F';
}

function numberOf(value: Header['value']): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
}

function bigOf(value: Header['value']): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  throw new WireError(`${JSON.stringify(value)} is not a whole number`);
}

function decimalBytes(value: Header['value']): Buffer {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(String(value));
  if (!match) throw new WireError(`${JSON.stringify(value)} is not a decimal`);
  const [, sign = '', whole = '', part = ''] = match;
  const bytes = Buffer.alloc(5);
  bytes.writeUInt8(part.length);
  bytes.writeInt32BE(Number(`${sign}${whole}${part}`), 1);
  return bytes;
}

/** Writes with one of Buffer's methods, which throw RangeError when the value does not fit. */
function fixed(size: number, write: (bytes: Buffer) => unknown): Buffer {
  const bytes = Buffer.alloc(size);
  write(bytes);
  return bytes;
}

function valueBytes(tag: WireTag, value: Header['value'], depth: number): Buffer {
  if (depth > MAX_DEPTH) throw new WireError(`nested deeper than ${MAX_DEPTH}`);
  const number = () => {
    const n = numberOf(value);
    if (!Number.isInteger(n)) throw new WireError(`${JSON.stringify(value)} is not a whole number`);
    return n;
  };
  switch (tag) {
    case 't':
      return Buffer.of(value === true ? 1 : 0);
    case 'b':
      return fixed(1, (b) => b.writeInt8(number()));
    case 'B':
      return fixed(1, (b) => b.writeUInt8(number()));
    case 's':
      return fixed(2, (b) => b.writeInt16BE(number()));
    case 'u':
      return fixed(2, (b) => b.writeUInt16BE(number()));
    case 'I':
      return fixed(4, (b) => b.writeInt32BE(number()));
    case 'i':
      return fixed(4, (b) => b.writeUInt32BE(number()));
    case 'l':
    case 'L':
      return fixed(8, (b) => b.writeBigInt64BE(bigOf(value)));
    case 'f':
      return fixed(4, (b) => b.writeFloatBE(numberOf(value)));
    case 'd':
      return fixed(8, (b) => b.writeDoubleBE(numberOf(value)));
    case 'D':
      return decimalBytes(value);
    case 'S':
      return longString(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value), 'utf8'));
    case 'x':
      return longString(Buffer.from(String(value), 'base64'));
    case 'T':
      return fixed(8, (b) => b.writeBigUInt64BE(bigOf(value)));
    case 'V':
      return Buffer.alloc(0);
    case 'A':
      if (!Array.isArray(value)) throw new WireError('an array header needs an array');
      return longString(
        Buffer.concat(value.flatMap((v) => [Buffer.from(tagFor(v)), valueBytes(tagFor(v), v, depth + 1)])),
      );
    case 'F': {
      if (value === null || typeof value !== 'object' || Array.isArray(value)) {
        throw new WireError('a table header needs an object');
      }
      const entries = Object.entries(value).map(([name, v]) => ({ name, type: null, value: v }));
      return longString(Buffer.concat(entries.map((e) => entryBytes(e, depth + 1))));
    }
  }
}

function entryBytes(header: Header, depth: number): Buffer {
  const tag = header.type ?? tagFor(header.value);
  return Buffer.concat([
    shortString(header.name),
    Buffer.from(tag, 'latin1'),
    valueBytes(tag, header.value, depth),
  ]);
}

/** One header as a table entry. Throws RangeError when the name is over 255 bytes or the value does not fit its type. */
export function encodeHeader(header: Header): Buffer {
  return entryBytes(header, 0);
}

/** Headers as a table, its 4 length bytes included. A header without a type gets the one that fits its value. */
export function encodeHeaders(headers: readonly Header[]): Buffer {
  return joinTable(headers.map(encodeHeader));
}

/** Entries as a table, its 4 length bytes included. */
export function joinTable(entries: readonly Buffer[]): Buffer {
  const bytes = Buffer.concat(entries);
  return Buffer.concat([uint32(bytes.length), bytes]);
}
