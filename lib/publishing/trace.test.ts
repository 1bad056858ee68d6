import { propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { describe, expect, test } from 'vitest';
import { parseTraceparent } from '../journey/trace-context.ts';
import { publishRequestSchema } from '../model/api.ts';
import { headerValue } from '../model/message.ts';
import { startTelemetry } from '../telemetry/otel.ts';
import { outgoing } from './message.ts';
import { destinationName, startSendSpan } from './trace.ts';

const server = { address: 'broker', port: 5672 };
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;

function started(headers: Record<string, string> = {}) {
  const request = publishRequestSchema.parse({ exchange: 'orders', routingKey: 'order.created', headers });
  const made = startSendSpan(
    outgoing(request, () => 'm'),
    server,
  );
  const text = (name: string) => String(headerValue(made.headers, name));
  return { ...made, text, parent: parseTraceparent(text('traceparent')) };
}

test.each([
  ['orders', 'order.created', 'orders:order.created'],
  ['logs', '', 'logs'],
  ['', 'billing', 'billing'],
  ['', '', 'amq.default'],
])('destination of %j and %j is %s', (exchange, key, name) => {
  expect(destinationName(exchange, key)).toBe(name);
});

describe.each(['without an SDK', 'with the SDK'])('%s', (which) => {
  if (which === 'with the SDK') startTelemetry({});

  test('a message without a trace gets one: traceparent and X-Trace-ID say the same', () => {
    const { traceId: own, text, parent } = started();
    expect(own).toMatch(/^(?!0+$)[0-9a-f]{32}$/);
    expect(parent?.traceId).toBe(own);
    expect(text('X-Trace-ID')).toBe(own);
    expect(started().traceId).not.toBe(own);
  });

  test('a traceparent of theirs stays as it is and is the parent', () => {
    const { traceId: own, headers, text } = started({ traceparent, tracestate: 'a=b' });
    expect(own).toBe(traceId);
    expect(text('traceparent')).toBe(traceparent);
    expect(text('X-Trace-ID')).toBe(traceId);
    expect(headers.filter((h) => h.name === 'tracestate')).toHaveLength(1);
  });

  test('an X-Trace-ID of theirs stays, in their spelling; 32 hex digits make the trace', () => {
    const { headers, text, parent } = started({ 'x-trace-id': traceId });
    expect(headers.filter((h) => h.name.toLowerCase() === 'x-trace-id')).toHaveLength(1);
    expect(text('x-trace-id')).toBe(traceId);
    expect(parent?.traceId).toBe(traceId);
  });

  test('an X-Trace-ID of another form stays, beside a trace of our own', () => {
    const { traceId: own, text, parent } = started({ 'X-Trace-ID': 'order-8841' });
    expect(text('X-Trace-ID')).toBe('order-8841');
    expect(parent?.traceId).toBe(own);
  });

  test('a broken traceparent of theirs is sent as it is, and starts no trace', () => {
    const { traceId: own, text } = started({ traceparent: 'nonsense' });
    expect(text('traceparent')).toBe('nonsense');
    expect(text('X-Trace-ID')).toBe(own);
  });
});

test('with the SDK the traceparent carries the span itself, by the registered propagator', () => {
  const { span, headers } = started();
  const carrier = Object.fromEntries(headers.map((h) => [h.name, String(h.value)]));
  const read = trace.getSpanContext(propagation.extract(ROOT_CONTEXT, carrier));
  expect(read).toMatchObject({ traceId: span.spanContext().traceId, spanId: span.spanContext().spanId });
});
