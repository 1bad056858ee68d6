import type { Fact } from '../lib/model/fact.ts';
import type { MessagingSpan, Span } from '../lib/model/span.ts';
import { T0, TRACE } from './build-facts.ts';

/** `n` as a span ID: 16 hex digits. */
export function spanId(n: number): string {
  return n.toString(16).padStart(16, '0');
}

type More = Omit<Partial<Span>, 'messaging'> & { messaging?: Partial<MessagingSpan> | null };

/** A span of ID `n` from `at` to `until`, ms after `T0`; everything can be overridden by `more`. */
export function span(n: number, at: number, until: number, more: More = {}): Span {
  const { messaging = null, ...rest } = more;
  return {
    traceId: TRACE,
    spanId: spanId(n),
    parentSpanId: null,
    links: [],
    name: `span ${n}`,
    kind: 'internal',
    service: 'billing',
    startAt: T0 + at,
    endAt: T0 + until,
    status: 'unset',
    statusMessage: null,
    exceptionType: null,
    attributes: [],
    cut: false,
    ...rest,
    messaging: messaging && {
      system: 'rabbitmq',
      operation: null,
      destination: null,
      exchange: null,
      queue: null,
      routingKey: null,
      messageId: null,
      conversationId: null,
      ...messaging,
    },
  };
}

/** A producer's span that sent to `exchange`. */
export function sends(n: number, at: number, exchange: string, more: More = {}): Span {
  const name = `publish ${exchange}`;
  return span(n, at, at + 2, {
    kind: 'producer',
    service: 'checkout-api',
    name,
    ...more,
    messaging: { operation: 'send', exchange, ...more.messaging },
  });
}

/** A consumer's span of a message out of `queue` that the span `sender` had sent. */
export function processes(
  n: number,
  at: number,
  until: number,
  queue: string,
  sender: number,
  more: More = {},
): Span {
  return span(n, at, until, {
    kind: 'consumer',
    name: `${queue} process`,
    parentSpanId: spanId(sender),
    ...more,
    messaging: { operation: 'process', queue, ...more.messaging },
  });
}

/** The fact of each span in the journey of trace `trace`, as they come over OTLP. */
export function spanFacts(spans: readonly Span[], trace: string = TRACE): Fact[] {
  return spans.map((one) => ({
    id: `s${one.spanId}`,
    kind: 'span',
    source: 'otlp',
    at: one.endAt,
    precision: 'exact',
    vhost: '/',
    journey: `trace:${trace}`,
    ids: { traceId: one.traceId, spanId: one.spanId },
    fingerprint: '',
    span: one,
  }));
}
