/** The live picture of real brokers: what it shows, and that it comes back by itself. */
import { type ChannelModel, connect } from 'amqplib';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { brokerVersions, type TestBroker, withBroker } from '../../test/with-broker.ts';
import { createManagementClient } from '../broker/client.ts';
import { judge } from '../findings/attention.ts';
import type { StatusCorner } from '../model/live.ts';
import { createLive, type Live } from './live.ts';

const status: StatusCorner = {
  taps: [],
  capture: { received: 0, stored: 0, inMemory: 0, dropped: {} },
  store: { facts: 0, bytes: 0, limitBytes: 1, segments: 0, oldestAt: null, words: '', ok: true },
  amqp: { state: 'open', since: 0, reason: null },
  missing: [],
};
const running = new Set<Live>();
afterEach(async () => {
  await Promise.all([...running].map((live) => live.stop()));
  running.clear();
});

function look(broker: TestBroker, user = broker.user, password = broker.password): Live {
  const live = createLive({
    management: createManagementClient({ url: broker.management, user, password }),
    config: { pollMs: 500 },
    clock: Date.now,
    status: () => status,
    judge,
  });
  running.add(live);
  live.start();
  return live;
}

/** Resolves as soon as a reading, or a change of freshness, shows it. */
function until<T>(live: Live, see: () => T | undefined | false | null): Promise<T> {
  return new Promise((resolve) => {
    const end = live.subscribe(() => tell());
    const tell = () => {
      const value = see();
      if (!value) return;
      end();
      resolve(value);
    };
    tell();
  });
}

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const { vhost } = broker;
  const inPath = encodeURIComponent(vhost);
  const queueOf = (live: Live, name: string) =>
    live.snapshot()?.queues.find((q) => q.vhost === vhost && q.name === name);
  const open: ChannelModel[] = [];
  const connected = async (name?: string) => {
    const connection = await connect(broker.amqp, { clientProperties: { connection_name: name } });
    connection.on('error', () => {});
    open.push(connection);
    return connection;
  };
  afterAll(() => Promise.allSettled(open.map((c) => c.close())));

  describe(`the live picture of ${version}`, () => {
    test('shows queues, where their dead letters go by argument and policy, and who consumes', async () => {
      await broker.api('PUT', `/api/policies/${inPath}/dead`, {
        pattern: '^by-policy$',
        definition: { 'dead-letter-exchange': 'dlx' },
        'apply-to': 'queues',
      });
      const connection = await connected('worker-1');
      const channel = await connection.createConfirmChannel();
      await channel.assertExchange('dlx', 'fanout');
      await channel.assertQueue('dlq');
      await channel.bindQueue('dlq', 'dlx', '');
      await channel.assertQueue('by-policy', { arguments: { 'x-queue-type': 'quorum' } });
      await channel.assertQueue('by-argument', { deadLetterExchange: 'dlx' });
      await channel.assertQueue('lost', { deadLetterExchange: 'no such exchange' });
      await channel.prefetch(7);
      await channel.consume('by-policy', () => {}, { consumerTag: 'taker' });
      for (let i = 0; i < 3; i++) channel.sendToQueue('by-argument', Buffer.from('x'), { expiration: '1' });
      channel.sendToQueue('by-policy', Buffer.from('held'));
      await channel.waitForConfirms();

      const live = look(broker);
      await until(live, () => queueOf(live, 'dlq')?.total === 3);
      expect(queueOf(live, 'by-policy')?.deadLetter).toMatchObject({ exchange: 'dlx', from: 'policy' });
      expect(queueOf(live, 'by-argument')?.deadLetter).toMatchObject({ exchange: 'dlx', from: 'argument' });
      const dead = live.topology().queues.find((q) => q.vhost === vhost);
      expect(dead).toMatchObject({ queue: 'dlq', retry: false });
      expect(dead?.origins.map((o) => o.queue).sort()).toEqual(['by-argument', 'by-policy']);
      expect(live.topology().lost.filter((l) => l.vhost === vhost)).toMatchObject([{ queue: 'lost' }]);
      expect(live.attention().map((a) => `${a.code} ${a.queue}`)).toEqual(
        expect.arrayContaining(['dlx_leads_nowhere lost']),
      );

      const state = await until(live, () => {
        const s = live.state([vhost]);
        // A quorum queue's own depth follows within two seconds.
        return (
          s.consumers[0]?.unacked === 1 &&
          s.totals.total === 4 &&
          s.queues.every((q) => q.rates.publish !== null) &&
          s
        );
      });
      expect(state.vhosts).toEqual([vhost]);
      expect(state.deadLetters).toBe(3);
      expect(state.totals).toMatchObject({ ready: 3, unacked: 1, total: 4 });
      expect(state.consumers).toMatchObject([
        {
          queue: 'by-policy',
          tag: 'taker',
          prefetch: 7,
          user: 'guest',
          client: { name: 'worker-1', product: 'amqplib' },
        },
      ]);
      expect(queueOf(live, 'by-policy')?.consumers).toBe(1);
    });

    // Again when it fails: on a busy machine the management API may list a channel for long after it closed, when that
    // happened while its figures were collected, and then nobody can tell.
    const patience = { retry: 2, timeout: 40_000 };
    test(
      'tells a cancelled consumer, a closed channel, a lost connection and a deleted queue apart',
      patience,
      async () => {
        const [a, b, c, d] = [await connected(), await connected(), await connected(), await connected()];
        const take = async (connection: ChannelModel, queue: string) => {
          const channel = await connection.createChannel();
          channel.on('error', () => {});
          await channel.assertQueue(queue);
          await channel.consume(queue, () => {}, { consumerTag: queue });
          return channel;
        };
        const cancelled = await take(a, 'gone.cancelled');
        const closed = await take(b, 'gone.channel');
        await take(c, 'gone.connection');
        const deleted = await take(d, 'gone.deleted');
        const live = look(broker);
        const names = () => live.snapshot()?.consumers.filter((x) => x.queue.startsWith('gone.')).length;
        await expect.poll(names, { timeout: 15_000, interval: 100 }).toBe(4);

        await cancelled.cancel('gone.cancelled');
        await closed.close();
        await c.close();
        await deleted.deleteQueue('gone.deleted');
        const gone = () =>
          Object.fromEntries(
            live
              .gone()
              .filter((g) => g.vhost === vhost)
              .map((g) => [g.queue, g.how]),
          );
        const all = {
          'gone.cancelled': 'cancelled',
          'gone.channel': 'channel',
          'gone.connection': 'connection',
          'gone.deleted': 'queue-deleted',
        };
        await expect.poll(gone, { timeout: 15_000, interval: 100 }).toEqual(all);
        expect(queueOf(live, 'gone.deleted')).toBeUndefined();
        expect(queueOf(live, 'gone.channel')?.consumers).toBe(0);
      },
    );

    test('a refresh shows a message that was confirmed before it', async () => {
      const channel = await (await connected()).createConfirmChannel();
      await channel.assertQueue('fresh');
      const live = look(broker);
      await live.refresh();
      channel.sendToQueue('fresh', Buffer.from('x'));
      await channel.waitForConfirms();
      await live.refresh();
      expect(queueOf(live, 'fresh')).toMatchObject({ ready: 1, total: 1 });
    });

    test.each([
      ['management', ['consumers', 'nodes']],
      ['policymaker', ['consumers', 'nodes']],
      ['monitoring', []],
    ])(
      'an account with the tag %s and one vhost sees that one, and says what it cannot see',
      async (tag, unseen) => {
        const user = `${tag}-${version}`;
        await broker.api('PUT', `/api/users/${user}`, { password: 'pw', tags: tag });
        await broker.api('PUT', `/api/permissions/${inPath}/${user}`, {
          configure: '',
          write: '',
          read: '.*',
        });
        const live = look(broker, user, 'pw');
        await until(live, () => live.freshness().freshness === 'live' && queueOf(live, 'fresh')?.total === 1);
        const { vhosts = [], queues = [], missing = [] } = live.snapshot() ?? {};
        // from monitoring on: every vhost by its name, and of those without a permission nothing more
        if (unseen.length === 0) expect(vhosts.map((v) => v.name)).toContain(vhost);
        else expect(vhosts.map((v) => v.name)).toEqual([vhost]);
        expect(new Set(queues.map((q) => q.vhost))).toEqual(new Set([vhost]));
        expect(missing.map((m) => m.what).sort()).toEqual(unseen);
        for (const one of missing)
          expect(one.mend).toBe(`rabbitmqctl set_user_tags ${user} ${tag} monitoring`);
        await live.stop();
        await broker.api('DELETE', `/api/users/${user}`);
      },
    );

    test('an administrator sees the queues of every vhost, whatever the permissions, and misses nothing', async () => {
      const user = `administrator-${version}`;
      await broker.api('PUT', `/api/users/${user}`, { password: 'pw', tags: 'administrator' });
      const live = look(broker, user, 'pw');
      await until(live, () => live.freshness().freshness === 'live' && queueOf(live, 'fresh')?.total === 1);
      expect(live.snapshot()?.missing).toEqual([]);
      await live.stop();
      await broker.api('DELETE', `/api/users/${user}`);
    });

    test('an account without a tag is stale with the command that gives it one, not an empty broker', async () => {
      const user = `untagged-${version}`;
      await broker.api('PUT', `/api/users/${user}`, { password: 'pw', tags: '' });
      const live = look(broker, user, 'pw');
      await until(live, () => /no management tag/.test(live.freshness().reason ?? ''));
      expect(live.freshness().reason).toContain(`rabbitmqctl set_user_tags ${user} management`);
      expect(live.freshness()).toMatchObject({ freshness: 'stale', readAt: null });
      expect(live.snapshot()).toBeNull();
      await broker.api('DELETE', `/api/users/${user}`);
    });

    test('a wrong password is stale with what to do, not an empty broker', async () => {
      const live = look(broker, 'guest', 'wrong');
      await until(live, () => /does not know guest/.test(live.freshness().reason ?? ''));
      expect(live.freshness()).toMatchObject({ freshness: 'stale', readAt: null });
      expect(live.snapshot()).toBeNull();
    });

    // Once is enough, and 3.10 takes long to start: how a connection is refused does not depend on the version.
    if (version !== brokerVersions.at(-1)) return;
    test('goes away with the broker, keeps its last snapshot, and is live again by itself', async () => {
      const live = look(broker);
      await until(live, () => queueOf(live, 'fresh'));
      await broker.stopNode();
      const { readAt, reason } = await until(
        live,
        () => live.freshness().freshness === 'away' && live.freshness(),
      );
      expect(reason).toContain('The management API does not answer');
      expect(live.snapshot()?.readAt).toBe(readAt);
      expect(queueOf(live, 'fresh')).toBeDefined();

      await broker.restart();
      await until(live, () => live.freshness().freshness === 'live');
      expect(live.snapshot()?.readAt).toBeGreaterThan(readAt ?? 0);
    });
  });
}
