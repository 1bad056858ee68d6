/**
 * ExportTraceServiceRequest as protobuf, read field by field (numbers of opentelemetry-proto 1.x, trace.proto and
 * common.proto). Every length is held against the message around it, since pbf reads on past the end of its bytes.
 * Unknown fields are skipped, as protobuf wants it.
 */
import { PbfReader } from 'pbf';
import { isHoplightError } from '../model/errors.ts';
import {
  bounds,
  clip,
  clipInto,
  emptySpan,
  malformed,
  noteEvent,
  type RawAttribute,
  type RawOrigin,
  type RawSpan,
  type TakeSpan,
} from './raw.ts';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** Answers false for a field that it does not read. */
type ReadField = (field: number, wire: number) => boolean;

/** Hands each span to `take`. Throws HoplightError `bad_input` when the bytes are no such message, with some perhaps taken; what `take` throws. */
export function decodeProtobuf(bytes: Uint8Array, take: TakeSpan): void {
  try {
    new Decoder(bytes, take).request();
  } catch (error) {
    if (isHoplightError(error)) throw error;
    throw malformed('The body is not an OTLP trace request in protobuf.', error);
  }
}

function quoted(text: string, isText: boolean): string {
  return isText ? JSON.stringify(text) : text || 'null';
}

class Decoder {
  readonly #pbf: PbfReader;
  readonly #bytes: Buffer;
  readonly #take: TakeSpan;

  constructor(bytes: Uint8Array, take: TakeSpan) {
    this.#pbf = new PbfReader(bytes);
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#take = take;
  }

  request(): void {
    this.#fields(this.#bytes.length, (field, wire) => {
      if (field !== 1 || wire !== BYTES) return false;
      this.#resourceSpans(this.#end());
      return true;
    });
  }

  /** The resource may stand behind its spans: it is looked for first. */
  #resourceSpans(end: number): void {
    const resource: RawAttribute[] = [];
    this.#twice(end, (field, wire) => {
      if (field !== 1 || wire !== BYTES) return false;
      const holder = { attributes: resource, cut: false };
      this.#fields(this.#end(), (f, w) => f === 1 && w === BYTES && this.#attribute(holder));
      return true;
    });
    this.#fields(end, (field, wire) => {
      if (field !== 2 || wire !== BYTES) return false;
      this.#scopeSpans(this.#end(), resource);
      return true;
    });
  }

  #scopeSpans(end: number, resource: readonly RawAttribute[]): void {
    const origin: RawOrigin = { resource, scope: '' };
    this.#twice(end, (field, wire) => {
      if (field !== 1 || wire !== BYTES) return false;
      this.#fields(this.#end(), (f, w) => {
        if (f !== 1 || w !== BYTES) return false;
        origin.scope = clip(this.#text(), bounds.name).text;
        return true;
      });
      return true;
    });
    this.#fields(end, (field, wire) => {
      if (field !== 2 || wire !== BYTES) return false;
      this.#take(this.#span(this.#end()), origin);
      return true;
    });
  }

  #span(end: number): RawSpan {
    const span = emptySpan();
    this.#fields(end, (field, wire) => {
      if (wire === BYTES) return this.#spanPart(span, field);
      if (field === 6 && wire === VARINT) span.kind = this.#pbf.readVarint();
      else if (field === 7 && wire === FIXED64) span.startAt = this.#time();
      else if (field === 8 && wire === FIXED64) span.endAt = this.#time();
      else return false;
      return true;
    });
    return span;
  }

  #spanPart(span: RawSpan, field: number): boolean {
    switch (field) {
      case 1:
        span.traceId = this.#hex();
        return true;
      case 2:
        span.spanId = this.#hex();
        return true;
      case 4:
        span.parentSpanId = this.#hex();
        return true;
      case 5:
        span.name = clipInto(span, this.#text());
        return true;
      case 9:
        return this.#attribute(span);
      case 11:
        return this.#event(span);
      case 13:
        return this.#link(span);
      case 15:
        this.#fields(this.#end(), (f, w) => {
          if (f === 2 && w === BYTES) span.statusMessage = clipInto(span, this.#text());
          else if (f === 3 && w === VARINT) span.status = this.#pbf.readVarint();
          else return false;
          return true;
        });
        return true;
      default:
        return false;
    }
  }

  #event(span: RawSpan): true {
    let name = '';
    const holder = { attributes: [], cut: false };
    this.#fields(this.#end(), (f, w) => {
      if (f === 2 && w === BYTES) {
        name = clip(this.#text(), bounds.name).text;
        return true;
      }
      return f === 3 && w === BYTES && span.exception === null && this.#attribute(holder);
    });
    noteEvent(span, name, holder.attributes);
    return true;
  }

  #link(span: RawSpan): boolean {
    if (span.links.length >= bounds.links) {
      span.cut = true;
      return false;
    }
    const link = { traceId: '', spanId: '' };
    this.#fields(this.#end(), (f, w) => {
      if (f === 1 && w === BYTES) link.traceId = this.#hex();
      else if (f === 2 && w === BYTES) link.spanId = this.#hex();
      else return false;
      return true;
    });
    span.links.push(link);
    return true;
  }

  #attribute(holder: { attributes: RawAttribute[]; cut: boolean }): boolean {
    if (holder.attributes.length >= bounds.attributes) {
      holder.cut = true;
      return false;
    }
    const { name, value } = this.#keyValue(0);
    const short = clip(name, bounds.name);
    const clipped = clip(value, bounds.text);
    if (short.cut || clipped.cut) holder.cut = true;
    holder.attributes.push({ name: short.text, value: clipped.text, cut: clipped.cut });
    return true;
  }

  #keyValue(depth: number): { name: string; value: string; isText: boolean } {
    let name = '';
    let value = { text: '', isText: true };
    this.#fields(this.#end(), (f, w) => {
      if (w !== BYTES) return false;
      if (f === 1) name = this.#text();
      else if (f === 2) value = this.#value(depth);
      else return false;
      return true;
    });
    return { name, value: value.text, isText: value.isText };
  }

  /** An AnyValue as text; `isText` when it was a string, so that a list can quote it. */
  #value(depth: number): { text: string; isText: boolean } {
    let text = '';
    let isText = true;
    this.#fields(this.#end(), (f, w) => {
      isText = false;
      if (f === 1 && w === BYTES) {
        text = this.#text();
        isText = true;
      } else if (f === 2 && w === VARINT) text = String(this.#pbf.readVarint() !== 0);
      else if (f === 3 && w === VARINT) text = this.#int64();
      else if (f === 4 && w === FIXED64) text = String(this.#pbf.readDouble());
      else if (f === 5 && w === BYTES) text = this.#list(depth);
      else if (f === 6 && w === BYTES) text = this.#map(depth);
      else if (f === 7 && w === BYTES) {
        text = this.#slice().subarray(0, bounds.text).toString('base64');
        isText = true;
      } else return false;
      return true;
    });
    return { text, isText };
  }

  #list(depth: number): string {
    const parts = this.#parts(depth, () => {
      const { text, isText } = this.#value(depth + 1);
      return quoted(text, isText);
    });
    return `[${parts.join(',')}]`;
  }

  #map(depth: number): string {
    const parts = this.#parts(depth, () => {
      const { name, value, isText } = this.#keyValue(depth + 1);
      return `${JSON.stringify(name)}:${quoted(value, isText)}`;
    });
    return `{${parts.join(',')}}`;
  }

  /** The values of a list or map, as many as a text can hold; what lies deeper than the bound is left out. */
  #parts(depth: number, read: () => string): string[] {
    const end = this.#end();
    const parts: string[] = [];
    if (depth >= bounds.depth) {
      this.#pbf.pos = end;
      return ['"…"'];
    }
    let length = 0;
    this.#fields(end, (f, w) => {
      if (f !== 1 || w !== BYTES || length > bounds.text) return false;
      const part = read();
      length += part.length + 1;
      parts.push(part);
      return true;
    });
    return parts;
  }

  /** Reads a message's fields up to `end`. Throws when a field reaches beyond it. */
  #fields(end: number, read: ReadField): void {
    const pbf = this.#pbf;
    while (pbf.pos < end) {
      const tag = pbf.readVarint();
      const field = Math.floor(tag / 8);
      if (field === 0) throw new RangeError('field number 0');
      if (!read(field, tag % 8)) this.#skip(tag % 8);
    }
    if (pbf.pos !== end) throw new RangeError('a field reaches beyond its message');
  }

  /** As #fields, and back at where it began. */
  #twice(end: number, read: ReadField): void {
    const start = this.#pbf.pos;
    this.#fields(end, read);
    this.#pbf.pos = start;
  }

  #skip(wire: number): void {
    if (wire === VARINT) this.#pbf.readVarint();
    else if (wire === FIXED64) this.#pbf.pos += 8;
    else if (wire === BYTES) this.#pbf.pos = this.#end();
    else if (wire === FIXED32) this.#pbf.pos += 4;
    else throw new RangeError(`wire type ${wire}`);
  }

  /** Where the length-delimited value that begins here ends. */
  #end(): number {
    const length = this.#pbf.readVarint();
    const end = this.#pbf.pos + length;
    if (!(end <= this.#bytes.length)) throw new RangeError('a length reaches beyond the body');
    return end;
  }

  #slice(): Buffer {
    const end = this.#end();
    const slice = this.#bytes.subarray(this.#pbf.pos, end);
    this.#pbf.pos = end;
    return slice;
  }

  /** A little more than the bound, so that the cut is seen; longer texts are not decoded to their end. */
  #text(): string {
    const slice = this.#slice();
    return slice.toString('utf8', 0, Math.min(slice.length, 4 * bounds.text + 4));
  }

  /** IDs are 8 or 16 bytes; of anything longer it is enough to know that it is longer. */
  #hex(): string {
    return this.#slice().subarray(0, 17).toString('hex');
  }

  #time(): number {
    return this.#pbf.readFixed64() / 1e6;
  }

  #int64(): string {
    const start = this.#pbf.pos;
    let value = 0n;
    for (let i = 0; i < 10; i++) {
      const byte = this.#bytes[start + i];
      if (byte === undefined) break;
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte > 0x7f) continue;
      this.#pbf.pos = start + i + 1;
      return BigInt.asIntN(64, value).toString();
    }
    throw new RangeError('a varint without an end');
  }
}
