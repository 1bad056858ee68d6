/** Trace headers older than, or beside, W3C Trace Context. All give IDs in the W3C form: 32 and 16 lower-case hex digits. */

export interface TraceIds {
  traceId: string;
  /** Null where the header holds none that is valid. */
  spanId: string | null;
}

const ZEROS = /^0+$/;

/**
 * Left-padded with zeros to `length` digits: an ID of 64 bits is the lower half of one of 128. Null for none and for zero.
 */
function hex(text: string | undefined, length: 16 | 32): string | null {
  if (!text || text.length > length || !/^[0-9a-f]+$/i.test(text) || ZEROS.test(text)) return null;
  return text.toLowerCase().padStart(length, '0');
}

/**
 * B3, the single header `b3` or `X-B3-TraceId` with `X-B3-SpanId` (https://github.com/openzipkin/b3-propagation): trace IDs
 * of 16 or 32 hex digits. A lone sampling decision (`b3: 0`) has no ID.
 */
export function parseB3(single: string | undefined, traceId?: string, spanId?: string): TraceIds | null {
  const [trace, span, ...rest] = single?.split('-') ?? [];
  const whole = span !== undefined && rest.length <= 2 ? b3(trace, span) : null;
  return whole ?? b3(traceId, spanId);
}

function b3(trace: string | undefined, span: string | undefined): TraceIds | null {
  if (trace?.length !== 16 && trace?.length !== 32) return null;
  const traceId = hex(trace, 32);
  return traceId === null ? null : { traceId, spanId: span?.length === 16 ? hex(span, 16) : null };
}

/**
 * Jaeger's `uber-trace-id` (https://www.jaegertracing.io/docs/1.76/client-libraries/#propagation-format):
 * `trace:span:parent:flags`, hex without leading zeros, the colons perhaps written as `%3A`.
 */
export function parseUberTraceId(text: string | undefined): TraceIds | null {
  const parts = text?.replaceAll(/%3a/gi, ':').split(':') ?? [];
  if (parts.length !== 4) return null;
  const traceId = hex(parts[0], 32);
  return traceId === null ? null : { traceId, spanId: hex(parts[1], 16) };
}

/**
 * One application property of an AMQP 1.0 message as RabbitMQ before 4.0 hands it to AMQP 0-9-1: all in one header,
 * encoded as AMQP 1.0 writes them (a string of up to 127 ASCII characters after its name: type 0xa1, length, text).
 * `blob` is that header as text, in which bytes that are no UTF-8 may have been replaced. Undefined: not found.
 */
export function applicationProperty(blob: string, name: string): string | undefined {
  if (blob.length > MOST_BLOB) return undefined;
  const key = String.fromCharCode(name.length) + name;
  const at = blob.toLowerCase().indexOf(key);
  if (at < 0) return undefined;
  const start = at + key.length;
  const length = blob.charCodeAt(start + 1);
  const value = blob.slice(start + 2, start + 2 + length);
  return length < 128 && value.length === length && /^[\x20-\x7e]+$/.test(value) ? value : undefined;
}

const MOST_BLOB = 65_536;
