import { createServer } from 'node:http';
import * as api from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withMemoryAlarm } from '../../test/rabbitmqctl.ts';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { AmqpConnection } from '../amqp/connection.ts';
import { decodeProperties, rawProperties } from '../amqp/properties.ts';
import { publishRequestSchema } from '../model/api.ts';
import type { Fact } from '../model/fact.ts';
import { headerValue } from '../model/message.ts';
import { startTelemetry } from '../telemetry/otel.ts';
import { createConnections, type PublishingSession } from './connections.ts';
import { lineOf } from './line.ts';
import { createPublishing } from './publishing.ts';
import { type SendContext, send } from './send.ts';

/** An OTLP receiver that keeps the raw bodies. */
async function receiver() {
  const got: { path: string; type: string; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const type = request.headers['content-type'] ?? '';
    got.push({ path: request.url ?? '', type, body: Buffer.concat(chunks) });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  return { got, url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

const otlp = await receiver();
process.env.OTEL_EXPORTER_OTLP_ENDPOINT = otlp.url;
// Spans are sent in batches, each five seconds where nobody says otherwise.
process.env.OTEL_BSP_SCHEDULE_DELAY = '200';
const telemetry = startTelemetry();
afterAll(async () => {
  await telemetry.stop();
  otlp.close();
  // the files that come after it in this process trace nothing
  for (const each of [api.trace, api.context, api.propagation]) each.disable();
  delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
  delete process.env.OTEL_BSP_SCHEDULE_DELAY;
});

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const limited = `limited-${version}`;

  const urlFor = (user: string, password: string, vhost = broker.vhost) => {
    const url = new URL(broker.amqp);
    url.username = user;
    url.password = password;
    url.pathname = `/${encodeURIComponent(vhost)}`;
    return url.href;
  };
  const open = async (url = broker.amqp) => {
    const connection = new AmqpConnection({ url, name: 'send test' });
    await connection.open();
    return connection;
  };
  const guest = await open();
  afterAll(() => guest.close());

  const facts: Fact[] = [];
  const context = (more: Partial<SendContext> = {}): SendContext => ({
    connection: guest,
    record: (list) => facts.push(...list),
    maxInFlight: 32,
    clock: Date.now,
    bodyBytes: 4,
    ...more,
  });
  const request = (more: Record<string, unknown>) =>
    publishRequestSchema.parse({ vhost: broker.vhost, body: '{"order":1}', ...more });
  const factsOf = (journey: string) => facts.filter((f) => f.journey === journey).map((f) => f.kind);

  describe(`RabbitMQ ${version}`, () => {
    beforeAll(async () => {
      const channel = await guest.channel();
      await channel.assertQueue('billing', { durable: true });
      await channel.assertExchange('orders', 'topic');
      await channel.assertExchange('unrouted', 'fanout');
      await channel.assertExchange('saved', 'topic', { alternateExchange: 'unrouted' });
      await channel.assertQueue('kept');
      await channel.bindQueue('kept', 'unrouted', '');
      await channel.assertQueue('full', {
        arguments: { 'x-max-length': 1, 'x-overflow': 'reject-publish' },
      });
      await broker.api('PUT', `/api/users/${limited}`, { password: 'p', tags: '' });
      await broker.api('PUT', `/api/permissions/${encodeURIComponent(broker.vhost)}/${limited}`, {
        configure: '',
        write: '^billing$|^amq\\.default$',
        read: '',
      });
    });
    afterAll(() => broker.api('DELETE', `/api/users/${limited}`));

    test('confirmed: in the queue, with ID, trace and the types that were asked for', async () => {
      const answer = await send(
        context(),
        request({ queue: 'billing', headers: { n: 5, big: 3e9, yes: true, none: null, half: 1.5 } }),
        'guest',
      );
      expect(answer).toMatchObject({ outcome: 'confirmed', exchange: '', routingKey: 'billing' });
      expect(answer.journey).toBe(`trace:${answer.traceId}`);
      const message = await (await guest.channel()).get('billing', { noAck: true });
      if (!message) throw new Error('no message');
      expect(message.content.toString()).toBe('{"order":1}');
      const { properties, headers } = decodeProperties(rawProperties(message) ?? Buffer.alloc(0));
      expect(properties).toEqual({ messageId: answer.messageId, deliveryMode: 2 });
      expect(headerValue(headers, 'traceparent')).toContain(answer.traceId);
      expect(headerValue(headers, 'X-Trace-ID')).toBe(answer.traceId);
      const types = Object.fromEntries(headers.map((h) => [h.name, h.type]));
      expect(types).toMatchObject({ n: 'I', big: 'l', yes: 't', none: 'V', half: 'd' });
      expect(factsOf(answer.journey)).toEqual(['published', 'confirmed']);
      expect(facts.at(-1)).toMatchObject({
        source: 'publisher',
        precision: 'exact',
        user: 'guest',
        connection: guest.brokerName(),
        message: { body: { size: 11, data: Buffer.from('{"or').toString('base64'), truncated: true } },
      });
    });

    test('the span reaches the OTLP receiver, with the current messaging attributes', async () => {
      await send(context(), request({ exchange: 'orders', routingKey: `span.${version}` }), 'guest');
      const name = `send orders:span.${version}`;
      // the batch processor sends every 5 s
      await expect
        .poll(() => otlp.got.some(({ body }) => body.includes(name)), { timeout: 15_000 })
        .toBe(true);
      const sent = otlp.got.find(({ body }) => body.includes(name));
      expect(sent).toMatchObject({ path: '/v1/traces', type: 'application/x-protobuf' });
      for (const text of [
        'hoplight',
        'messaging.system',
        'rabbitmq',
        'messaging.operation.type',
        'messaging.destination.name',
        'messaging.rabbitmq.destination.routing_key',
        'messaging.message.id',
        'messaging.message.body.size',
        'server.address',
        'error.type',
        'no_route',
      ]) {
        expect(sent?.body.includes(text), text).toBe(true);
      }
    });

    test('returned: nothing is bound', async () => {
      const answer = await send(context(), request({ exchange: 'orders', routingKey: 'nobody' }), 'guest');
      expect(answer).toMatchObject({
        outcome: 'returned',
        words: 'No queue took it: the broker returned it (312 NO_ROUTE). It was stored nowhere.',
      });
      expect(factsOf(answer.journey)).toEqual(['published', 'returned']);
    });

    test('an alternate exchange takes what nothing else did: confirmed, not returned', async () => {
      const answer = await send(context(), request({ exchange: 'saved', routingKey: 'nobody' }), 'guest');
      expect(answer.outcome).toBe('confirmed');
      expect(await (await guest.channel()).get('kept', { noAck: true })).toMatchObject({
        properties: { messageId: answer.messageId },
      });
    });

    test('rejected: the queue is full and rejects publishes', async () => {
      const full = request({ queue: 'full' });
      expect((await send(context(), full, 'guest')).outcome).toBe('confirmed');
      const outcomes: string[] = [];
      let last = '';
      // a queue of length 1 may let one more through before it closes
      for (let i = 0; i < 5 && outcomes.at(-1) !== 'rejected'; i++) {
        const answer = await send(context(), full, 'guest');
        outcomes.push(answer.outcome);
        last = answer.journey;
      }
      expect(outcomes.at(-1)).toBe('rejected');
      expect(factsOf(last)).toEqual(['published', 'refused']);
    });

    test('unknown exchange: not found, and other publishes on the connection go on', async () => {
      const before = facts.length;
      const [missing, fine] = await Promise.allSettled([
        send(context(), request({ exchange: 'nope', routingKey: '' }), 'guest'),
        send(context(), request({ queue: 'billing' }), 'guest'),
      ]);
      expect(missing).toMatchObject({
        reason: {
          code: 'not_found',
          message: expect.stringContaining("no exchange 'nope'"),
          more: { notDone: 'The message was not published.' },
        },
      });
      expect(fine).toMatchObject({ value: { outcome: 'confirmed' } });
      expect(facts).toHaveLength(before + 2);
    });

    test('no write permission: forbidden', async () => {
      const connection = await open(urlFor(limited, 'p'));
      await expect(
        send(context({ connection }), request({ exchange: 'orders', routingKey: 'x' }), limited),
      ).rejects.toMatchObject({ code: 'forbidden', more: { notDone: 'The message was not published.' } });
      const permitted = await send(context({ connection }), request({ queue: 'billing' }), limited);
      expect(permitted.outcome).toBe('confirmed');
      await connection.close();
    });

    test('a header that the broker cannot take is bad input, with the broker’s words', async () => {
      await expect(
        send(context(), request({ queue: 'billing', headers: { CC: 'text' } }), 'guest'),
      ).rejects.toMatchObject({ code: 'bad_input', message: expect.stringContaining('CC') });
    });

    test('headers over a frame are refused before they are sent', async () => {
      await expect(
        send(
          context(),
          request({ queue: 'billing', headers: { a: 'x'.repeat(65_000), b: 'x'.repeat(65_000), c: 'x' } }),
          'guest',
        ),
      ).resolves.toMatchObject({ outcome: 'confirmed' });
      await expect(
        send(
          context(),
          request({
            queue: 'billing',
            headers: { a: 'x'.repeat(65_000), b: 'x'.repeat(65_000), c: 'x'.repeat(9_000) },
          }),
          'guest',
        ),
      ).rejects.toMatchObject({ code: 'too_large', more: { notDone: 'Nothing was sent.' } });
    });

    test('more than may wait at once: busy', async () => {
      const d = context({ maxInFlight: 2 });
      const three = await Promise.allSettled(
        [1, 2, 3].map(() => send(d, request({ queue: 'billing' }), 'guest')),
      );
      expect(three.map((r) => (r.status === 'fulfilled' ? r.value.outcome : r.reason.code))).toEqual([
        'confirmed',
        'confirmed',
        'busy',
      ]);
      expect(lineOf(guest).inFlight).toBe(0);
    });

    test('a body of 16 MiB of every byte arrives as it was', async () => {
      const body = Buffer.alloc(16 * 1024 * 1024, Buffer.from(Array.from({ length: 256 }, (_, i) => i)));
      const channel = await guest.channel();
      await channel.purgeQueue('billing');
      const big = request({ queue: 'billing', body: body.toString('base64'), bodyEncoding: 'base64' });
      expect((await send(context(), big, 'guest')).outcome).toBe('confirmed');
      const message = await channel.get('billing', { noAck: true });
      if (!message) throw new Error('no message');
      expect(message.content.equals(body)).toBe(true);
    });

    test('an alarm: refused before anything is sent, and so once the connection knows itself', async () => {
      const connection = await open();
      const probe = await open();
      const alarms = async () => {
        const nodes = await broker.api('GET', '/api/health/checks/alarms').then(
          () => false,
          () => true,
        );
        return nodes;
      };
      const before = facts.length;
      await withMemoryAlarm(broker, async () => {
        await expect.poll(alarms, { timeout: 20_000 }).toBe(true);
        await expect(
          send(context({ connection, alarm: alarms }), request({ queue: 'billing' }), 'guest'),
        ).rejects.toMatchObject({ code: 'broker_blocked', more: { notDone: 'Nothing was sent.' } });
        // nobody asked about alarms: it goes out, is held, and the answer is unknown; a late confirm is still recorded
        const held = await send(
          context({ connection: probe, timeoutMs: 1_000 }),
          request({ queue: 'billing' }),
          'guest',
        );
        expect(held).toMatchObject({ outcome: 'unknown', words: expect.stringContaining('low on memory') });
        expect(factsOf(held.journey)).toEqual(['unanswered']);
        await expect(
          send(context({ connection: probe }), request({ queue: 'billing' }), 'guest'),
        ).rejects.toMatchObject({
          code: 'broker_blocked',
        });
      });
      await expect
        .poll(() => facts.slice(before).map((f) => f.kind), { timeout: 20_000 })
        .toEqual(['unanswered', 'confirmed']);
      await Promise.all([connection.close(), probe.close()]);
    });

    test('the pool: one connection a session and vhost, a new one after a loss, none after idling', async () => {
      const opened: AmqpConnection[] = [];
      const session: PublishingSession = {
        id: 's',
        user: 'guest',
        connect: async (vhost) => {
          const connection = await open(urlFor('guest', 'guest', vhost));
          opened.push(connection);
          return connection;
        },
      };
      const counted: string[] = [];
      const publishing = createPublishing({
        record: () => {},
        clock: Date.now,
        bodyBytes: 0,
        alarms: () => Promise.resolve(false),
        count: (outcome) => counted.push(outcome),
        connections: createConnections({ idleMs: 1 }),
      });
      const both = await Promise.all(
        [1, 2].map(() => publishing.send(session, request({ queue: 'billing' }))),
      );
      expect(both.map((a) => a.outcome)).toEqual(['confirmed', 'confirmed']);
      expect(opened).toHaveLength(1);
      await expect.poll(() => opened[0]?.status().state, { timeout: 5_000 }).toBe('closed');
      await publishing.send(session, request({ queue: 'billing' }));
      expect(opened).toHaveLength(2);
      await expect(
        publishing.send(session, request({ vhost: 'not there', queue: 'billing' })),
      ).rejects.toMatchObject({ code: 'forbidden', more: { notDone: 'Nothing was sent.' } });
      await publishing.stop();
      expect(counted).toEqual(['confirmed', 'confirmed', 'confirmed', 'forbidden']);
      expect(opened.map((c) => c.status().state)).toEqual(['closed', 'closed']);
    });

    test('the node is killed before it answers: unknown, not failed; then the broker is away', async () => {
      const connection = await open();
      const alarm = await open();
      // held by an alarm, so that the kill surely comes between publish and confirm
      const answer = await withMemoryAlarm(broker, async () => {
        const pending = send(context({ connection: alarm }), request({ queue: 'billing' }), 'guest');
        await expect.poll(() => alarm.status().state, { timeout: 20_000 }).toBe('blocked');
        await broker.stopNode({ kill: true });
        const lost = await pending;
        await expect(
          send(context({ connection }), request({ queue: 'billing' }), 'guest'),
        ).rejects.toMatchObject({ code: 'broker_unreachable', more: { notDone: 'Nothing was sent.' } });
        await broker.restart();
        return lost;
      });
      expect(answer).toMatchObject({
        outcome: 'unknown',
        words: expect.stringContaining('connection was lost before the broker answered'),
      });
      expect(factsOf(answer.journey)).toEqual(['unanswered']);
    });
  });
}
