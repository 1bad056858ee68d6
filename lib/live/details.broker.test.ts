/** What a real broker tells of one queue that somebody looks at, where the list of all counts as dear. */
import { type ChannelModel, connect } from 'amqplib';
import { afterAll, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { lookAt, until } from '../../test/with-live.ts';
import { createManagementClient } from '../broker/client.ts';
import { createPrometheus } from '../broker/prometheus.ts';
import { contradicts } from './details-truth.ts';
import type { LookedAt } from './looked-at.ts';
import { never } from './reading.ts';

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const { vhost } = broker;
  const inPath = encodeURIComponent(vhost);
  const open: { close(): Promise<unknown> }[] = [];
  afterAll(() => Promise.allSettled(open.map((one) => one.close())));

  describe(`one queue of ${version}`, () => {
    test('tells what the metrics leave out, how it is declared now, and that it is gone', async () => {
      const connection: ChannelModel = await connect(broker.amqp);
      const channel = await connection.createConfirmChannel();
      for (const name of ['full', 'anew', 'gone']) await channel.assertQueue(name);
      channel.sendToQueue('full', Buffer.alloc(1_000));
      await channel.waitForConfirms();
      const live = lookAt(broker, createPrometheus({ at: 'listeners', managementUrl: broker.management }));
      open.push(connection, { close: () => live.stop() });
      const row = (name: string) => live.rows().find((q) => q.vhost === vhost && q.name === name);
      const byMetrics = () => live.state('all').readings.some((r) => r.what === 'details');
      const [full, anew, gone] = await until(live, () => {
        const [one, two, three] = [row('full'), row('anew'), row('gone')];
        // its size shows with its depth, some seconds late
        return byMetrics() && one?.total === 1 && two && three && ([one, two, three] as const);
      });
      expect(full.bytes).toBeNull();

      let seen: LookedAt | null = null;
      await until(live, () => {
        void live.lookAt(full).then((now) => {
          seen = now;
        });
        return seen?.queue.bytes === 1_000;
      });
      expect(seen).toMatchObject({ details: { from: '/api/queues/{vhost}/{name}', why: null } });

      await channel.deleteQueue('anew');
      await channel.assertQueue('anew', { arguments: { 'x-queue-type': 'quorum', 'x-max-length': 7 } });
      const declared = await live.lookAt(anew);
      expect(declared.queue).toMatchObject({ type: 'quorum', limits: { maxLength: 7 } });
      // the list would be read in ten minutes
      await until(live, () => row('anew')?.limits.maxLength === 7);

      await channel.deleteQueue('gone');
      expect((await live.lookAt(gone)).isDeleted).toBe(true);
    });

    test('is declared as the list says, of every type, with and without a policy', async () => {
      const types = { classic: {}, quorum: { 'x-max-length': 5 }, stream: {} };
      await broker.api('PUT', `/api/policies/${inPath}/short`, {
        pattern: '^ruled',
        definition: { 'max-length': 3 },
        'apply-to': 'queues',
      });
      for (const [type, more] of Object.entries(types))
        for (const name of [`plain.${type}`, `ruled.${type}`])
          await broker.api('PUT', `/api/queues/${inPath}/${name}`, {
            durable: true,
            arguments: { 'x-queue-type': type, ...more },
          });
      const client = createManagementClient({ url: broker.management, ...broker });
      const listed = (await client.queueTotals()).filter((q) => /^(plain|ruled)/.test(q.name));
      expect(listed).toHaveLength(6);
      for (const one of listed) {
        const value = await client.queue(vhost, one.name);
        expect({ [one.name]: contradicts(one, { ...never(), value }) }).toEqual({ [one.name]: null });
      }
    });
  });
}
