import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { startFaultProxy } from '../../test/fault-proxy.ts';
import { withMemoryAlarm } from '../../test/rabbitmqctl.ts';
import { brokerVersions, type TestBroker, withBroker } from '../../test/with-broker.ts';
import type { AmqpStatus } from '../model/live.ts';
import { AmqpConnection, type AmqpConnectionOptions } from './connection.ts';

const opened: AmqpConnection[] = [];
function connection(options: Omit<AmqpConnectionOptions, 'name'> & { name?: string }): AmqpConnection {
  const made = new AmqpConnection({ name: 'connection test', ...options });
  opened.push(made);
  return made;
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((c) => c.close()));
});

/** Resolves with the first status that `wanted` accepts, the present one included. */
function reaches(of: AmqpConnection, wanted: (status: AmqpStatus) => boolean): Promise<AmqpStatus> {
  if (wanted(of.status())) return Promise.resolve(of.status());
  return new Promise((resolve) => {
    const off = of.onChange((status) => {
      if (!wanted(status)) return;
      off();
      resolve(status);
    });
  });
}
const inState = (state: AmqpStatus['state']) => (status: AmqpStatus) => status.state === state;

/** A port on which nothing listens. */
async function deadPort(): Promise<number> {
  const server: Server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

const atVhost = (broker: TestBroker, vhost: string) => {
  const url = new URL(broker.amqp);
  url.pathname = `/${encodeURIComponent(vhost)}`;
  return url.href;
};

/** Closes the connection as an operator does; the management API lists a new connection only after a while. */
async function closeByHand(broker: TestBroker, name: string): Promise<void> {
  const path = `/api/connections/${encodeURIComponent(name)}`;
  await expect
    .poll(
      () =>
        broker.api('GET', path).then(
          () => true,
          () => false,
        ),
      { timeout: 20_000 },
    )
    .toBe(true);
  await broker.api('DELETE', path);
}

describe('without a broker', () => {
  /**
   *  try ✕ 0.2 s try ✕ 0.4 s try ✕ 0.8 s try ✕ …     (no jitter)
   */
  test('backs off between tries, 0.2 s doubled up to 2 s, until it is closed', async () => {
    const waits: number[] = [];
    const enough = Promise.withResolvers<void>();
    const c = connection({
      url: `amqp://127.0.0.1:${await deadPort()}`,
      reconnect: true,
      random: () => 0,
      wait: (ms, signal) => {
        waits.push(ms);
        if (waits.length < 6) return Promise.resolve();
        enough.resolve();
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      },
    });
    await expect(c.open()).rejects.toMatchObject({ code: 'broker_unreachable' });
    await enough.promise;
    expect(waits).toEqual([200, 400, 800, 1_600, 2_000, 2_000]);
    expect(c.status()).toMatchObject({
      state: 'backing off',
      reason: 'Nothing listens at the broker’s AMQP address',
    });
    await c.close();
    expect(c.status()).toMatchObject({ state: 'closed', reason: null });
    await expect(c.ready()).rejects.toMatchObject({ code: 'broker_unreachable' });
  });

  test('without reconnect a failed try leaves it closed, with the reason', async () => {
    const c = connection({ url: `amqp://127.0.0.1:${await deadPort()}` });
    await expect(c.open()).rejects.toMatchObject({ code: 'broker_unreachable' });
    expect(c.status().state).toBe('closed');
    await expect(c.channel()).rejects.toMatchObject({ code: 'broker_unreachable' });
  });

  test('a server that says nothing does not hold whoever has given up waiting', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = address && typeof address === 'object' ? address.port : 0;
    const accepted = new Promise((resolve) => server.once('connection', resolve));
    const c = connection({ url: `amqp://127.0.0.1:${port}` });
    const giveUp = new AbortController();
    const opening = c.open(giveUp.signal);
    await accepted;
    giveUp.abort(new Error('given up'));
    await expect(opening).rejects.toThrow('given up');
    server.close();
  });
});

for (const version of brokerVersions) {
  const broker = await withBroker({ version });

  describe(`RabbitMQ ${version}`, () => {
    test('closing a channel ends when the connection does, though no answer will come', async () => {
      const isChannelClose = (frame: Buffer) =>
        frame[0] === 1 && frame.readUInt16BE(7) === 20 && frame.readUInt16BE(9) === 40;
      const proxy = await startFaultProxy(broker.amqp, () => ({
        toBroker: (frame, out) => (isChannelClose(frame) ? out.cut() : out.write(frame)),
      }));
      const c = connection({ url: proxy.url });
      await c.open();
      const channel = await c.channel();
      await channel.close();
      await reaches(c, inState('closed'));
      await proxy.close();
    });

    test('opens with its name, and knows how the broker calls it', async () => {
      const c = connection({ url: broker.amqp, name: 'hoplight test' });
      expect(c.vhost).toBe(broker.vhost);
      await c.open();
      expect(c.status()).toMatchObject({ state: 'open', reason: null });
      const name = c.brokerName() ?? '';
      expect(name).toMatch(/^127\.0\.0\.1:\d+ -> 127\.0\.0\.1:\d+$/);
      const path = `/api/connections/${encodeURIComponent(name)}`;
      await expect
        .poll(() => broker.api('GET', path).catch(() => null), { timeout: 20_000 })
        .toMatchObject({ client_properties: { connection_name: 'hoplight test' } });
      await c.close();
      expect(c.brokerName()).toBeNull();
    });

    test('a wrong password is told apart', async () => {
      const url = new URL(broker.amqp);
      url.password = 'wrong';
      await expect(connection({ url: url.href }).open()).rejects.toMatchObject({ code: 'unauthenticated' });
    });

    test('a missing vhost says so', async () => {
      const c = connection({ url: atVhost(broker, 'not there') });
      await expect(c.open()).rejects.toMatchObject({
        code: 'forbidden',
        message: 'The vhost does not exist, or this user may not use it',
      });
    });

    test('a channel that the broker closes neither ends the process nor the connection', async () => {
      const c = connection({ url: broker.amqp });
      await c.open();
      const channel = await c.channel();
      await expect(channel.checkQueue('nope')).rejects.toMatchObject({ code: 404 });
      expect(c.status().state).toBe('open');
      const next = await c.channel();
      await next.assertQueue('after');
    });

    test('closed by an operator: says so and comes back', async () => {
      const c = connection({ url: broker.amqp, reconnect: true });
      await c.open();
      const before = c.brokerName() ?? '';
      const lost = reaches(c, inState('backing off'));
      await closeByHand(broker, before);
      expect((await lost).reason).toContain('Closed via management plugin');
      await c.ready();
      expect(c.brokerName()).not.toBe(before);
      await (await c.channel()).assertQueue('back');
    });

    test('a memory alarm shows as blocked on a connection that publishes, and ends', async () => {
      const c = connection({ url: broker.amqp });
      await c.open();
      const channel = await c.confirmChannel();
      await channel.assertQueue('alarm');
      const confirmed = await withMemoryAlarm(broker, async () => {
        const confirm = new Promise<unknown>((resolve) => {
          channel.sendToQueue('alarm', Buffer.from('x'), {}, resolve);
        });
        const blocked = await reaches(c, inState('blocked'));
        expect(blocked.reason).toBe('The broker takes no publishes now: low on memory');
        return { confirm };
      });
      await reaches(c, inState('open'));
      expect(await confirmed.confirm).toBeNull();
    });

    test('the node restarts: backs off with a reason, then works again within 5 s of its return', async () => {
      const c = connection({ url: broker.amqp, reconnect: true });
      await c.open();
      const lost = reaches(c, inState('backing off'));
      await broker.stopNode({ kill: true });
      expect((await lost).reason).toMatch(/ended without a word|reset by the other side/);
      await broker.restart();
      const answers = Date.now();
      await c.ready();
      expect(Date.now() - answers).toBeLessThan(5_000);
      await (await c.channel()).assertQueue('after restart');
    });
  });
}
