/**
 * Hazards 18, 19 and 20: header types that JavaScript would change, header names that it would lose, bodies that are no
 * text. Random messages and chosen ones go through a replay and are read off the wire: every byte is there, but for what the plan
 * names. `script/prove bytes` does it with thousands, and 16 MiB.
 */
import { afterAll, describe, expect, test } from 'vitest';
import { AmqpConnection } from '../../lib/amqp/connection.ts';
import { startFaultProxy } from '../../test/fault-proxy.ts';
import { anyMessages, publishAll, throughReplay } from '../../test/proofs/bytes.ts';
import { nanOnTheWay, poisonMessages } from '../../test/proofs/nan.ts';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { depth, drain, replayBench } from '../../test/with-replays.ts';

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  afterAll(() => bench.close());

  describe(`on RabbitMQ ${version}`, () => {
    test.each(['classic', 'quorum'] as const)('a %s queue: what arrives is what lay there', async (type) => {
      const messages = anyMessages(Date.now() % 1_000_000, 120, 300_000);
      const result = await throughReplay(bench, broker, { type, name: `bytes ${type}`, messages });
      expect(result).toMatchObject({
        arrived: messages.length,
        changed: 0,
        missing: 0,
        withoutLineage: 0,
        planNames: ['x-replay-id, x-replay-count, x-replay-of'],
        state: 'done',
      });
    });

    test('a NaN, at which the broker closes the connection, is set aside and burns no other', async () => {
      const [dead, back] = ['nan.dead', 'nan.back'];
      for (const queue of [dead, back]) await bench.channel.assertQueue(queue, { durable: true });
      const writer = new AmqpConnection({ url: broker.amqp, name: 'nan writer' });
      await writer.open();
      await publishAll(writer, dead, poisonMessages(40, [7, 23]));
      await writer.close();
      const proxy = await startFaultProxy(broker.amqp, () => ({ toClient: nanOnTheWay }));
      const { id } = await bench.replays.start(
        {
          user: broker.user,
          async connect(_vhost, name) {
            const connection = new AmqpConnection({
              url: name.endsWith('source') ? proxy.url : broker.amqp,
              name,
            });
            await connection.open();
            return connection;
          },
        },
        bench.request({ queue: dead, target: { kind: 'queue', queue: back }, followSeconds: 0 }),
      );
      const job = await bench.ended(id);
      await proxy.close();
      expect(job.state).toBe('done');
      expect(job.counts).toMatchObject({ confirmed: 38, skipped: 2, unknown: 0 });
      const bodies = (await drain(bench.channel, back)).map((m) => m.body);
      expect(new Set(bodies)).toEqual(
        new Set(Array.from({ length: 40 }, (_, n) => `n${n}`).filter((_, n) => n !== 7 && n !== 23)),
      );
      expect(await depth(bench.channel, dead)).toBe(2);
    });
  });
}
