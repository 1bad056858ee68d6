import { MAX_ID_LENGTH, type MessageIds } from '../model/ids.ts';
import type { Header, Properties } from '../model/message.ts';
import { applicationProperty, parseB3, parseUberTraceId, type TraceIds } from './trace-headers.ts';

export interface TraceParent {
  traceId: string;
  spanId: string;
  sampled: boolean;
}

const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
const TRACE_ID = /^[0-9a-f]{32}$/i;
const ZEROS = /^0+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: an ID with control characters in it is refused on purpose
const CONTROL = /[\u0000-\u001f\u007f]/;

/**
 * W3C Trace Context, `traceparent` (https://www.w3.org/TR/trace-context/#traceparent-header): lower-case hex, no zero
 * IDs, version `ff` forbidden; version 00 ends after the flags, later versions may go on after a dash. Null otherwise.
 */
export function parseTraceparent(text: string): TraceParent | null {
  if (text.length > MAX_ID_LENGTH) return null;
  const [, version = '', traceId = '', spanId = '', flags = '', rest] = TRACEPARENT.exec(text) ?? [];
  if (version === '' || version === 'ff' || (version === '00' && rest !== undefined)) return null;
  if (ZEROS.test(traceId) || ZEROS.test(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** A header's value as an ID: text, a number, or bytes that are ASCII (some clients send text as bytes). */
function idOf(header: Header | undefined): string | undefined {
  if (!header) return undefined;
  const { type, value } = header;
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  return usable(type === 'x' ? asciiOf(value) : value);
}

function asciiOf(base64: string): string {
  if (base64.length > 2 * MAX_ID_LENGTH) return '';
  try {
    const text = atob(base64);
    return /^[\x20-\x7e]*$/.test(text) ? text : '';
  } catch {
    return '';
  }
}

/** An ID too long or not printable is left out, never cut: two cut IDs could meet and join strangers' messages. */
function usable(text: string | undefined): string | undefined {
  if (text === undefined || text === '' || text.length > MAX_ID_LENGTH) return undefined;
  return CONTROL.test(text) || !text.isWellFormed() ? undefined : text;
}

/** The last header of that name in any case, the exact lower-case spelling before others. */
function find(headers: readonly Header[], name: string): Header | undefined {
  return (
    headers.findLast((h) => h.name === name) ??
    headers.findLast((h) => h.name.length === name.length && h.name.toLowerCase() === name)
  );
}

/** What the headers say, the first that is valid: see `traceContext`. */
function senderOf(text: (name: string) => string | undefined): TraceIds | null {
  return (
    parseTraceparent(text('traceparent') ?? '') ??
    parseB3(text('b3'), text('x-b3-traceid'), text('x-b3-spanid')) ??
    parseUberTraceId(text('uber-trace-id'))
  );
}

/** Application properties of AMQP 1.0, which brokers before 4.0 hand on as one header. */
const APP_PROPERTIES = 'x-amqp-1.0-app-properties';

function blobOf(header: Header | undefined): string {
  if (typeof header?.value !== 'string') return '';
  if (header.type !== 'x') return header.value;
  try {
    return atob(header.value);
  } catch {
    return '';
  }
}

/**
 * The identifiers that a message carries. Its trace is told by the first of these headers that is valid, names in any
 * case: `traceparent` (read strictly), `b3`, `X-B3-TraceId` with `X-B3-SpanId`, Jaeger's `uber-trace-id`, then an
 * `X-Trace-ID` of 32 hex digits. Where none is a header, the same are looked for in the application properties of AMQP
 * 1.0. Values that are hostile or broken (control characters, longer than `MAX_ID_LENGTH`, wrong type) are ignored.
 * Never throws.
 */
export function traceContext(headers: readonly Header[], properties: Properties): MessageIds {
  const ids: MessageIds = {};
  const header = (name: string) => idOf(find(headers, name));
  const blob = blobOf(headers.find((h) => h.name === APP_PROPERTIES));
  const property = (name: string) => (blob === '' ? undefined : usable(applicationProperty(blob, name)));
  const parent = senderOf(header) ?? senderOf(property);
  const xTraceId = header('x-trace-id') ?? property('x-trace-id');
  if (parent) {
    ids.traceId = parent.traceId;
    if (parent.spanId) ids.spanId = parent.spanId;
  } else if (xTraceId && TRACE_ID.test(xTraceId) && !ZEROS.test(xTraceId)) {
    ids.traceId = xTraceId.toLowerCase();
  }
  if (xTraceId) ids.xTraceId = xTraceId;
  const correlationId = usable(properties.correlationId);
  if (correlationId) ids.correlationId = correlationId;
  const messageId = usable(properties.messageId);
  if (messageId) ids.messageId = messageId;
  const replayId = idOf(headers.findLast((h) => h.name === 'x-replay-id'));
  if (replayId) ids.replayId = replayId;
  return ids;
}
