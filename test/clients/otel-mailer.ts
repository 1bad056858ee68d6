/**
 * A service with OpenTelemetry, as its documentation has one written: takes one invoice, makes a consumer span under the
 * sender's and one below it for its own work, and exports both by OTLP over HTTP.
 *
 * Usage: node otel-mailer.ts AMQP_URL QUEUE, with OTEL_EXPORTER_OTLP_ENDPOINT set. Prints "ready" once it consumes.
 */
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { NodeSDK } from '@opentelemetry/sdk-node';
import amqp from 'amqplib';

const [url = '', queue = ''] = process.argv.slice(2);
const sdk = new NodeSDK({
  serviceName: 'mailer',
  traceExporter: new OTLPTraceExporter(),
  metricReaders: [],
  logRecordProcessors: [],
});
sdk.start();
const tracer = trace.getTracer('mailer');

const connection = await amqp.connect(url);
const channel = await connection.createChannel();
await channel.consume(queue, (message) => {
  if (!message) return;
  const sender = propagation.extract(context.active(), message.properties.headers ?? {});
  const attributes = {
    'messaging.system': 'rabbitmq',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': `:${queue}:${queue}`,
    'messaging.rabbitmq.destination.routing_key': message.fields.routingKey,
  };
  tracer.startActiveSpan(`process ${queue}`, { kind: SpanKind.CONSUMER, attributes }, sender, (span) => {
    tracer.startActiveSpan('smtp send', { kind: SpanKind.CLIENT }, (send) => send.end());
    channel.ack(message);
    span.setStatus({ code: SpanStatusCode.OK });
    span.end();
  });
  void channel
    .close()
    .then(() => connection.close())
    .then(() => sdk.shutdown());
});
process.stdout.write('ready\n');
