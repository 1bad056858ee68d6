/**
 * mail-sender and push-sender. Mail is slow, so that offers of a campaign expire while they wait. Push meets devices
 * that are gone, and its connection closes every few minutes, as that of a service which is deployed often.
 */
import { chance, consume, pause, type Service, stayConnected } from '../client.ts';
import { declareTopology } from '../topology.ts';

const deployEvery = 240_000;

export async function notify(service: Service): Promise<void> {
  await Promise.all([mail(service), push(service)]);
}

const mail = (service: Service) =>
  stayConnected(
    service,
    { name: 'mail-sender@notify-1', app: 'mail-sender', version: '1.4.7' },
    async (link) => {
      await declareTopology(link.channel);
      await consume(link, 'mail', { tag: 'mail.smtp', prefetch: 1 }, async () => {
        await pause(90 + Math.random() * 60, service.signal);
        return 'ack';
      });
    },
  );

const push = (service: Service) =>
  stayConnected(
    service,
    { name: 'push-sender@notify-2', app: 'push-sender', version: '2.0.0-rc.3' },
    async (link) => {
      await declareTopology(link.channel);
      await consume(link, 'push', { tag: 'push.apns', prefetch: 25 }, async () => {
        await pause(10 + Math.random() * 20, service.signal);
        return chance(0.03) ? 'reject' : 'ack';
      });
      // Returning would wait for the connection's end; throwing closes it now and connects again.
      await pause(deployEvery, AbortSignal.any([link.lost, service.signal]));
      if (!link.lost.aborted && !service.signal.aborted) throw new Error('deploying a new version');
    },
  );
