/** Depths and rates by real nodes' metrics, as on brokers whose list of queues is dear. */
import { type ChannelModel, connect } from 'amqplib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { lookAt, until } from '../../test/with-live.ts';
import { createPrometheus } from '../broker/prometheus.ts';
import type { Live } from './live.ts';

const running = new Set<Live>();
afterEach(async () => {
  await Promise.all([...running].map((live) => live.stop()));
  running.clear();
});

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const open: ChannelModel[] = [];
  afterAll(() => Promise.allSettled(open.map((c) => c.close())));
  const look = (at: 'listeners' | string[] = 'listeners') => {
    const live = lookAt(broker, createPrometheus({ at, managementUrl: broker.management }));
    running.add(live);
    return live;
  };

  describe(`the metrics of ${version}`, () => {
    test('tell depths, rates and consumers of queues with any name, and list a new one by itself', async () => {
      const connection = await connect(broker.amqp);
      open.push(connection);
      const channel = await connection.createConfirmChannel();
      const names = ['plain', 'with "quotes"', 'with \\ and } {', 'ünïcode'];
      for (const name of names) await channel.assertQueue(name);
      for (const name of names) channel.sendToQueue(name, Buffer.from('x'));
      await channel.waitForConfirms();
      const live = look();
      const of = (name: string) =>
        live.snapshot()?.queues.find((q) => q.vhost === broker.vhost && q.name === name);
      const byMetrics = () =>
        live
          .state('all')
          .readings.some((r) => r.what === 'depths' && r.from === 'Prometheus metrics of 1 node');
      await until(live, () => byMetrics() && names.every((name) => of(name)?.ready === 1));

      await channel.consume('plain', (message) => message && channel.ack(message));
      await channel.assertQueue('new');
      const flow = setInterval(() => {
        channel.sendToQueue('plain', Buffer.from('x'));
        channel.sendToQueue('new', Buffer.from('x'));
      }, 20);
      await until(live, () => {
        const [plain, fresh] = [of('plain'), of('new')];
        return (
          (plain?.rates.publish ?? 0) > 10 &&
          (plain?.rates.deliver ?? 0) > 10 &&
          (plain?.rates.ack ?? 0) > 10 &&
          plain?.consumers === 1 &&
          (fresh?.ready ?? 0) > 10 &&
          (fresh?.rates.publish ?? 0) > 10 &&
          fresh?.rates.ack === 0
        );
      });
      clearInterval(flow);
      expect(live.snapshot()?.missing.map((m) => m.what)).toEqual(['bytes']);
    });

    test('that cannot be reached are named, and the lists tell instead', async () => {
      const live = look(['http://127.0.0.1:1']);
      await until(live, () =>
        live
          .snapshot()
          ?.queues.find((q) => q.vhost === broker.vhost && q.name === 'plain' && q.rates.ack !== null),
      );
      const metrics = live.snapshot()?.missing.find((m) => m.what === 'metrics');
      expect(metrics?.why).toContain('127.0.0.1:1');
      expect(metrics?.mend).toContain('rabbitmq_prometheus');
    });
  });
}
