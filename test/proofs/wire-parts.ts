/**
 * Property bytes taken apart and made up without any of the application's code, so that a proof does not lean on what it
 * proves. Only cuts and compares: no value is ever decoded.
 */

import { createHash } from 'node:crypto';

/** AMQP 0-9-1, class basic: flag bits 15 to 2. s short string, t table, 1 octet, 8 octets. */
const kinds = ['s', 's', 't', '1', '1', 's', 's', 's', 's', '8', 's', 's', 's', 's'] as const;
export const HEADERS = 2;
const sizes: Record<string, number> = {
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

/** Bytes of each property by the index of its flag. */
export function partsOf(raw: Buffer): Map<number, Buffer> {
  const parts = new Map<number, Buffer>();
  let at = 2;
  for (const [index, kind] of kinds.entries()) {
    if (((raw.readUInt16BE(0) >> (15 - index)) & 1) === 0) continue;
    const size =
      kind === 's' ? 1 + raw.readUInt8(at) : kind === 't' ? 4 + raw.readUInt32BE(at) : Number(kind);
    parts.set(index, raw.subarray(at, at + size));
    at += size;
  }
  if (at !== raw.length) throw new Error(`${raw.length - at} bytes behind the properties`);
  return parts;
}

export function joinParts(parts: ReadonlyMap<number, Buffer>): Buffer {
  const flags = Buffer.alloc(2);
  const ordered = [...parts].sort(([a], [b]) => a - b);
  flags.writeUInt16BE(ordered.reduce((sum, [index]) => sum | (1 << (15 - index)), 0));
  return Buffer.concat([flags, ...ordered.map(([, bytes]) => bytes)]);
}

/** The entries of a table (with its four bytes of length): name as latin1, so that any bytes have one; bytes of the whole. */
export function entriesOf(table: Buffer): { name: string; bytes: Buffer }[] {
  const entries = [];
  for (let at = 4; at < table.length; ) {
    const from = at;
    const name = table.toString('latin1', at + 1, at + 1 + table.readUInt8(at));
    at += 1 + name.length;
    const tag = String.fromCharCode(table.readUInt8(at++));
    const size = 'SxFA'.includes(tag) ? 4 + table.readUInt32BE(at) : sizes[tag];
    if (size === undefined) throw new Error(`field type ${tag}`);
    at += size;
    entries.push({ name, bytes: table.subarray(from, at) });
  }
  return entries;
}

export function long(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

export const short = (bytes: Buffer) => Buffer.concat([Buffer.of(bytes.length), bytes]);

/**
 * Two messages have the same one when every property and every header of theirs is the same in its bytes. Brokers sort
 * headers: their order does not count. Headers that `leave` knows are left out.
 */
export function signature(raw: Buffer, body: Buffer, leave: (name: string) => boolean): string {
  const parts = partsOf(raw);
  const table = parts.get(HEADERS);
  const headers = (table ? entriesOf(table) : [])
    .filter(({ name }) => !leave(name))
    .map(({ bytes }) => bytes.toString('hex'))
    .sort();
  const others = [...parts]
    .filter(([index]) => index !== HEADERS)
    .map(([index, b]) => `${index}:${b.toString('hex')}`);
  const hash = createHash('sha256').update(body).digest('hex');
  return JSON.stringify({ others, headers, body: hash, size: body.length });
}
