/**
 * checkout-api: where orders begin. Sends W3C trace context (https://www.w3.org/TR/trace-context/) with each:
 * that of its spans, or one by hand where nothing is traced.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { chance, pause, publish, type Service, stayConnected, untilNext } from '../client.ts';
import { newOrder } from '../order.ts';
import { sending, startTelemetry } from '../telemetry.ts';
import { declareTopology } from '../topology.ts';

/** An order becomes about this many messages on its way, which is how a total rate turns into orders a second. */
export const messagesPerOrder = 5.4;

/** version 00, a random trace ID and span ID, flag 01: sampled. */
const traceparent = () => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;

export async function checkout(service: Service): Promise<void> {
  const identity = { name: 'checkout-api@web-1', app: 'checkout-api', version: '5.2.0' };
  await startTelemetry(identity.app, identity.version);
  await stayConnected(service, identity, async ({ channel, lost }) => {
    await declareTopology(channel);
    channel.on('return', () => {}); // vouchers for a partner that left: nobody is bound to them any more
    const send = (exchange: string, key: string, body: unknown, mandatory = false) => {
      const messageId = randomUUID();
      return sending(exchange, key, messageId, (headers) =>
        publish(channel, exchange, key, body, {
          mandatory,
          messageId,
          appId: identity.app,
          type: key,
          headers: { traceparent: traceparent(), ...headers },
        }),
      );
    };
    const over = AbortSignal.any([lost, service.signal]);
    while (!over.aborted) {
      const order = newOrder();
      await send('orders', 'order.created', order);
      if (chance(0.06)) {
        const change = {
          orderId: order.orderId,
          changedAt: new Date().toISOString(),
          shipping: { method: 'express' },
        };
        await send('orders', 'order.changed', change);
      }
      if (chance(0.08)) {
        await send('orders', 'basket.abandoned', { basket: randomUUID(), lines: order.lines.length });
      }
      if (chance(0.02)) {
        await send(
          'payments',
          'voucher.partner',
          { voucher: randomUUID(), orderId: order.orderId, amount: 10 },
          true,
        );
      }
      await pause(untilNext(service.rate / messagesPerOrder), over);
    }
  });
}
