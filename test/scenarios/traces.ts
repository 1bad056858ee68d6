/** How messages are recognised, and several of them in one picture. */
import { randomBytes } from 'node:crypto';
import type { Scenario, Scene } from './scene.ts';

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
  ...(
    [
      ['X-Trace-ID', 'X-Trace-ID', (id: string) => id, (id: string) => `xtrace:${id}`],
      [
        'B3 in one header',
        'b3',
        (_: string, t: string) => `${t}-b7ad6b7169203331-1`,
        (_: string, t: string) => `trace:${t}`,
      ],
      [
        'the Jaeger header',
        'uber-trace-id',
        (_: string, t: string) => `${t}:b7ad6b7169203331:0:1`,
        (_: string, t: string) => `trace:${t}`,
      ],
    ] as const
  ).map(
    ([name, header, value, key]): Scenario => ({
      name: `known by ${name} alone, on a message without an ID`,
      declare: (s) => s.queue('work'),
      act: async (s) => {
        await s.publish('', 'work', { messageId: undefined, headers: { [header]: value(s.id, traceOf(s)) } });
        await s.consume('work', 'ack');
      },
      journey: (s) => key(s.id, traceOf(s)),
      drawn: `
        publish default(work) > work > delivered 1
        = delivered`,
    }),
  ),
];
