import { type ConsumeMessage, connect } from 'amqplib';
import { describe, expect, test } from 'vitest';
import { rabbitmqctl } from './rabbitmqctl.ts';
import { brokerVersions, withBroker } from './with-broker.ts';

for (const version of brokerVersions) {
  const broker = await withBroker({ version });

  describe(`a test's broker of version ${version}`, () => {
    test('is of that version and gives a vhost of its own', async () => {
      expect(broker.version.startsWith(`${version}.`)).toBe(true);
      const connection = await connect(broker.amqp);
      const channel = await connection.createConfirmChannel();
      await channel.assertQueue('only-here', { durable: true });
      await connection.close();
      const queues = await broker.api('GET', `/api/queues/${encodeURIComponent(broker.vhost)}`);
      expect(queues).toMatchObject([{ name: 'only-here', vhost: broker.vhost }]);
    });

    // Once is enough: every other file that stops its node depends on the same, on each version.
    if (version !== brokerVersions[0]) return;
    test('keeps its address and its durable messages through a crash', async () => {
      const before = await connect(broker.amqp);
      const channel = await before.createConfirmChannel();
      // Classic: a quorum queue whose node is killed within moments of its declaration never answers again
      // (seen on 3.10.8 and 4.3.6; three seconds later it survives).
      await channel.assertQueue('kept', { durable: true });
      channel.sendToQueue('kept', Buffer.from('still here'), { persistent: true });
      await channel.waitForConfirms();
      // 3.10 answers a declaration before its record is on disk: a crash within moments would forget the queue itself.
      await rabbitmqctl(broker, 'eval', 'mnesia:sync_log().');
      const closed = new Promise((resolve) => before.once('close', resolve));
      before.on('error', () => {}); // the crash itself
      await broker.restart({ kill: true });
      await closed;

      const after = await connect(broker.amqp);
      const reader = await after.createChannel();
      const body = await new Promise<string>((resolve, reject) => {
        const take = (message: ConsumeMessage | null) => resolve(message?.content.toString() ?? '');
        reader.consume('kept', take, { noAck: true }).catch(reject);
      });
      expect(body).toBe('still here');
      await after.close();
    });
  });
}
