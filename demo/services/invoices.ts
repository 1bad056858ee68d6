/** invoice-renderer: returns what it cannot render to its queue, until the delivery limit ends that. */
import { bodyOf, consume, pause, type Service, stayConnected } from '../client.ts';
import { declareTopology } from '../topology.ts';

export async function invoices(service: Service): Promise<void> {
  const identity = { name: 'invoice-renderer@docs-1', app: 'invoice-renderer', version: '3.0.2' };
  await stayConnected(service, identity, async (link) => {
    await declareTopology(link.channel);
    await consume(link, 'invoices', { tag: 'invoices.render', prefetch: 4 }, async (message) => {
      await pause(50 + Math.random() * 50, service.signal);
      // One order in 67 makes its template fail, every time: a poison message.
      return Number(bodyOf(message).orderId) % 67 === 0 ? 'requeue' : 'ack';
    });
  });
}
