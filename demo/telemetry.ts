/**
 * OpenTelemetry as a service that takes it seriously has it: the SDK with its OTLP exporter, and spans by hand after the
 * messaging conventions (https://opentelemetry.io/docs/specs/semconv/messaging/rabbitmq/). Without
 * OTEL_EXPORTER_OTLP_ENDPOINT nothing is loaded, and the API's spans do nothing.
 */
import {
  type Attributes,
  context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { ConsumeMessage } from 'amqplib';
import type { Verdict } from './client.ts';

export async function startTelemetry(app: string, version: string): Promise<void> {
  if (!process.env.OTEL_EXPORTER_OTLP_ENDPOINT) return;
  process.env.OTEL_SERVICE_NAME = app;
  process.env.OTEL_RESOURCE_ATTRIBUTES = `service.version=${version}`;
  const { NodeSDK } = await import('@opentelemetry/sdk-node');
  const sdk = new NodeSDK({ metricReaders: [], logRecordProcessors: [] });
  sdk.start();
  process.once('beforeExit', () => void sdk.shutdown().catch(() => {}));
}

const tracer = () => trace.getTracer('shop');

function attributes(type: string, destination: string, key: string, messageId: unknown): Attributes {
  return {
    'messaging.system': 'rabbitmq',
    'messaging.operation.type': type,
    'messaging.destination.name': destination,
    'messaging.rabbitmq.destination.routing_key': key,
    ...(typeof messageId === 'string' ? { 'messaging.message.id': messageId } : {}),
  };
}

/** Publishes within a producer's span; `send` gets the headers that name it, none when nothing is traced. */
export async function sending(
  exchange: string,
  key: string,
  messageId: string,
  send: (headers: Record<string, string>) => Promise<void>,
): Promise<void> {
  // the default exchange has no name, and none is written before the key
  const place = [exchange, key].filter((part) => part !== '').join(':');
  const span = tracer().startSpan(
    `send ${place}`,
    { kind: SpanKind.PRODUCER, attributes: attributes('send', place, key, messageId) },
    context.active(),
  );
  const headers: Record<string, string> = {};
  propagation.inject(trace.setSpan(ROOT_CONTEXT, span), headers);
  try {
    await send(headers);
  } catch (error) {
    failed(span, error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    span.end();
  }
}

/** `parent`: the work belongs to the sender's trace; `link`: a trace of its own that points there, as for batches. */
export type Belongs = 'parent' | 'link';

/** Handles a message within a consumer's span, which is active meanwhile. A message that is rejected is an error. */
export async function processing(
  queue: string,
  message: ConsumeMessage,
  belongs: Belongs,
  work: (span: Span) => Promise<Verdict>,
): Promise<Verdict> {
  const { exchange, routingKey } = message.fields;
  const sender = propagation.extract(ROOT_CONTEXT, message.properties.headers ?? {});
  const sent = trace.getSpanContext(sender);
  const span = tracer().startSpan(
    `process ${queue}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: attributes(
        'process',
        `${exchange}:${routingKey}:${queue}`,
        routingKey,
        message.properties.messageId,
      ),
      links: belongs === 'link' && sent ? [{ context: sent }] : [],
    },
    belongs === 'parent' ? sender : ROOT_CONTEXT,
  );
  try {
    const verdict = await context.with(trace.setSpan(ROOT_CONTEXT, span), () => work(span));
    if (verdict !== 'ack') span.setStatus({ code: SpanStatusCode.ERROR, message: 'given up' });
    return verdict;
  } finally {
    span.end();
  }
}

/** A call of another service within the active span. */
export async function calling<T>(name: string, to: string, work: () => Promise<T>): Promise<T> {
  const span = tracer().startSpan(name, { kind: SpanKind.CLIENT, attributes: { 'server.address': to } });
  try {
    return await work();
  } finally {
    span.end();
  }
}

export function failed(span: Span, error: Error): void {
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
}
