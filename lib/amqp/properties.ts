/**
 * The basic properties of a message: their wire bytes (flags and property list, as in a content header frame) to the
 * model and back, and edits that leave every untouched byte as it was. amqplib's own codec changes header types on a
 * round trip (int64 5 becomes int8, float becomes double, `__proto__` vanishes), so these bytes are read and written beside it.
 */
import type { Header, Properties } from '../model/message.ts';
import { encodeHeader, encodeHeaders, type HeaderEntry, headerEntries, joinTable } from './table.ts';
import { headersIn } from './table-read.ts';
import { shortString, uint16, WireError } from './wire.ts';

export { publishRaw, type RawPublish, rawProperties } from './raw.ts';
export { encodeHeaders } from './table-encode.ts';

/** Order of the flags, bit 15 first (AMQP 0-9-1 specification, class basic). */
const order = [
  ['contentType', 'text'],
  ['contentEncoding', 'text'],
  ['headers', 'table'],
  ['deliveryMode', 'octet'],
  ['priority', 'octet'],
  ['correlationId', 'text'],
  ['replyTo', 'text'],
  ['expiration', 'text'],
  ['messageId', 'text'],
  ['timestamp', 'time'],
  ['type', 'text'],
  ['userId', 'text'],
  ['appId', 'text'],
  ['clusterId', 'text'],
] as const;
export type PropertyName = (typeof order)[number][0];
type Kind = (typeof order)[number][1];
type TextProperty = Exclude<keyof Properties, 'deliveryMode' | 'priority' | 'timestamp'>;

function lengthAt(kind: Kind, raw: Buffer, at: number): number {
  if (kind === 'text') return 1 + (raw[at] ?? ended());
  if (kind === 'table') return at + 4 <= raw.length ? 4 + raw.readUInt32BE(at) : ended();
  return kind === 'octet' ? 1 : 8;
}

function ended(): never {
  throw new WireError('the properties end early');
}

/**
 * Visits each property with the place of its wire bytes, length prefixes included, in order; throws WireError where the
 * bytes break, after what stands before.
 */
function eachProperty(raw: Buffer, visit: (name: PropertyName, from: number, to: number) => void): void {
  const flags = raw.length >= 2 ? raw.readUInt16BE(0) : ended();
  let at = 2;
  for (let i = 0; i < order.length; i++) {
    const known = order[i];
    if (!known || ((flags >> (15 - i)) & 1) === 0) continue;
    const to = at + lengthAt(known[1], raw, at);
    if (to > raw.length) ended();
    visit(known[0], at, to);
    at = to;
  }
  // bits 1 and 0 would announce more flags, which the basic class does not have
  if (flags & 3 || at !== raw.length) throw new WireError('unexpected bytes after the properties');
}

/** Property name → wire bytes. Throws WireError unless every byte is accounted for. */
export function splitProperties(raw: Buffer): Map<PropertyName, Buffer> {
  const parts = new Map<PropertyName, Buffer>();
  eachProperty(raw, (name, from, to) => parts.set(name, raw.subarray(from, to)));
  return parts;
}

export function joinProperties(parts: ReadonlyMap<PropertyName, Buffer>): Buffer {
  let flags = 0;
  const out: Buffer[] = [];
  for (const [index, [name]] of order.entries()) {
    const bytes = parts.get(name);
    if (!bytes) continue;
    flags |= 1 << (15 - index);
    out.push(bytes);
  }
  return Buffer.concat([uint16(flags), ...out]);
}

const kindOf = new Map<string, Kind>(order);

function isText(name: PropertyName): name is TextProperty {
  return kindOf.get(name) === 'text';
}

/**
 * What people read of a message's properties: the basic ones and the headers with their wire types. Never throws on
 * whatever a client sent: it returns what stands before the first unreadable byte.
 */
export function decodeProperties(raw: Buffer): { properties: Properties; headers: Header[] } {
  const properties: Properties = {};
  let headers: Header[] = [];
  try {
    eachProperty(raw, (name, from, to) => {
      if (name === 'headers') headers = headersIn(raw, from + 4, to);
      else if (name === 'deliveryMode' || name === 'priority') properties[name] = raw.readUInt8(from);
      else if (name === 'timestamp') properties.timestamp = Number(raw.readBigUInt64BE(from));
      else properties[name] = raw.toString('utf8', from + 1, to);
    });
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
  return { properties, headers };
}

function propertyBytes(name: PropertyName, value: string | number): Buffer {
  if (isText(name)) return shortString(String(value));
  if (name === 'timestamp') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    return bytes;
  }
  const bytes = Buffer.alloc(1);
  bytes.writeUInt8(Number(value));
  return bytes;
}

function putProperties(parts: Map<PropertyName, Buffer>, properties: Properties): void {
  for (const [name] of order) {
    if (name === 'headers') continue;
    const value = properties[name];
    if (value !== undefined) parts.set(name, propertyBytes(name, value));
  }
}

/**
 * Wire bytes for a message of our own. `headers` empty: no header table at all. Throws RangeError when a text is over
 * 255 bytes or a number does not fit.
 */
export function encodeProperties(properties: Properties, headers: readonly Header[] = []): Buffer {
  const parts = new Map<PropertyName, Buffer>();
  putProperties(parts, properties);
  if (headers.length > 0) parts.set('headers', encodeHeaders(headers));
  return joinProperties(parts);
}

/** The header table of `raw`, entry by entry with its bytes; empty when there is none. Throws WireError on broken bytes. */
export function rawHeaders(raw: Buffer): HeaderEntry[] {
  let table: Buffer | null = null;
  eachProperty(raw, (name, from, to) => {
    if (name === 'headers') table = raw.subarray(from + 4, to);
  });
  return table ? headerEntries(table) : [];
}

export interface PropertyEdit {
  /** Headers to leave out, by exact name. */
  dropHeaders?: (name: string) => boolean;
  /** Old name → new name; type and value bytes stay. Applied before `dropHeaders`, which sees the old name of others only. */
  renameHeaders?: ReadonlyMap<string, string>;
  /** Each takes the place of the first header of its name, others of that name go; new names come at the end. */
  setHeaders?: readonly Header[];
  dropProperties?: readonly Exclude<PropertyName, 'headers'>[];
  setProperties?: Properties;
}

/**
 * `raw` with these changes; every other byte stays, in its order. A message without headers stays without a header
 * table unless `setHeaders` brings one. Throws WireError when `raw` cannot be split, RangeError when a new value does not fit.
 */
export function editProperties(raw: Buffer, edit: PropertyEdit): Buffer {
  const parts = splitProperties(raw);
  for (const name of edit.dropProperties ?? []) parts.delete(name);
  putProperties(parts, edit.setProperties ?? {});
  const table = parts.get('headers');
  const set = edit.setHeaders ?? [];
  const replaced = new Set(set.map((h) => h.name));
  const placed = new Set<string>();
  const kept: Buffer[] = [];
  for (const entry of table ? headerEntries(table.subarray(4)) : []) {
    const renamed = edit.renameHeaders?.get(entry.name);
    const name = renamed ?? entry.name;
    if (replaced.has(name)) {
      if (!placed.has(name)) kept.push(...set.filter((h) => h.name === name).map(encodeHeader));
      placed.add(name);
    } else if (renamed !== undefined) kept.push(Buffer.concat([shortString(renamed), entry.typed]));
    else if (!edit.dropHeaders?.(entry.name)) kept.push(entry.raw);
  }
  const added = set.filter((h) => !placed.has(h.name)).map(encodeHeader);
  if (table || set.length > 0) parts.set('headers', joinTable([...kept, ...added]));
  return joinProperties(parts);
}
