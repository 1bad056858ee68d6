/**
 * warehouse: reserves stock. Older than tracing standards: its messages carry an X-Trace-ID only. What it cannot
 * reserve it sends to the dead-letter exchange itself, since that is how the reason can go along.
 */
import { randomUUID } from 'node:crypto';
import { bodyOf, chance, consume, pause, publish, type Service, stayConnected } from '../client.ts';
import { pick } from '../order.ts';
import { declareTopology } from '../topology.ts';

export async function warehouse(service: Service): Promise<void> {
  const identity = { name: 'warehouse@wms-1', app: 'warehouse', version: '0.41.0' };
  await stayConnected(service, identity, async (link) => {
    await declareTopology(link.channel);
    await consume(link, 'stock.reserve', { tag: 'warehouse.reserve', prefetch: 5 }, async (message) => {
      await pause(40 + Math.random() * 80, service.signal);
      const order = bodyOf(message);
      if (chance(0.025)) {
        const { headers, ...properties } = message.properties;
        const reason = pick(['unknown SKU in line 1', 'stock ledger locked by another transaction']);
        await publish(link.channel, 'orders.dlx', 'stock.reserve', order, {
          ...properties,
          headers: { ...headers, 'x-exception-message': reason, 'x-failed-queue': 'stock.reserve' },
        });
        return 'ack';
      }
      const key = chance(0.1) ? 'stock.short' : 'stock.reserved';
      const body = {
        orderId: order.orderId,
        bin: pick(['A-03', 'B-17', 'C-08', 'D-22']),
        at: new Date().toISOString(),
      };
      await publish(link.channel, 'orders', key, body, {
        headers: { 'X-Trace-ID': randomUUID() },
        type: key,
      });
      return 'ack';
    });
  });
}
