/**
 * node e2e/incident-service.ts QUEUE, with AMQP_URL and OTEL_EXPORTER_OTLP_ENDPOINT: a billing service with the OpenTelemetry
 * SDK. Until PSP_ANSWERS=yes every charge times out and the order is rejected; an order without an amount makes it give the
 * message back each time, until the queue has had enough. Prints each order that it has charged, one a line.
 */
import { NodeSDK } from '@opentelemetry/sdk-node';
import { connect } from 'amqplib';
import { calling, failed, processing } from '../demo/telemetry.ts';

const [queue = ''] = process.argv.slice(2);
const answers = process.env.PSP_ANSWERS === 'yes';
const sdk = new NodeSDK({ metricReaders: [], logRecordProcessors: [] });
sdk.start();
const connection = await connect(process.env.AMQP_URL ?? '');
const channel = await connection.createChannel();
await channel.prefetch(50);

const { consumerTag } = await channel.consume(queue, async (message) => {
  if (!message) return;
  const order: { order: number; amount?: number } = JSON.parse(message.content.toString());
  let end: 'ack' | 'reject' | 'give back' = 'ack';
  await processing(queue, message, 'parent', async (span) => {
    try {
      if (order.amount === undefined) throw new TypeError('order has no amount');
      await calling('POST /charges', 'psp.example', async () => {
        if (!answers) throw new Error('timeout calling psp');
      });
    } catch (error) {
      end = error instanceof TypeError ? 'give back' : 'reject';
      failed(span, error instanceof Error ? error : new Error(String(error)));
    }
    // the span's own words stay its status
    return 'ack';
  });
  if (end === 'ack') {
    channel.ack(message);
    process.stdout.write(`${order.order}\n`);
  } else channel.nack(message, false, end === 'give back');
});

process.once('SIGTERM', async () => {
  await channel.cancel(consumerTag);
  await channel.close();
  await connection.close();
  await sdk.shutdown();
});
