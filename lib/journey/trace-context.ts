import { MAX_ID_LENGTH, type MessageIds } from '../model/ids.ts';
import type { Header, Properties } from '../model/message.ts';

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

/**
 * The identifiers that a message carries. `traceparent` is read strictly; `X-Trace-ID` in any case, and when it is
 * 32 hex digits it is the trace ID too, unless a valid `traceparent` says another. Values that are hostile or broken
 * (control characters, longer than `MAX_ID_LENGTH`, wrong type) are ignored. Never throws.
 */
export function traceContext(headers: readonly Header[], properties: Properties): MessageIds {
  const ids: MessageIds = {};
  const parent = parseTraceparent(idOf(find(headers, 'traceparent')) ?? '');
  const xTraceId = idOf(find(headers, 'x-trace-id'));
  if (parent) {
    ids.traceId = parent.traceId;
    ids.spanId = parent.spanId;
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
