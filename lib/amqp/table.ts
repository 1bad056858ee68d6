/**
 * AMQP field tables (message headers), read: bytes to `Header`s. `Header` is what people read; it keeps the wire type
 * of each header, though not of values nested in it, nor text that is not UTF-8. Where bytes must stay as they are
 * (replay), use `headerEntries` and `editProperties`, which copy them.
 * Field types are RabbitMQ's: https://www.rabbitmq.com/amqp-0-9-1-errata#section_3
 */
import type { Header, WireTag } from '../model/message.ts';
import { eachEntry, headersIn } from './table-read.ts';

export { encodeHeader, encodeHeaders, joinTable } from './table-encode.ts';

/** One entry of a header table as it lies on the wire: `raw` is key, tag and value together. */
export interface HeaderEntry {
  name: string;
  tag: WireTag;
  /** Tag and value, without the key. */
  typed: Buffer;
  raw: Buffer;
}

/** Entries of `table` (without its 4 length bytes), in order, duplicates included. Throws WireError where it breaks. */
export function headerEntries(table: Buffer): HeaderEntry[] {
  const out: HeaderEntry[] = [];
  let from = 0;
  eachEntry(table, 0, table.length, (name, tag, _, to) => {
    const typedFrom = from + 1 + (table[from] ?? 0);
    out.push({ name, tag, typed: table.subarray(typedFrom, to), raw: table.subarray(from, to) });
    from = to;
  });
  return out;
}

/** Headers of `table` (without its 4 length bytes). Never throws: from the first unreadable entry on, nothing is returned. */
export function decodeTable(table: Buffer): Header[] {
  return headersIn(table, 0, table.length);
}
