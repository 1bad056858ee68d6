/** marketing: campaigns in bursts, without any identifier at all; flash offers are worthless after a second. */
import { randomUUID } from 'node:crypto';
import { pause, publish, type Service, stayConnected, untilNext } from '../client.ts';
import { newOrder, pick } from '../order.ts';
import { declareTopology } from '../topology.ts';

const burst = 12;

/** Share of the demo's messages that are campaigns. */
const share = 0.15;

export async function marketing(service: Service): Promise<void> {
  const identity = { name: 'marketing-cron@batch-1', app: 'marketing', version: '0.9' };
  await stayConnected(service, identity, async ({ channel, lost }) => {
    await declareTopology(channel);
    const over = AbortSignal.any([lost, service.signal]);
    while (!over.aborted) {
      const campaign = pick(['autumn-lamps', 'last-rugs', 'free-shipping']);
      for (let sent = 0; sent < burst && !over.aborted; sent += 1) {
        const { customer } = newOrder();
        const flash = sent % 4 === 0 ? { expiration: '800' } : {};
        await publish(
          channel,
          'notifications',
          '',
          { campaign, to: customer.email, country: customer.country, voucher: randomUUID() },
          flash,
        );
      }
      await pause(untilNext((service.rate * share) / burst), over);
    }
  });
}
