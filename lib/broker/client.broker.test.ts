import { connect } from 'amqplib';
import { afterAll, describe, expect, test } from 'vitest';
import { brokerVersions, type TestBroker, withBroker } from '../../test/with-broker.ts';
import { isHoplightError } from '../model/errors.ts';
import { createManagementClient, type ManagementClient } from './client.ts';

const as = (broker: TestBroker, user = broker.user, password = broker.password) =>
  createManagementClient({ url: broker.management, user, password });

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'ok';
  } catch (error) {
    expect(isHoplightError(error) && error.more.next).toBeTruthy();
    return isHoplightError(error) ? error.code : String(error);
  }
}

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const client = as(broker);
  const vhostPath = encodeURIComponent(broker.vhost);

  describe(`the management client with ${version}`, () => {
    test('reads everything', async () => {
      const reads: [keyof ManagementClient, Promise<unknown>][] = [
        ['overview', client.overview()],
        ['nodes', client.nodes()],
        ['vhosts', client.vhosts()],
        ['queues', client.queues()],
        ['queueTotals', client.queueTotals()],
        ['exchanges', client.exchanges()],
        ['bindings', client.bindings()],
        ['policies', client.policies()],
        ['consumers', client.consumers()],
        ['channels', client.channels()],
        ['connections', client.connections()],
      ];
      for (const [what, work] of reads) expect([what, await codeOf(work)]).toEqual([what, 'ok']);
      expect((await client.overview()).version).toBe(broker.version);
      expect(await client.alarms()).toBe(false);
      expect(await client.whoami()).toEqual({ name: 'guest', tags: ['administrator'] });
      expect(await client.userPermissions('guest')).toContainEqual({
        user: 'guest',
        vhost: broker.vhost,
        configure: '.*',
        write: '.*',
        read: '.*',
      });
    });

    test('sees a confirmed message at once in the totals, with the DLX of argument and policy', async () => {
      await broker.api('PUT', `/api/policies/${vhostPath}/dead`, {
        pattern: '^by-policy',
        definition: { 'dead-letter-exchange': 'dlx-pol', 'max-length': 7 },
        'apply-to': 'queues',
      });
      const connection = await connect(broker.amqp);
      const channel = await connection.createConfirmChannel();
      for (const type of ['classic', 'quorum']) {
        const queueType = { 'x-queue-type': type };
        await channel.assertQueue(`by-policy.${type}`, { arguments: queueType });
        await channel.assertQueue(`by-argument.${type}`, {
          arguments: { ...queueType, 'x-dead-letter-exchange': 'dlx-arg', 'x-dead-letter-routing-key': 'k' },
        });
      }
      channel.sendToQueue('by-policy.classic', Buffer.from('x'));
      await channel.waitForConfirms();
      const known = await client.policies();
      const mine = (await client.queueTotals(undefined, known)).filter((q) => q.vhost === broker.vhost);
      const by = new Map(mine.map((q) => [q.name, q]));
      for (const type of ['classic', 'quorum']) {
        expect(by.get(`by-policy.${type}`)).toMatchObject({
          type,
          policy: 'dead',
          deadLetter: { exchange: 'dlx-pol', routingKey: null, from: 'policy' },
        });
        expect(by.get(`by-argument.${type}`)?.deadLetter).toEqual({
          exchange: 'dlx-arg',
          routingKey: 'k',
          from: 'argument',
        });
      }
      expect(by.get('by-policy.classic')).toMatchObject({ ready: 1, unacked: 0, total: 1 });
      // The answer about one queue lags by seconds on the broker's side, for a quorum queue's policy too.
      await expect
        .poll(() => client.queue(broker.vhost, 'by-policy.quorum'), { timeout: 20_000 })
        .toMatchObject({ limits: { maxLength: 7 }, deadLetter: { exchange: 'dlx-pol' } });
      await connection.close();
    });

    test('adds up by vhost to the overview’s totals, and by exchange to the list of bindings', async () => {
      await broker.api('POST', `/api/bindings/${vhostPath}/e/amq.topic/q/by-policy.classic`, {
        routing_key: 'a.#',
        arguments: { x: 1 },
      });
      const exchanges = (await client.exchanges()).filter((x) => x.name !== '');
      const [listed, byExchange] = [await client.bindings(), await client.bindings(undefined, exchanges)];
      expect(byExchange).toContainEqual(expect.objectContaining({ source: 'amq.topic', routingKey: 'a.#' }));
      expect(new Set(byExchange.map((b) => JSON.stringify(b)))).toEqual(
        new Set(listed.map((b) => JSON.stringify(b))),
      );
      const gone = { vhost: broker.vhost, name: 'deleted just now' };
      expect(await client.bindings(undefined, [gone])).toEqual([]);
      await expect
        .poll(
          async () => {
            const all = await client.vhosts();
            const total = all.reduce((sum, v) => sum + (v.totals?.total ?? 0), 0);
            return total > 0 && total - ((await client.overview()).totals.total ?? 0);
          },
          { timeout: 20_000 },
        )
        .toBe(0);
    });

    test('switches tracing without losing what else is set on the vhost', async () => {
      const own = `${vhostPath}-traced`;
      const modern = version !== '3.10';
      await broker.api('PUT', `/api/vhosts/${own}`, {
        description: 'orders, eu',
        tags: 'a,b',
        ...(modern ? { default_queue_type: 'quorum' } : {}),
      });
      if (version === '4.3') await broker.api('POST', `/api/vhosts/${own}/deletion/protection`);
      const name = `${broker.vhost}-traced`;
      const ofVhost = async () => {
        const { tracing, description, tags, default_queue_type, protected_from_deletion } = Object(
          await broker.api('GET', `/api/vhosts/${own}`),
        );
        return { tracing, description, tags, default_queue_type, protected_from_deletion };
      };
      const before = await ofVhost();
      expect(before).toMatchObject({ tracing: false, description: 'orders, eu', tags: ['a', 'b'] });
      await client.setTracing(name, true);
      expect(await ofVhost()).toEqual({ ...before, tracing: true });
      await client.setTracing(name, false);
      expect(await ofVhost()).toEqual(before);
      if (version === '4.3') await broker.api('DELETE', `/api/vhosts/${own}/deletion/protection`);
      await broker.api('DELETE', `/api/vhosts/${own}`);
    });

    describe('names each refusal by what to do', () => {
      const users = { one: `one-${version}`, bare: `bare-${version}` };
      const password = 'pa:ss/wörd';
      afterAll(async () => {
        for (const user of Object.values(users)) await broker.api('DELETE', `/api/users/${user}`);
      });

      test('wrong password, no tag, no right, nothing there, nobody there', async () => {
        await broker.api('PUT', `/api/users/${users.bare}`, { password, tags: '' });
        await broker.api('PUT', `/api/users/${users.one}`, { password, tags: 'management' });
        await broker.api('PUT', `/api/permissions/${vhostPath}/${users.one}`, {
          configure: '',
          write: '',
          read: '^a$',
        });
        const one = as(broker, users.one, password);
        expect(await codeOf(as(broker, 'guest', 'wrong').overview())).toBe('unauthenticated');
        expect(await codeOf(as(broker, 'guest', 'wrong').whoami())).toBe('unauthenticated');
        expect(await codeOf(as(broker, users.bare, password).overview())).toBe('forbidden');
        expect(await codeOf(one.nodes())).toBe('forbidden');
        expect(await codeOf(one.userPermissions(users.one))).toBe('forbidden');
        expect(await codeOf(one.setTracing(broker.vhost, true))).toBe('forbidden');
        expect(await codeOf(client.queue(broker.vhost, 'no such queue'))).toBe('not_found');
        expect(await codeOf(client.userPermissions('nobody'))).toBe('not_found');
        const nobody = createManagementClient({ url: 'http://127.0.0.1:1', user: 'u', password: 'p' });
        expect(await codeOf(nobody.overview())).toBe('management_unreachable');
      });

      test('a user with the management tag sees its one vhost', async () => {
        const one = as(broker, users.one, password);
        expect(await one.whoami()).toEqual({ name: users.one, tags: ['management'] });
        expect((await one.vhosts()).map((v) => v.name)).toEqual([broker.vhost]);
        expect(new Set((await one.queueTotals()).map((q) => q.vhost))).toEqual(new Set([broker.vhost]));
        expect(await one.consumers()).toEqual([]);
      });
    });
  });
}
