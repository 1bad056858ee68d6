/** Guards the internals of amqplib that raw.ts uses: bytes read are bytes sent. */
import { afterAll, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import type { Header } from '../model/message.ts';
import { AmqpConnection } from './connection.ts';
import {
  decodeProperties,
  editProperties,
  encodeProperties,
  publishRaw,
  rawHeaders,
  rawProperties,
} from './properties.ts';

/** Types that amqplib's own codec would change, and names that a JavaScript object would lose. */
const headers: Header[] = [
  { name: '!', type: 'S', value: 'mark' },
  { name: '__proto__', type: 'S', value: 'own' },
  { name: 'array', type: 'A', value: [1, 1.5, 'two', null] },
  { name: 'bytes', type: 'x', value: Buffer.of(0, 255, 195, 40).toString('base64') },
  { name: 'decimal', type: 'D', value: '-12.50' },
  { name: 'double', type: 'd', value: 1 },
  { name: 'float', type: 'f', value: 1.5 },
  { name: 'int64', type: 'l', value: 5 },
  { name: 'large', type: 'l', value: '9007199254740993' },
  { name: 'short', type: 's', value: 5 },
  { name: 'table', type: 'F', value: { inner: true } },
  { name: 'time', type: 'T', value: '18446744073709551615' },
  { name: 'void', type: 'V', value: null },
];

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const connection = new AmqpConnection({ url: broker.amqp, name: 'properties test' });
  await connection.open();
  afterAll(() => connection.close());

  describe(`through RabbitMQ ${version}`, () => {
    test.each(['classic', 'quorum'])(
      'property bytes survive a %s queue, and a copy of them too',
      async (type) => {
        const queue = `bytes ${type}`;
        const channel = await connection.confirmChannel();
        await channel.assertQueue(queue, { durable: true, arguments: { 'x-queue-type': type } });
        const raw = encodeProperties({ messageId: 'm', deliveryMode: 2, timestamp: 7, appId: 'é' }, headers);
        const body = Buffer.alloc(300_000, 'body of more than one frame ');
        const send = (bytes: Buffer) =>
          new Promise<Error | null>((resolve) => {
            publishRaw(
              channel,
              { exchange: '', routingKey: queue, raw: bytes, body, mandatory: true },
              resolve,
            );
          });
        const read = async () => {
          const message = await channel.get(queue, { noAck: true });
          if (!message) throw new Error('no message');
          expect(message.content.equals(body)).toBe(true);
          const bytes = rawProperties(message);
          if (!bytes) throw new Error('no bytes');
          return bytes;
        };
        const entries = (bytes: Buffer) =>
          rawHeaders(bytes)
            .filter((e) => !e.name.startsWith('x-')) // a quorum queue adds x-delivery-count
            .map((e) => e.raw.toString('hex'))
            .sort();

        expect(await send(raw)).toBeNull();
        const first = await read();
        expect(decodeProperties(first).properties).toEqual(decodeProperties(raw).properties);
        expect(entries(first)).toEqual(entries(raw));

        const copy = editProperties(first, {
          setHeaders: [{ name: 'x-replay-id', type: 'S', value: 'j.1' }],
        });
        expect(await send(copy)).toBeNull();
        const second = await read();
        expect(rawHeaders(second).map((e) => e.name)).toContain('x-replay-id');
        expect(entries(second)).toEqual(entries(raw));
        await channel.deleteQueue(queue);
      },
    );

    test('raw and ordinary publishes share a channel, in order, each with its confirm', async () => {
      const channel = await connection.confirmChannel();
      const { queue } = await channel.assertQueue('', { exclusive: true });
      const confirms: Promise<unknown>[] = [];
      for (let i = 0; i < 500; i++) {
        const body = Buffer.from(String(i));
        confirms.push(
          new Promise((resolve) => {
            if (i % 2) channel.sendToQueue(queue, body, {}, resolve);
            else
              publishRaw(
                channel,
                { exchange: '', routingKey: queue, raw: encodeProperties({}), body },
                resolve,
              );
          }),
        );
      }
      expect(new Set(await Promise.all(confirms))).toEqual(new Set([null]));
      const bodies: string[] = [];
      for (
        let m = await channel.get(queue, { noAck: true });
        m;
        m = await channel.get(queue, { noAck: true })
      ) {
        bodies.push(m.content.toString());
      }
      expect(bodies).toEqual(Array.from({ length: 500 }, (_, i) => String(i)));
    });

    test('refuses properties that do not fit into a frame, and a closed channel', async () => {
      const channel = await connection.confirmChannel();
      const long = encodeProperties({}, [{ name: 'h', type: 'S', value: 'x'.repeat(200_000) }]);
      const message = { exchange: '', routingKey: 'q', raw: long, body: Buffer.alloc(0) };
      expect(() => publishRaw(channel, message)).toThrow(/do not fit into one frame/);
      await channel.close();
      expect(() => publishRaw(channel, { ...message, raw: encodeProperties({}) })).toThrow('channel closed');
    });
  });
}
