/**
 * node test/record-otlp.ts: what the real OpenTelemetry exporter puts on the wire, in both encodings, gzip and not, into
 * test/fixtures/otlp. The spans are those of a publisher and a consumer that failed, with old and new attribute names.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { type Context, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';

/** One process makes one recording, since the SDK registers itself for good. */
const [protocol = 'http/protobuf', compression = 'none'] = process.argv.slice(2);
const dir = join(import.meta.dirname, 'fixtures/otlp');

function makeSpans(): void {
  const tracer = trace.getTracer('shop', '1.2.3');
  const send = tracer.startSpan('publish orders', {
    kind: SpanKind.PRODUCER,
    attributes: {
      'messaging.system': 'rabbitmq',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'publish',
      'messaging.destination.name': 'orders:order.created',
      'messaging.rabbitmq.destination.routing_key': 'order.created',
      'messaging.message.id': 'm-1',
      'messaging.message.conversation_id': 'c-1',
    },
  });
  const below: Context = trace.setSpan(ROOT_CONTEXT, send);
  const other = { traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), traceFlags: 1 };
  const work = tracer.startSpan(
    'billing process',
    {
      kind: SpanKind.CONSUMER,
      links: [{ context: send.spanContext() }, { context: other }],
      attributes: {
        'messaging.system': 'rabbitmq',
        'messaging.operation': 'process',
        'messaging.destination': 'orders',
        'messaging.destination_kind': 'topic',
        'messaging.rabbitmq.routing_key': 'order.created',
        'messaging.message_id': 'm-1',
        'messaging.conversation_id': 'c-1',
        retries: 3,
        share: 0.5,
        last: true,
        skus: ['LMP-220', 'CHR-118'],
        big: 9_007_199_254_740_991,
      },
    },
    below,
  );
  const error = new TypeError('the card was declined');
  error.stack = 'TypeError: the card was declined\n    at bill (billing.js:12:3)';
  work.recordException(error);
  work.setStatus({ code: SpanStatusCode.ERROR, message: 'declined' });
  work.end();
  send.end();
}

const bodies: { path: string; headers: Record<string, unknown>; body: string }[] = [];
const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const { 'content-type': type, 'content-encoding': encoding } = request.headers;
    bodies.push({
      path: request.url ?? '',
      headers: { 'content-type': type, ...(encoding ? { 'content-encoding': encoding } : {}) },
      body: Buffer.concat(chunks).toString('base64'),
    });
    response.setHeader('content-type', type ?? '').end();
  });
});
await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('no port');
Object.assign(process.env, {
  OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${address.port}`,
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
  OTEL_EXPORTER_OTLP_COMPRESSION: compression,
  OTEL_TRACES_EXPORTER: 'otlp',
  OTEL_METRICS_EXPORTER: 'none',
  OTEL_LOGS_EXPORTER: 'none',
  OTEL_NODE_RESOURCE_DETECTORS: 'env',
  OTEL_RESOURCE_ATTRIBUTES: 'service.name=shop,messaging.rabbitmq.vhost=orders',
});
const recordedAt = Date.now();
const sdk = new NodeSDK();
sdk.start();
makeSpans();
await sdk.shutdown();
server.close();
const [sent] = bodies;
if (!sent) throw new Error('nothing was exported');
mkdirSync(dir, { recursive: true });
const name = `${protocol.replace('http/', '')}${compression === 'none' ? '' : `-${compression}`}.json`;
writeFileSync(join(dir, name), `${JSON.stringify({ recordedAt, ...sent }, null, 1)}\n`);
process.stdout.write(`${name}: ${sent.body.length} characters of base64\n`);
