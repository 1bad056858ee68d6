/** From what was sent to a span that may be stored: IDs and times judged, everything bounded. */
import { type Span, spanKinds } from '../model/span.ts';
import { messagingOf } from './messaging.ts';
import { clip, type RawAttribute, type RawOrigin, type RawSpan } from './raw.ts';

/** Kept of each span. A journey shows them; the user's own trace viewer has the rest. */
export const kept = {
  attributes: 48,
  /** Characters of all names and values together. */
  attributeText: 8_192,
  value: 512,
  links: 32,
  name: 255,
  status: 1_024,
} as const;

/** A clock further ahead than this is wrong; a span older than this can be of no journey that is kept. */
const AHEAD_MS = 3_600_000;
const BEHIND_MS = 30 * 86_400_000;

/** Why a span is refused; the words stand in partial_success and on /metrics. */
export const refusals = ['bad trace ID', 'bad span ID', 'bad time', 'time out of range'] as const;
export type Refusal = (typeof refusals)[number];

/** 128 and 64 bits in hex, not all zero (https://www.w3.org/TR/trace-context/#trace-id). */
const TRACE_ID = /^(?!0{32})[0-9a-f]{32}$/;
const SPAN_ID = /^(?!0{16})[0-9a-f]{16}$/;

/** `now`: ms since 1970. */
export function toSpan(raw: RawSpan, origin: RawOrigin, now: number): Span | Refusal {
  if (!TRACE_ID.test(raw.traceId)) return 'bad trace ID';
  if (!SPAN_ID.test(raw.spanId)) return 'bad span ID';
  const { startAt, endAt } = raw;
  if (!(startAt > 0 && endAt > 0) || !Number.isFinite(startAt + endAt)) return 'bad time';
  if (endAt > now + AHEAD_MS || startAt > now + AHEAD_MS || endAt < now - BEHIND_MS)
    return 'time out of range';
  const kind = spanKinds[raw.kind - 1] ?? 'internal';
  const name = clip(raw.name, kept.name);
  const words = clip(raw.statusMessage || (raw.exception?.message ?? ''), kept.status);
  const attributes = keptAttributes(raw.attributes);
  const links = raw.links.filter((l) => TRACE_ID.test(l.traceId) && SPAN_ID.test(l.spanId));
  return {
    traceId: raw.traceId,
    spanId: raw.spanId,
    parentSpanId: SPAN_ID.test(raw.parentSpanId) ? raw.parentSpanId : null,
    links: links.slice(0, kept.links),
    name: name.text,
    kind,
    service: serviceOf(origin),
    // a service whose clock was set back while it worked ends when it began
    startAt: Math.min(startAt, endAt),
    endAt,
    status: (['unset', 'ok', 'error'] as const)[raw.status] ?? 'unset',
    statusMessage: words.text === '' ? null : words.text,
    exceptionType: clip(raw.exception?.type ?? errorType(raw) ?? '', kept.name).text || null,
    messaging: messagingOf({ name: raw.name, kind }, origin.scope, raw.attributes),
    attributes: attributes.list,
    cut: raw.cut || name.cut || words.cut || attributes.cut || links.length > kept.links,
  };
}

function serviceOf({ resource }: RawOrigin): string | null {
  const name = resource.find((a) => a.name === 'service.name')?.value ?? '';
  return clip(name, kept.name).text || null;
}

/** `error.type` is the conventions' word for it where no exception event was written. */
function errorType(raw: RawSpan): string | undefined {
  return raw.status === 2 ? raw.attributes.find((a) => a.name === 'error.type')?.value : undefined;
}

/** What belongs to messaging first when there are too many. */
function keptAttributes(all: readonly RawAttribute[]): { list: Span['attributes']; cut: boolean } {
  const list: Span['attributes'] = [];
  let cut = false;
  let room: number = kept.attributeText;
  const sorted = all.length > kept.attributes ? [...all].sort((a, b) => rank(a) - rank(b)) : all;
  for (const attribute of sorted) {
    const value = clip(attribute.value, kept.value);
    const size = attribute.name.length + value.text.length;
    if (attribute.cut || value.cut) cut = true;
    if (list.length >= kept.attributes || size > room) {
      cut = true;
      continue;
    }
    room -= size;
    list.push({ name: attribute.name, value: value.text });
  }
  return { list, cut };
}

function rank({ name }: RawAttribute): number {
  return name.startsWith('messaging.') ? 0 : 1;
}
