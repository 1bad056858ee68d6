/**
 * node e2e/otlp-service.ts QUEUE, with AMQP_URL and OTEL_EXPORTER_OTLP_ENDPOINT: a service as others write them, with the
 * OpenTelemetry SDK and amqplib. It sends two messages to the queue and consumes them, the second in vain; prints the two
 * trace IDs.
 */
import { randomUUID } from 'node:crypto';
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { NodeSDK } from '@opentelemetry/sdk-node';
import { connect } from 'amqplib';
import { calling, failed, processing, sending } from '../demo/telemetry.ts';

const [queue = ''] = process.argv.slice(2);
const sdk = new NodeSDK({ metricReaders: [], logRecordProcessors: [] });
sdk.start();
const connection = await connect(process.env.AMQP_URL ?? '');
const channel = await connection.createConfirmChannel();
await channel.assertQueue(queue, { durable: false });

async function send(isGood: boolean): Promise<string> {
  const request = trace.getTracer('http').startSpan('POST /orders', { kind: SpanKind.SERVER }, ROOT_CONTEXT);
  const messageId = randomUUID();
  await context.with(trace.setSpan(ROOT_CONTEXT, request), () =>
    sending('', queue, messageId, async (headers) => {
      channel.sendToQueue(queue, Buffer.from(JSON.stringify({ isGood })), { messageId, headers });
      await channel.waitForConfirms();
    }),
  );
  request.end();
  return request.spanContext().traceId;
}

const traces = [await send(true), await send(false)];
const done = Promise.withResolvers<void>();
let left = traces.length;
await channel.consume(queue, async (message) => {
  if (!message) return;
  await processing(queue, message, 'parent', async (span) => {
    await calling('POST /charges', 'psp.example', async () => {});
    if (message.content.includes('false')) failed(span, new Error('card declined'));
    return 'ack';
  });
  channel.ack(message);
  left--;
  if (left === 0) done.resolve();
});
await done.promise;
await channel.waitForConfirms();
await connection.close();
await sdk.shutdown();
process.stdout.write(JSON.stringify(traces));
