/** payment-gateway: takes the charge and tells everybody that the order is paid, keeping the correlation ID. */
import { randomUUID } from 'node:crypto';
import { bodyOf, chance, consume, pause, publish, type Service, stayConnected } from '../client.ts';
import { pick } from '../order.ts';
import { declareTopology } from '../topology.ts';

export async function payments(service: Service): Promise<void> {
  const identity = { name: 'payment-gateway@pay-3', app: 'payment-gateway', version: '1.19.4' };
  await stayConnected(service, identity, async (link) => {
    await declareTopology(link.channel);
    await consume(link, 'payments.charge', { tag: 'gateway.charge', prefetch: 20 }, async (message) => {
      await pause(30 + Math.random() * 90, service.signal);
      if (chance(0.006)) return 'reject'; // the provider does not know the card any more
      const { orderId, amount } = bodyOf(message);
      const paid = { orderId, amount, paidAt: new Date().toISOString(), reference: randomUUID() };
      const { correlationId } = message.properties;
      const options = { correlationId, appId: identity.app, messageId: randomUUID(), type: 'order.paid' };
      await publish(
        link.channel,
        'orders',
        'order.paid',
        { ...paid, provider: pick(['northpay', 'paylane']) },
        options,
      );
      return 'ack';
    });
  });
}
