/**
 * AMQP field tables (message headers), read: bytes to `Header`s. `Header` is what people read; it keeps the wire type
 * of each header, though not of values nested in it, nor text that is not UTF-8. Where bytes must stay as they are
 * (replay), use `headerEntries` and `editProperties`, which copy them.
 * Field types are RabbitMQ's: https://www.rabbitmq.com/amqp-0-9-1-errata#section_3
 */
import { type Header, type WireTag, wireTags } from '../model/message.ts';
import { FIELD_SIZES, headersIn } from './table-read.ts';
import { WireError, WireReader } from './wire.ts';

export { encodeHeader, encodeHeaders, joinTable } from './table-encode.ts';

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
  return reader.slice(FIELD_SIZES[tag] ?? reader.uint32());
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

/** Headers of `table` (without its 4 length bytes). Never throws: from the first unreadable entry on, nothing is returned. */
export function decodeTable(table: Buffer): Header[] {
  return headersIn(table, 0, table.length);
}
