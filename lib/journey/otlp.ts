/**
 * A journey as an OTLP/JSON trace request (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding): each hop a
 * span, with the messaging conventions' names (https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/). Pure; the
 * same journey gives the same IDs, so that a hop sent twice is one span.
 */
import { createHash } from 'node:crypto';
import type { Hop, HopKind, Journey } from '../model/journey.ts';

/** Instrumentation scope of these spans: by it they are known when they come back. */
export const JOURNEY_SCOPE = 'hoplight.journey';

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  /** Number of SpanKind. */
  kind: number;
  /** ns since 1970, as text. */
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: OtlpAttribute[];
  links: { traceId: string; spanId: string }[];
  status: { code?: number; message?: string };
}
export interface OtlpAttribute {
  key: string;
  value: OtlpValue;
}
type OtlpValue =
  | { stringValue: string }
  | { intValue: string }
  | { boolValue: boolean }
  | { arrayValue: { values: { stringValue: string }[] } };

export interface OtlpResourceSpans {
  resource: { attributes: OtlpAttribute[] };
  scopeSpans: { scope: { name: string }; spans: OtlpSpan[] }[];
}

const INTERNAL = 1;
const CLIENT = 3;
const PRODUCER = 4;
const CONSUMER = 5;
const ERROR = 2;

/** `operation`: messaging.operation.type and .name; null where the conventions have no word for the hop. */
const words: Record<HopKind, { verb: string; kind: number; operation: [type: string, name: string] | null }> =
  {
    publish: { verb: 'send', kind: PRODUCER, operation: ['send', 'publish'] },
    queue: { verb: 'wait', kind: INTERNAL, operation: null },
    delivery: { verb: 'receive', kind: CONSUMER, operation: ['receive', 'deliver'] },
    retry: { verb: 'retry', kind: INTERNAL, operation: null },
    death: { verb: 'dead-letter', kind: INTERNAL, operation: null },
    return: { verb: 'return', kind: INTERNAL, operation: null },
    replay: { verb: 'replay', kind: PRODUCER, operation: ['send', 'replay'] },
    settlement: { verb: 'settle', kind: CLIENT, operation: ['settle', 'settle'] },
  };

/** The whole journey; of `service` the spans' resource says that they are its own. */
export function journeyToOtlp(
  journey: Journey,
  service: { name: string } = { name: 'rabbitmq' },
): { resourceSpans: OtlpResourceSpans[] } {
  return { resourceSpans: [resourceSpans(journey, service)] };
}

/** `only`: IDs of the hops that are wanted; parents and links name the others all the same. */
export function resourceSpans(
  journey: Journey,
  service: { name: string },
  only?: ReadonlySet<string>,
): OtlpResourceSpans {
  const ids = new SpanIds(journey);
  const spans = journey.hops
    .filter((hop) => !only || only.has(hop.id))
    .map((hop) => spanOf(hop, journey, ids));
  const gaps = journey.gaps.map((gap) => gap.reason);
  return {
    resource: {
      attributes: attributes([
        ['service.name', service.name],
        ['hoplight.gaps', gaps.length > 0 ? [...new Set(gaps)] : null],
      ]),
    },
    scopeSpans: [{ scope: { name: JOURNEY_SCOPE }, spans }],
  };
}

class SpanIds {
  readonly #journey: Journey;
  readonly #hops: ReadonlyMap<string, Hop>;
  readonly traceId: string;

  constructor(journey: Journey) {
    this.#journey = journey;
    this.#hops = new Map(journey.hops.map((hop) => [hop.id, hop]));
    const own = /^trace:([0-9a-f]{32})$/.exec(journey.id)?.[1] ?? journey.ids.traceId;
    this.traceId = own ?? hashOf(journey.id, 32);
  }

  hop(id: string): Hop | undefined {
    return this.#hops.get(id);
  }

  spanId(hopId: string): string {
    return hashOf(`${this.#journey.id} ${hopId}`, 16);
  }

  /** When it was, else when what led to it was; ms since 1970. */
  timeOf(hop: Hop, seen: ReadonlySet<string> = new Set()): number {
    if (hop.at !== null) return hop.at;
    const before = hop.from.flatMap((id) => {
      const from = this.#hops.get(id);
      return from && !seen.has(id) ? [this.timeOf(from, new Set([...seen, hop.id]))] : [];
    });
    return before.length > 0 ? Math.max(...before) : this.#journey.firstAt;
  }
}

function spanOf(hop: Hop, journey: Journey, ids: SpanIds): OtlpSpan {
  const { verb, kind, operation } = words[hop.kind];
  const place = destinationOf(hop);
  const start = ids.timeOf(hop);
  // a wait that has no end yet has lasted until now, as far as this journey knows
  const end = hop.until ?? (hop.kind === 'queue' ? Math.max(start, journey.lastAt) : start);
  const [first, ...others] = hop.from.filter((id) => ids.hop(id));
  const sender = senderOf(hop);
  const isFirst = first === undefined && sender?.traceId === ids.traceId;
  const parent = first === undefined ? (isFirst ? sender?.spanId : undefined) : ids.spanId(first);
  const links = others.map((id) => ({ traceId: ids.traceId, spanId: ids.spanId(id) }));
  if (sender && !isFirst) links.push(sender);
  return {
    traceId: ids.traceId,
    spanId: ids.spanId(hop.id),
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name: `${verb} ${place}`,
    kind,
    startTimeUnixNano: nanos(start),
    endTimeUnixNano: nanos(Math.max(start, end)),
    attributes: attributes([
      ['messaging.system', 'rabbitmq'],
      ['messaging.operation.type', operation?.[0] ?? null],
      ['messaging.operation.name', operation?.[1] ?? null],
      ['messaging.destination.name', place],
      ['messaging.rabbitmq.destination.routing_key', hop.routingKeys[0] ?? null],
      ['messaging.message.id', hop.ids.messageId ?? null],
      ['messaging.message.conversation_id', hop.ids.correlationId ?? null],
      ['messaging.message.body.size', hop.message?.body.size ?? null],
      ['messaging.rabbitmq.vhost', hop.vhost],
      ...ownWords(hop, journey),
    ]),
    links,
    status: statusOf(hop),
  };
}

/** What the conventions have no words for. */
function ownWords(hop: Hop, journey: Journey): [string, Value][] {
  return [
    ['hoplight.journey', journey.id],
    ['hoplight.hop', hop.id],
    ['hoplight.hop.kind', hop.kind],
    ['hoplight.provenance', hop.provenance],
    ['hoplight.source', hop.source],
    ['hoplight.precision', hop.at === null ? 'unknown' : hop.precision],
    ['hoplight.why', hop.why],
    ['hoplight.exchange', hop.exchange],
    ['hoplight.queue', hop.queue],
    ['hoplight.routed_queues', hop.routedQueues.length > 0 ? hop.routedQueues : null],
    ['hoplight.attempt', hop.attempt],
    ['hoplight.redelivered', hop.redelivered],
    ['hoplight.reason', hop.reason],
    ['hoplight.error', hop.error],
    ['hoplight.outcome', hop.outcome],
    ['hoplight.replay', hop.replay?.replayId ?? null],
    ['hoplight.user', hop.user],
    ['hoplight.connection', hop.connection],
    ['hoplight.node', hop.node],
    ['error.type', statusOf(hop).code === ERROR ? (hop.reason ?? '_OTHER') : null],
  ];
}

/** The span that sent the message, as its headers name it. */
function senderOf(hop: Hop): { traceId: string; spanId: string } | null {
  const { traceId, spanId } = hop.ids;
  return hop.kind === 'publish' && traceId && spanId ? { traceId, spanId } : null;
}

/** `exchange:key` where something was sent, `exchange:key:queue` where it was handed over, else the queue it was in. */
function destinationOf(hop: Hop): string {
  const { kind, operation } = words[hop.kind];
  if (operation === null && hop.queue) return hop.queue;
  const parts = [hop.exchange ?? '', hop.routingKeys[0] ?? '', kind === PRODUCER ? '' : (hop.queue ?? '')];
  // what is empty, or said twice, is left out
  const told = parts.filter((part, i) => part !== '' && part !== parts[i - 1]);
  return told.length > 0 ? told.join(':') : 'amq.default';
}

function statusOf(hop: Hop): OtlpSpan['status'] {
  const isBad = hop.kind === 'death' || hop.kind === 'return' || hop.error !== null;
  if (!isBad) return {};
  return { code: ERROR, message: hop.error ?? hop.reason ?? hop.why };
}

type Value = string | number | boolean | readonly string[] | null;

function attributes(list: readonly (readonly [string, Value])[]): OtlpAttribute[] {
  return list.flatMap(([key, value]) => (value === null ? [] : [{ key, value: anyValue(value) }]));
}

function anyValue(value: Exclude<Value, null>): OtlpValue {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number') return { intValue: String(Math.trunc(value)) };
  return { arrayValue: { values: value.map((text) => ({ stringValue: text })) } };
}

/** Clocks here give microseconds at best. */
function nanos(ms: number): string {
  return String(BigInt(Math.max(0, Math.round(ms * 1_000))) * 1_000n);
}

/** Hex digits that are never all zero, which would be no ID. */
function hashOf(text: string, digits: number): string {
  const hash = createHash('sha256').update(text).digest('hex').slice(0, digits);
  return /^0+$/.test(hash) ? hash.replace(/.$/, '1') : hash;
}
