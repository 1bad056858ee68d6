/** Depths and rates by real nodes' metrics, as on brokers whose list of queues is dear. */
import { type ChannelModel, connect } from 'amqplib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { lookAt, until } from '../../test/with-live.ts';
import { createPrometheus } from '../broker/prometheus.ts';
import type { Live } from './live.ts';

const listeners = z.object({ listeners: z.array(z.object({ protocol: z.string(), port: z.number() })) });
const running = new Set<Live>();
afterEach(async () => {
  await Promise.all([...running].map((live) => live.stop()));
  running.clear();
});

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const open: ChannelModel[] = [];
  afterAll(() => Promise.allSettled(open.map((c) => c.close())));
  const look = (at: 'listeners' | string[] = 'listeners', as = broker) => {
    const live = lookAt(as, createPrometheus({ at, managementUrl: broker.management }));
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

    test('are read for an account without the monitoring tag where PROMETHEUS_URL says: of its vhost alone', async () => {
      const user = `metrics-${version}`;
      await broker.api('PUT', `/api/users/${user}`, { password: 'pw', tags: 'management' });
      const rights = { configure: '', write: '', read: '.*' };
      await broker.api('PUT', `/api/permissions/${encodeURIComponent(broker.vhost)}/${user}`, rights);
      const told = listeners.parse(await broker.api('GET', '/api/overview')).listeners;
      const port = told.find((l) => l.protocol === 'http/prometheus')?.port;
      const live = look([`http://127.0.0.1:${port}`], { ...broker, user, password: 'pw' });
      const plain = () => live.snapshot()?.queues.find((q) => q.name === 'plain');
      await until(live, () => plain()?.rates.publish != null);
      expect(plain()?.consumers).toBe(1);
      expect(new Set(live.snapshot()?.queues.map((q) => q.vhost))).toEqual(new Set([broker.vhost]));
      const { readings, status } = live.state('all');
      expect(readings[0]?.from).toBe('Prometheus metrics of 1 node');
      expect(status.missing.map((m) => m.what).sort()).toEqual(['bytes', 'consumers', 'nodes']);
      await live.stop();
      await broker.api('DELETE', `/api/users/${user}`);
    });
  });
}
