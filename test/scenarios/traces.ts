/** How messages are recognised, and several of them in one picture. */
import { randomBytes } from 'node:crypto';
import { fingerprint } from '../../lib/journey/fingerprint.ts';
import { type Scenario, type Scene, stillAgain } from './scene.ts';

/** A trace ID for each scene, the same whenever it is asked. */
const traceOf = (s: Scene) => Buffer.from(s.id.padEnd(16, '.')).toString('hex').slice(0, 32);
const traceparent = (s: Scene) => `00-${traceOf(s)}-${randomBytes(8).toString('hex')}-01`;

export const traces: Scenario[] = [
  {
    name: 'one trace: an order that causes an invoice and a parcel, sent by the service that took the order',
    declare: async (s) => {
      for (const queue of ['orders', 'invoices', 'parcels']) await s.queue(queue);
    },
    act: async (s) => {
      await s.publish('', 'orders', { headers: { traceparent: traceparent(s) } });
      await s.passOn('orders', (_, channel) => {
        for (const queue of ['invoices', 'parcels'])
          channel.publish('', s.at(queue), Buffer.from(queue), {
            messageId: `${s.id} ${queue}`,
            headers: { traceparent: traceparent(s) },
          });
      });
      await Promise.all([s.consume('invoices', 'ack'), s.consume('parcels', 'ack')]);
    },
    journey: (s) => `trace:${traceOf(s)}`,
    drawn: `
      publish default(orders) > orders > delivered 1
        > publish default(invoices) > invoices > delivered 1
        > publish default(parcels) > parcels > delivered 1
      = delivered`,
  },
  {
    name: 'a request and its reply share a correlation ID',
    declare: async (s) => {
      await s.queue('requests');
      await s.queue('replies');
    },
    act: async (s) => {
      const correlationId = `${s.id} call`;
      await s.publish('', 'requests', {
        messageId: `${s.id} request`,
        correlationId,
        replyTo: s.at('replies'),
      });
      await s.passOn('requests', ({ properties }, channel) => {
        channel.publish('', String(properties.replyTo), Buffer.from('42'), {
          messageId: `${s.id} reply`,
          correlationId: String(properties.correlationId),
        });
      });
      await s.consume('replies', 'ack');
    },
    journey: (s) => `correlation:${s.id} call`,
    drawn: `
      publish default(requests) > requests > delivered 1 > publish default(replies) > replies > delivered 1
      = delivered`,
  },
  {
    name: 'known by X-Trace-ID alone, which no other message bears',
    declare: (s) => s.queue('work'),
    act: async (s) => {
      await s.publish('', 'work', { messageId: undefined, headers: { 'X-Trace-ID': s.id } });
      await s.consume('work', 'ack');
    },
    journey: (s) => `xtrace:${s.id}`,
    drawn: `
      publish default(work) > work > delivered 1
      = delivered`,
  },
  {
    name: 'known by nothing but its content, which dies and is delivered as it was sent',
    declare: async (s) => {
      await s.exchange('orders', 'fanout');
      await s.exchange('dlx', 'fanout');
      await s.queue('dead');
      await s.bind('dlx', '', 'dead');
      await s.queue('work', { dlx: 'dlx' });
      await s.bind('orders', '', 'work');
    },
    act: async (s) => {
      await s.publish('orders', 'any', { messageId: undefined });
      await s.consume('work', 'reject');
      await s.consume('dead', 'ack');
    },
    journey: (s) => `fingerprint:${fingerprint({}, [], s.body)}`,
    drawn: (version) => `
      publish orders(any) > [work] > delivered 1 > died rejected > [dead] > delivered 1${stillAgain(version)}
      = delivered`,
  },
  ...(
    [
      ['B3 in one header', 'b3', (trace: string) => `${trace}-b7ad6b7169203331-1`],
      ['the Jaeger header', 'uber-trace-id', (trace: string) => `${trace}:b7ad6b7169203331:0:1`],
    ] as const
  ).map(
    ([name, header, value]): Scenario => ({
      name: `known by ${name} alone, on a message without an ID`,
      declare: (s) => s.queue('work'),
      act: async (s) => {
        await s.publish('', 'work', { messageId: undefined, headers: { [header]: value(traceOf(s)) } });
        await s.consume('work', 'ack');
      },
      journey: (s) => `trace:${traceOf(s)}`,
      drawn: `
        publish default(work) > work > delivered 1
        = delivered`,
    }),
  ),
];
