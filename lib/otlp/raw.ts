/** What both encodings of OTLP are read into, and the bounds that hold while they are read. */
import { HoplightError } from '../model/errors.ts';

/** A value is text here whatever it was: lists and maps as JSON, bytes as base64. `cut`: it was longer. */
export interface RawAttribute {
  name: string;
  value: string;
  cut: boolean;
}

/** Where spans come from: resource and instrumentation scope. */
export interface RawOrigin {
  resource: readonly RawAttribute[];
  scope: string;
}

/** A span as it was sent, nothing judged yet. */
export interface RawSpan {
  /** Hex digits as given, lower case; '' when absent. The same for the other IDs. */
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  /** Number of the enum SpanKind. */
  kind: number;
  /** ms since 1970 with a fraction; 0 when absent, NaN when it is no time. */
  startAt: number;
  endAt: number;
  attributes: RawAttribute[];
  links: { traceId: string; spanId: string }[];
  /** Of the first event named `exception`. */
  exception: { type: string | null; message: string | null } | null;
  /** Number of the enum StatusCode. */
  status: number;
  statusMessage: string;
  /** Attributes, links or text that the bounds cut off. */
  cut: boolean;
}

export type TakeSpan = (span: RawSpan, origin: RawOrigin) => void;

export const bounds = {
  /** Read of each span; SDKs send at most 128. */
  attributes: 128,
  links: 128,
  /** Characters of an attribute's name. */
  name: 128,
  /** Characters of a value, of a span's name, of a status. */
  text: 1_024,
  /** Lists and maps within lists and maps. */
  depth: 6,
} as const;

export function emptySpan(): RawSpan {
  return {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    startAt: 0,
    endAt: 0,
    attributes: [],
    links: [],
    exception: null,
    status: 0,
    statusMessage: '',
    cut: false,
  };
}

/** At most `max` characters, no half of a surrogate pair at its end. */
export function clip(text: string, max: number): { text: string; cut: boolean } {
  if (text.length <= max) return { text: text.isWellFormed() ? text : text.toWellFormed(), cut: false };
  const end = /[\ud800-\udbff]/.test(text.charAt(max - 1)) ? max - 1 : max;
  return { text: text.slice(0, end).toWellFormed(), cut: true };
}

/** Sets name, status or the like, and notes when it had to be cut. */
export function clipInto(span: { cut: boolean }, text: string, max: number = bounds.text): string {
  const clipped = clip(text, max);
  if (clipped.cut) span.cut = true;
  return clipped.text;
}

/** The event of an exception, from its attributes. Only the first one counts. */
export function noteEvent(span: RawSpan, name: string, attributes: readonly RawAttribute[]): void {
  if (name !== 'exception' || span.exception) return;
  const find = (key: string) => attributes.find((a) => a.name === key)?.value ?? null;
  span.exception = { type: find('exception.type'), message: find('exception.message') };
}

/** The body is not what its content type says. */
export function malformed(what: string, cause?: unknown): HoplightError {
  return new HoplightError('bad_input', what, {
    notDone: 'No span was taken.',
    next: 'Send an ExportTraceServiceRequest of OTLP 1.x.',
    ...(cause === undefined ? {} : { cause }),
  });
}
