import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ConfirmChannel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { type Listening, listenTo } from '../../test/with-capture.ts';

for (const version of brokerVersions) {
  const broker = await withBroker({ version });

  describe(`capture on RabbitMQ ${version}`, () => {
    const dir = mkdtempSync(join(tmpdir(), 'hoplight-capture-'));
    let tap: Listening;
    let channel: ConfirmChannel;
    let closeClient: () => Promise<void>;

    beforeAll(async () => {
      await broker.api('PUT', `/api/vhosts/${encodeURIComponent(broker.vhost)}`, {
        description: 'kept as it is',
        tags: 'a,b',
      });
      tap = await listenTo(broker, dir);
      const client = await connect(broker.amqp);
      client.on('error', () => {});
      channel = await client.createConfirmChannel();
      channel.on('error', () => {});
      closeClient = () => client.close().catch(() => {});
    });
    afterAll(async () => {
      await closeClient();
      await tap.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    test('a publish with X-Trace-ID and its delivery are found by that ID', async () => {
      await channel.assertQueue('orders', { durable: true });
      await tap.until(() => tap.status().state === 'on');
      channel.sendToQueue('orders', Buffer.from('{"total":12}'), {
        messageId: 'm-1',
        headers: { 'X-Trace-ID': 'Shop-77', traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01` },
      });
      await channel.waitForConfirms();
      const [journey] = await tap.until(() => tap.reader.find('Shop-77', 5), 'the journey');
      expect(journey).toMatchObject({
        id: `trace:${'a1'.repeat(16)}`,
        status: 'in flight',
        queues: ['orders'],
      });

      const got = await channel.get('orders', { noAck: true });
      expect(got).not.toBe(false);
      const facts = await tap.until(() => {
        const all = tap.reader.journeyFacts(`trace:${'a1'.repeat(16)}`, 10);
        return all.length === 2 ? all : null;
      }, 'both facts');
      expect(facts).toMatchObject([
        {
          kind: 'published',
          source: 'firehose',
          precision: 'arrival',
          vhost: broker.vhost,
          exchange: '',
          routingKeys: ['orders'],
          routedQueues: ['orders'],
          user: 'guest',
          message: {
            properties: { messageId: 'm-1' },
            body: { size: 12, data: Buffer.from('{"total":12}').toString('base64'), truncated: false },
          },
        },
        {
          kind: 'delivered',
          queue: 'orders',
          redelivered: false,
          ids: { messageId: 'm-1', xTraceId: 'Shop-77' },
        },
      ]);
      expect(facts[0]?.message?.headers).toContainEqual({ name: 'X-Trace-ID', type: 'S', value: 'Shop-77' });
    });

    test('the vhost keeps its description and tags, and its tracing is on', async () => {
      const vhost = await broker.api('GET', `/api/vhosts/${encodeURIComponent(broker.vhost)}`);
      expect(vhost).toMatchObject({ tracing: true, description: 'kept as it is', tags: ['a', 'b'] });
    });

    for (const type of ['topic', 'fanout', 'direct', 'headers'])
      for (const queueType of ['classic', 'quorum'])
        test(`a rejected message of a ${queueType} queue is seen to die through a ${type} exchange`, async () => {
          const name = `${queueType}.${type}`;
          const dlx = `dlx.${name}`;
          await channel.assertExchange(dlx, type, { durable: true });
          await channel.assertQueue(`dead.${name}`, { durable: true });
          const key = { topic: '#', fanout: '', direct: 'gone', headers: '' }[type] ?? '';
          await channel.bindQueue(
            `dead.${name}`,
            dlx,
            key,
            type === 'headers' ? { 'x-match': 'any', kind: 'order' } : {},
          );
          await channel.assertQueue(`work.${name}`, {
            durable: true,
            arguments: {
              'x-queue-type': queueType,
              'x-dead-letter-exchange': dlx,
              'x-dead-letter-routing-key': 'gone',
            },
          });
          await tap.lookAgain();
          await tap.until(
            () => tap.status().deadLetterExchanges.find((e) => e.exchange === dlx)?.tapped,
            'the tap',
          );

          const headers = { kind: 'order', 'x-error': 'no stock' };
          channel.sendToQueue(`work.${name}`, Buffer.from('x'), { messageId: `died ${name}`, headers });
          await channel.waitForConfirms();
          const message = await tap.until(() => channel.get(`work.${name}`), 'the message');
          if (message) channel.nack(message, false, false);
          const died = await tap.until(
            () => tap.reader.journeyFacts(`message:died ${name}`, 10).find((f) => f.kind === 'died'),
            'the death',
          );
          expect(died).toMatchObject({
            source: 'dead-letter-tap',
            queue: `work.${name}`,
            exchange: dlx,
            routingKeys: ['gone'],
            error: 'no stock',
            deaths: [{ reason: 'rejected', count: 1, queue: `work.${name}`, exchange: '' }],
          });
          // the firehose may tell of the delivery after the other tap told of the death
          const dead = () => tap.reader.list({ limit: 5, status: 'dead' }, [broker.vhost]).journeys;
          const isDead = () => dead().find(({ id, reason }) => id === `message:died ${name}` && reason);
          expect(await tap.until(isDead, 'the journey as dead')).toMatchObject({ reason: 'rejected' });
          const counted = tap.reader.deaths([broker.vhost], 0, 1);
          expect(counted).toContainEqual(
            expect.objectContaining({
              exchange: dlx,
              routingKey: 'gone',
              originQueue: `work.${name}`,
              count: 1,
            }),
          );
          // the dead-letter queue has its own copy
          expect(
            await tap.until(() => channel.get(`dead.${name}`, { noAck: true }), 'the dead letter'),
          ).not.toBe(false);
        });

    test('what a client publishes to a dead-letter exchange is no death, with or without an old x-death', async () => {
      const dlx = 'dlx.classic.fanout';
      channel.sendToQueue('work.classic.fanout', Buffer.from('y'), { messageId: 'retold' });
      await channel.waitForConfirms();
      const first = await tap.until(() => channel.get('work.classic.fanout'), 'the message');
      if (first) channel.nack(first, false, false);
      const dead = await tap.until(
        () => channel.get('dead.classic.fanout', { noAck: true }),
        'the dead letter',
      );
      const deaths = () =>
        tap.reader.journeyFacts('message:retold', 50).filter((f) => f.kind === 'died').length;
      await tap.until(() => deaths() === 1, 'the death');
      if (dead)
        channel.publish(dlx, '', dead.content, { messageId: 'retold', headers: dead.properties.headers });
      channel.publish(dlx, '', Buffer.from('z'), { messageId: 'straight' });
      await channel.waitForConfirms();
      await tap.until(() => {
        const { dropped } = tap.capture.status().counts;
        return dropped['not a death'] === 1 && dropped['death told before'] === 1;
      }, 'both to be told apart');
      expect(deaths()).toBe(1);
      expect(tap.reader.journeyFacts('message:straight', 5).map((f) => f.kind)).toEqual(['published']);
    });

    test('a mandatory publish that nothing takes is still returned by an exchange that is tapped', async () => {
      const returned = new Promise((resolve) => channel.once('return', resolve));
      channel.publish('dlx.classic.direct', 'nobody', Buffer.from('r'), {
        mandatory: true,
        messageId: 'back',
      });
      await channel.waitForConfirms();
      await returned;
      const [fact] = await tap.until(() => tap.reader.journeyFacts('message:back', 5), 'the fact');
      expect(fact?.routedQueues).toEqual([]);
    });

    test('counts add up, our own facts are stored, and our own reading is no delivery', async () => {
      await channel.assertQueue('read', { durable: true });
      const own = await connect(broker.amqp);
      const { localAddress, localPort, remoteAddress, remotePort } = socketOf(own);
      const name = `${localAddress}:${localPort} -> ${remoteAddress}:${remotePort}`;
      tap.capture.ownConnection(name, true);
      const reader = await own.createChannel();
      channel.sendToQueue('read', Buffer.from('r'), { messageId: 'peeked' });
      await channel.waitForConfirms();
      const before = tap.capture.status().counts.dropped['own traffic'] ?? 0;
      await tap.until(() => reader.get('read', { noAck: true }), 'the message');
      await tap.until(
        () => (tap.capture.status().counts.dropped['own traffic'] ?? 0) > before,
        'our own reading',
      );
      // what is counted may not be stored yet
      await tap.until(() => tap.reader.journeyFacts('message:peeked', 5).length > 0, 'the publish');
      expect(tap.reader.journeyFacts('message:peeked', 5).map((f) => f.kind)).toEqual(['published']);
      tap.capture.ownConnection(name, false);
      await own.close();

      const replays: string[] = [];
      tap.capture.onReplayFacts((facts) => replays.push(...facts.map((f) => f.id)));
      const fact = tap.ownFact({ ids: { messageId: 'ours', replayId: 'job.3' } });
      tap.capture.record([fact, fact]);
      await tap.until(() => replays.length > 0, 'the replay fact');
      expect(tap.reader.journeyFacts('message:ours', 5)).toEqual([fact]);
      const { received, stored, inMemory, dropped } = tap.capture.status().counts;
      expect(received).toBe(Object.values(dropped).reduce((a, b) => a + b, stored + inMemory));
    });

    test('a worker that ends is started again; a gap tells since when nobody listened', async () => {
      const before = tap.capture.status().counts;
      await tap.killWorker();
      tap.capture.record([tap.ownFact({ ids: { messageId: 'while away' } })]);
      await tap.until(
        () => tap.status().state === 'on' && tap.reader.gaps(0, Date.now()).some(isRestart),
        'the tap',
      );
      await tap.until(() => tap.reader.journeyFacts('message:while away', 1).length === 1, 'our own fact');
      const gap = tap.reader.gaps(0, Date.now()).find(isRestart);
      expect(gap).toMatchObject({ vhost: broker.vhost, missing: null });
      expect(gap?.to).toBeGreaterThan(gap?.from ?? Number.POSITIVE_INFINITY);
      channel.sendToQueue('orders', Buffer.from(''), { messageId: 'after the worker' });
      await channel.waitForConfirms();
      await tap.until(() => tap.reader.find('after the worker', 1).length === 1, 'the fact');
      expect(tap.capture.status().counts.received).toBeGreaterThan(before.received);
    });

    test('tracing that somebody switched off is on again with the next snapshot, and the gap is told', async () => {
      await broker.api('PUT', `/api/vhosts/${encodeURIComponent(broker.vhost)}`, { tracing: false });
      await tap.lookAgain();
      const told = () =>
        tap.reader.gaps(0, Date.now()).find((g) => /switched off at the broker/.test(g.reason));
      const gap = await tap.until(() => told()?.to && told(), 'the gap to be closed');
      expect(gap).toMatchObject({ kind: 'tap-off', vhost: broker.vhost, missing: null });
      await tap.until(() => tap.status().state === 'on', 'the tap');
    });

    test('after the broker has gone and come back, facts flow within 5 s and the gap is told', async () => {
      const gone = Date.now();
      await broker.stopNode({ kill: true });
      await tap.until(() => tap.status().state === 'failed', 'the loss');
      expect(tap.status().words).not.toBe('');
      await broker.restart();
      const back = Date.now();
      await tap.until(() => tap.status().state === 'on', 'the tap');
      expect(Date.now() - back).toBeLessThan(5_000);
      const client = await connect(broker.amqp);
      const fresh = await client.createConfirmChannel();
      fresh.sendToQueue('orders', Buffer.from(''), { messageId: 'after the restart' });
      await fresh.waitForConfirms();
      await tap.until(() => tap.reader.find('after the restart', 1).length === 1, 'the fact');
      await client.close();
      const gap = tap.reader.gaps(gone, Date.now()).find((g) => g.kind === 'tap-off' && g.from >= gone);
      expect(gap?.to).toBeLessThanOrEqual(Date.now());
      // dead-letter exchanges are bound again
      await tap.until(() => tap.status().deadLetterExchanges.every((e) => e.tapped), 'the dead-letter taps');
    });

    test('a tap that is switched off stays off over a restart of Hoplight, and tracing with it', async () => {
      await tap.capture.setTap(broker.vhost, false);
      const tracing = async () => {
        const vhost = await broker.api('GET', `/api/vhosts/${encodeURIComponent(broker.vhost)}`);
        return vhost !== null && typeof vhost === 'object' && 'tracing' in vhost && vhost.tracing;
      };
      expect(await tracing()).toBe(false);
      expect(tap.status()).toMatchObject({ state: 'off' });
      await tap.stop();
      tap = await listenTo(broker, dir);
      expect(tap.status()).toMatchObject({ state: 'off', words: expect.stringContaining('switched off') });
      await tap.capture.setTap(broker.vhost, true);
      await tap.until(() => tap.status().state === 'on', 'the tap');
      expect(await tracing()).toBe(true);
      await tap.stop();
      expect(await tracing()).toBe(false);
    });
  });
}

function isRestart(gap: { kind: string; reason: string; to: number | null }): boolean {
  return gap.kind === 'not-running' && /ended unexpectedly/.test(gap.reason) && gap.to !== null;
}

function socketOf(model: Awaited<ReturnType<typeof connect>>): Record<string, unknown> {
  const { connection } = model;
  const stream: unknown = 'stream' in connection ? connection.stream : null;
  if (typeof stream !== 'object' || stream === null) throw new Error('no socket');
  const of = (name: string): unknown => Reflect.get(stream, name);
  return Object.fromEntries(
    ['localAddress', 'localPort', 'remoteAddress', 'remotePort'].map((n) => [n, of(n)]),
  );
}
