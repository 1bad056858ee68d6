/**
 * audit-log: copies everything that happens to an order, in large batches. Its spans have traces of their own, which link
 * to the messages.
 */
import { consume, type Service, stayConnected } from '../client.ts';
import { processing, startTelemetry } from '../telemetry.ts';
import { declareTopology } from '../topology.ts';

export async function audit(service: Service): Promise<void> {
  const identity = { name: 'audit-log@core-1', app: 'audit-log', version: '1.0.0' };
  await startTelemetry(identity.app, identity.version);
  await stayConnected(service, identity, async (link) => {
    await declareTopology(link.channel);
    await consume(link, 'audit', { tag: 'audit.copy', prefetch: 200 }, (message) =>
      processing('audit', message, 'link', async () => 'ack'),
    );
  });
}
