/**
 * ExportTraceServiceRequest as OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): IDs in hex,
 * 64-bit numbers as text or number, enums as number or name, unknown fields ignored. Read by hand into bounded texts, as
 * the protobuf is: a schema would first build a second copy of everything.
 */
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

const kinds = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
);
const codes = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`);

/** Hands each span to `take`. Throws HoplightError `bad_input` when the body is no such message, with some perhaps taken. */
export function decodeJson(bytes: Uint8Array, take: TakeSpan): void {
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw malformed('The body is not JSON.', error);
  }
  for (const resourceSpans of objects(field(body, 'resourceSpans', 'The body'), 'resourceSpans')) {
    const resource = attributesOf({ attributes: [], cut: false }, get(resourceSpans.resource, 'attributes'));
    for (const scopeSpans of objects(resourceSpans.scopeSpans, 'scopeSpans')) {
      const origin: RawOrigin = {
        resource,
        scope: clip(textOf(get(scopeSpans.scope, 'name')), bounds.name).text,
      };
      for (const span of objects(scopeSpans.spans, 'spans')) take(readSpan(span), origin);
    }
  }
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Own fields alone: a body may name what every object inherits. */
function get(value: unknown, name: string): unknown {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function field(value: unknown, name: string, what: string): unknown {
  if (!isObject(value)) throw malformed(`${what} is not a JSON object.`);
  return get(value, name);
}

/** Absent and null are an empty list, as in protobuf. */
function objects(value: unknown, name: string): Fields[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw malformed(`${name} is not a list of objects.`);
}

function readSpan(from: Fields): RawSpan {
  const span = emptySpan();
  span.traceId = idOf(from.traceId);
  span.spanId = idOf(from.spanId);
  span.parentSpanId = idOf(from.parentSpanId);
  span.name = clipInto(span, textOf(from.name));
  span.kind = enumOf(from.kind, kinds);
  span.startAt = timeOf(from.startTimeUnixNano);
  span.endAt = timeOf(from.endTimeUnixNano);
  attributesOf(span, from.attributes);
  for (const link of objects(from.links, 'links')) {
    if (span.links.length < bounds.links)
      span.links.push({ traceId: idOf(link.traceId), spanId: idOf(link.spanId) });
    else span.cut = true;
  }
  for (const event of objects(from.events, 'events')) {
    if (span.exception || event.name !== 'exception') continue;
    noteEvent(span, event.name, attributesOf({ attributes: [], cut: false }, event.attributes));
  }
  span.status = enumOf(get(from.status, 'code'), codes);
  span.statusMessage = clipInto(span, textOf(get(from.status, 'message')));
  return span;
}

function attributesOf(holder: { attributes: RawAttribute[]; cut: boolean }, list: unknown): RawAttribute[] {
  for (const entry of objects(list, 'attributes')) {
    if (holder.attributes.length >= bounds.attributes) {
      holder.cut = true;
      break;
    }
    const name = clip(textOf(entry.key), bounds.name);
    const value = clip(valueText(entry.value, 0), bounds.text);
    if (name.cut || value.cut) holder.cut = true;
    holder.attributes.push({ name: name.text, value: value.text, cut: value.cut });
  }
  return holder.attributes;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** An ID longer than the longest there is stays too long. */
function idOf(value: unknown): string {
  return textOf(value).slice(0, 40).toLowerCase();
}

function enumOf(value: unknown, names: readonly string[]): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' ? Math.max(0, names.indexOf(value)) : 0;
}

/** Nanoseconds since 1970 in ms; a text or a number. */
function timeOf(value: unknown): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return value / 1e6;
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) / 1e6 : Number.NaN;
}

/** An AnyValue as text. */
function valueText(value: unknown, depth: number): string {
  if (!isObject(value)) return '';
  if (typeof value.stringValue === 'string') return value.stringValue;
  if (typeof value.bytesValue === 'string') return value.bytesValue;
  return otherText(value, depth);
}

function otherText(value: Fields, depth: number): string {
  for (const name of ['boolValue', 'intValue', 'doubleValue']) {
    const one = get(value, name);
    if (typeof one === 'boolean' || typeof one === 'number') return String(one);
    if (typeof one === 'string') return one;
  }
  const list = get(value, 'arrayValue');
  const map = get(value, 'kvlistValue');
  if (list === undefined && map === undefined) return '';
  if (depth >= bounds.depth) return list === undefined ? '{"…"}' : '["…"]';
  if (list !== undefined) return `[${parts(get(list, 'values'), (v) => quoted(v, depth + 1))}]`;
  const pair = (entry: Fields) =>
    `${JSON.stringify(textOf(entry.key))}:${quoted(get(entry, 'value'), depth + 1)}`;
  return `{${parts(get(map, 'values'), pair)}}`;
}

/** As many as a text can hold. */
function parts(values: unknown, read: (value: Fields) => string): string {
  let text = '';
  for (const value of objects(values, 'values')) {
    if (text.length > bounds.text) break;
    text += `${text === '' ? '' : ','}${read(value)}`;
  }
  return text;
}

function quoted(value: unknown, depth: number): string {
  const isText = isObject(value) && ['stringValue', 'bytesValue'].some((name) => Object.hasOwn(value, name));
  const text = valueText(value, depth);
  return isText ? JSON.stringify(text) : text === '' ? 'null' : text;
}
