/**
 * billing: two workers on the quorum queue. Asks the payment service for the charge, with nothing but a
 * correlation ID. A payment provider that times out is tried again through billing.retry, three times; a declined
 * card is rejected without a word, as services that never learnt to say why do. Only its spans tell what went wrong.
 */
import { randomUUID } from 'node:crypto';
import type { Span } from '@opentelemetry/api';
import type { ConsumeMessage } from 'amqplib';
import {
  bodyOf,
  chance,
  consume,
  type Link,
  pause,
  publish,
  type Service,
  stayConnected,
  type Verdict,
} from '../client.ts';
import { pick } from '../order.ts';
import { calling, failed, processing, startTelemetry } from '../telemetry.ts';
import { declareTopology } from '../topology.ts';

const maxAttempts = 3;

export async function billing(service: Service): Promise<void> {
  await startTelemetry('billing', '2.8.1');
  await Promise.all([worker(service, 1), worker(service, 2)]);
}

async function worker(service: Service, number: number): Promise<void> {
  const identity = { name: `billing-worker-${number}@pay-${number}`, app: 'billing', version: '2.8.1' };
  await stayConnected(service, identity, async (link) => {
    await declareTopology(link.channel);
    await consume(link, 'billing', { tag: `billing-${number}.charge`, prefetch: 10 }, (message) =>
      processing('billing', message, 'parent', (span) => bill(service, link, message, span)),
    );
  });
}

async function bill(
  service: Service,
  { channel }: Link,
  message: ConsumeMessage,
  span: Span,
): Promise<Verdict> {
  await calling('POST /charges', 'psp.example', () => pause(20 + Math.random() * 60, service.signal));
  const { orderId, total, payment } = bodyOf(message);
  if (chance(0.012)) {
    failed(span, new Error('card declined'));
    return 'reject';
  }
  if (chance(0.04)) {
    const reason = pick(['timeout calling psp', 'timeout calling psp', 'psp answered 503']);
    failed(span, new Error(reason));
    await again(service, channel, message, reason);
    return 'ack';
  }
  if (message.fields.routingKey === 'order.changed') return 'ack';
  await publish(
    channel,
    'payments',
    'charge',
    { orderId, amount: total, payment },
    { correlationId: String(orderId), messageId: randomUUID(), appId: 'billing', type: 'charge' },
  );
  return 'ack';
}

/** To the retry queue with the reason and the attempt; after the last attempt to the dead-letter exchange. */
async function again(
  service: Service,
  channel: Link['channel'],
  message: ConsumeMessage,
  reason: string,
): Promise<void> {
  await pause(400, service.signal);
  const { headers, ...properties } = message.properties;
  // The broker writes x-death anew at each death; sent back by a client it would only confuse.
  const own = Object.entries(headers ?? {}).filter(
    ([key]) => !/^x-(death|first-death|last-death|delivery|acquired)/.test(key),
  );
  const attempt = Number(headers?.['x-attempt'] ?? 0) + 1;
  const options = {
    ...properties,
    persistent: true,
    headers: {
      ...Object.fromEntries(own),
      'x-attempt': attempt,
      'x-exception-message': reason,
    },
  };
  const body = bodyOf(message);
  if (attempt < maxAttempts) await publish(channel, '', 'billing.retry', body, options);
  else await publish(channel, 'orders.dlx', 'order.created', body, options);
}
