/** audit-log: copies everything that happens to an order, in large batches. */
import { consume, type Service, stayConnected } from '../client.ts';
import { declareTopology } from '../topology.ts';

export async function audit(service: Service): Promise<void> {
  const identity = { name: 'audit-log@core-1', app: 'audit-log', version: '1.0.0' };
  await stayConnected(service, identity, async (link) => {
    await declareTopology(link.channel);
    await consume(link, 'audit', { tag: 'audit.copy', prefetch: 200 }, async () => 'ack');
  });
}
