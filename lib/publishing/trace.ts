/**
 * The trace of a publish: a PRODUCER span and the headers that carry it. Attribute names follow OpenTelemetry's
 * messaging conventions (https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/, status: development).
 */
import { randomBytes } from 'node:crypto';
import {
  type Context,
  context,
  createTraceState,
  isSpanContextValid,
  propagation,
  type Span,
  type SpanContext,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { parseTraceparent, traceContext } from '../journey/trace-context.ts';
import type { Header } from '../model/message.ts';
import type { Outgoing } from './message.ts';

const given = (headers: readonly Header[], name: string): string | undefined => {
  const value = headers.findLast((h) => h.name.toLowerCase() === name)?.value;
  return typeof value === 'string' ? value : undefined;
};

function remote(traceId: string, spanId: string, sampled: boolean, state?: string): SpanContext {
  return {
    traceId,
    spanId,
    traceFlags: sampled ? TraceFlags.SAMPLED : TraceFlags.NONE,
    isRemote: true,
    ...(state ? { traceState: createTraceState(state) } : {}),
  };
}

/** The context that the span starts in: the trace that the message's own headers name, else the request's. */
function parentOf(message: Outgoing): Context {
  const active = context.active();
  const parent = parseTraceparent(given(message.headers, 'traceparent') ?? '');
  if (parent) {
    const state = given(message.headers, 'tracestate');
    return trace.setSpanContext(active, remote(parent.traceId, parent.spanId, parent.sampled, state));
  }
  // an X-Trace-ID of 32 hex digits is a trace ID: the span joins that trace below a parent that nobody reported
  const { traceId } = traceContext(message.headers, {});
  if (!traceId) return active;
  return trace.setSpanContext(active, remote(traceId, randomBytes(8).toString('hex'), true));
}

/** Exchange and key as the conventions join them for a producer; the bare default exchange is `amq.default`. */
export function destinationName(exchange: string, routingKey: string): string {
  return [exchange, routingKey].filter((part) => part !== '').join(':') || 'amq.default';
}

export interface SendSpan {
  span: Span;
  traceId: string;
  /** What the message carries: its own headers, with `traceparent` and `X-Trace-ID` added unless it had them. */
  headers: Header[];
}

export function startSendSpan(message: Outgoing, server: { address: string; port: number }): SendSpan {
  const { exchange, routingKey, properties } = message;
  const destination = destinationName(exchange, routingKey);
  const parent = parentOf(message);
  const span = trace.getTracer('hoplight').startSpan(
    `send ${destination}`,
    {
      kind: SpanKind.PRODUCER,
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        'messaging.destination.name': destination,
        ...(routingKey === '' ? {} : { 'messaging.rabbitmq.destination.routing_key': routingKey }),
        'messaging.message.id': properties.messageId,
        'messaging.message.conversation_id': properties.correlationId,
        'messaging.message.body.size': message.body.length,
        'server.address': server.address,
        'server.port': server.port,
      },
    },
    parent,
  );
  const own = identified(span, parent);
  const carrier: Record<string, string> = {};
  propagation.inject(trace.setSpanContext(parent, own), carrier);
  // no propagator is registered when telemetry is switched off (OTEL_SDK_DISABLED); the journey still needs the trace
  carrier.traceparent ??= `00-${own.traceId}-${own.spanId}-${own.traceFlags.toString(16).padStart(2, '0')}`;
  const has = new Set(message.headers.map((h) => h.name.toLowerCase()));
  if (has.has('traceparent')) {
    delete carrier.traceparent;
    delete carrier.tracestate;
  }
  const added = Object.entries({ ...carrier, 'X-Trace-ID': own.traceId }).filter(
    ([name]) => !has.has(name.toLowerCase()),
  );
  const headers = [...message.headers, ...added.map(([name, value]): Header => ({ name, type: 'S', value }))];
  return { span, traceId: own.traceId, headers };
}

/** The span's IDs; without an SDK the API's span has none (or its parent's), then they are made here. */
function identified(span: Span, parent: Context): SpanContext {
  const own = span.spanContext();
  const above = trace.getSpanContext(parent);
  if (isSpanContextValid(own) && own.spanId !== above?.spanId) return own;
  return {
    traceId: above && isSpanContextValid(above) ? above.traceId : randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    traceFlags: TraceFlags.NONE,
  };
}
