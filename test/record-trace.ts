/**
 * Records what the firehose and a dead-letter tap bring, as wire bytes, for the parsers' unit tests:
 * `node test/record-trace.ts AMQP_URL MANAGEMENT_URL > test/fixtures/trace-VERSION.json` against a node of script/broker.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumeMessage } from 'amqplib';
import { AmqpConnection } from '../lib/amqp/connection.ts';
import { encodeProperties, publishRaw, rawProperties } from '../lib/amqp/properties.ts';
import { createManagementClient } from '../lib/broker/client.ts';
import type { Header } from '../lib/model/message.ts';

const [url = 'amqp://guest:guest@127.0.0.1:5672', managementUrl = 'http://127.0.0.1:15672'] =
  process.argv.slice(2);
const management = createManagementClient({ url: managementUrl, user: 'guest', password: 'guest' });
const connection = new AmqpConnection({ url, name: 'record trace' });
await connection.open();
await management.setTracing('/', true);

const tap = await connection.channel();
const kept: Record<string, string | boolean>[] = [];
const keep = (name: string) => (message: ConsumeMessage | null) => {
  const raw = message && rawProperties(message);
  if (!message || !raw) return;
  const { exchange, routingKey } = message.fields;
  const bytes = { raw: raw.toString('base64'), body: message.content.toString('base64') };
  kept.push({ name, exchange, routingKey, ...bytes });
};
const { queue } = await tap.assertQueue('', { exclusive: true });
await tap.bindQueue(queue, 'amq.rabbitmq.trace', '#');
await tap.consume(queue, keep('trace'), { noAck: true });

const work = await connection.confirmChannel();
await work.assertExchange('rec.topic', 'topic');
await work.assertExchange('rec.dlx', 'topic');
for (const type of ['classic', 'quorum']) {
  await work.assertQueue(`rec.${type}`, {
    durable: true,
    arguments: {
      'x-queue-type': type,
      'x-dead-letter-exchange': 'rec.dlx',
      'x-dead-letter-routing-key': 'gone',
    },
  });
  await work.bindQueue(`rec.${type}`, 'rec.topic', `to.${type}.#`);
}
await work.assertQueue('rec.dead');
await work.bindQueue('rec.dead', 'rec.dlx', '#');
const copies = await tap.assertQueue('', { exclusive: true });
await tap.bindQueue(copies.queue, 'rec.dlx', '#');
await tap.consume(copies.queue, keep('dead letter'), { noAck: true });

const headers: Header[] = [
  { name: 'traceparent', type: 'S', value: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
  { name: 'X-Trace-ID', type: 'S', value: 'Shop-77' },
  { name: 'n', type: 'l', value: 5 },
  { name: 'big', type: 'l', value: '9007199254740993' },
  { name: 'd', type: 'd', value: 1 },
  { name: 'small', type: 's', value: -3 },
  { name: 'yes', type: 't', value: true },
  { name: 'when', type: 'T', value: 1_700_000_000 },
  { name: 'bytes', type: 'x', value: Buffer.from([0, 255]).toString('base64') },
  { name: 'nested', type: 'F', value: { a: 1, b: ['x', { c: null }] } },
  { name: 'nothing', type: 'V', value: null },
  { name: '__proto__', type: 'S', value: 'plain' },
  { name: 'x-error', type: 'S', value: 'no stock' },
];
const properties = {
  contentType: 'application/json',
  deliveryMode: 2,
  priority: 3,
  correlationId: 'c-1',
  replyTo: 'answers',
  messageId: 'm-1',
  timestamp: 1_700_000_000,
  type: 'order',
  userId: 'guest',
  appId: 'shop',
};
const body = Buffer.from('{"hello":"wörld"}');
const send = (exchange: string, routingKey: string, raw: Buffer, content = body) => {
  publishRaw(work, { exchange, routingKey, raw, body: content });
  return work.waitForConfirms();
};
const full = encodeProperties(properties, headers);
for (const type of ['classic', 'quorum']) {
  await send('rec.topic', `to.${type}.x`, full);
  const first = await work.get(`rec.${type}`);
  if (first) work.nack(first, false, true);
  await delay(300);
  const second = await work.get(`rec.${type}`);
  if (second) work.nack(second, false, false);
  await delay(300);
}
await send('', 'rec.dead', encodeProperties({}), Buffer.alloc(0));
await send('rec.topic', 'nowhere', encodeProperties({ messageId: 'lost' }), Buffer.from([0, 255, 10]));
await send('', 'no such queue', encodeProperties({ messageId: 'named' }));
await delay(500);
const read = await work.get('rec.dead', { noAck: true });
if (!read) throw new Error('no dead letter came');
await delay(500);
process.stdout.write(`${JSON.stringify(kept, null, 1)}\n`);
for (const name of ['rec.classic', 'rec.quorum', 'rec.dead']) await work.deleteQueue(name);
for (const name of ['rec.topic', 'rec.dlx']) await work.deleteExchange(name);
await management.setTracing('/', false);
await connection.close();
