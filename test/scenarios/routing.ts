/** Ways into queues: exchanges of every type, each followed to a consumer. */
import type { Scenario } from './scene.ts';

export const routing: Scenario[] = [
  ...(['classic', 'quorum'] as const).map(
    (type): Scenario => ({
      name: `through the default exchange to a consumer of a ${type} queue`,
      declare: (s) => s.queue('billing', { type }),
      act: async (s) => {
        await s.publish('', 'billing');
        await s.consume('billing', 'ack');
      },
      drawn: `
        publish default(billing) > billing > delivered 1
        = delivered`,
    }),
  ),
  {
    name: 'a stream is read by two consumers from its beginning: one wait, two deliveries',
    declare: (s) => s.queue('log', { type: 'stream' }),
    act: async (s) => {
      await s.publish('', 'log');
      await s.readStream('log');
      await s.readStream('log');
    },
    drawn: `
      publish default(log) > log
        > delivered 1
        > delivered 2
      = delivered`,
  },
  {
    name: 'a topic exchange: two bindings of one queue give one copy, a third queue gets none',
    declare: async (s) => {
      await s.exchange('orders', 'topic');
      for (const queue of ['audit', 'billing', 'mail']) await s.queue(queue);
      await s.bind('orders', 'order.*', 'billing', 'audit');
      await s.bind('orders', '#.created', 'billing');
      await s.bind('orders', 'invoice.#', 'mail');
    },
    act: async (s) => {
      await s.publish('orders', 'order.created');
      await s.consume('billing', 'ack');
    },
    drawn: `
      publish orders(order.created)
        > audit…
        > billing > delivered 1
      = in flight`,
  },
  {
    name: 'a fanout to a classic queue, a quorum queue and a stream',
    declare: async (s) => {
      await s.exchange('news', 'fanout');
      for (const type of ['classic', 'quorum', 'stream'] as const) await s.queue(type, { type });
      await s.bind('news', '', 'classic', 'quorum', 'stream');
    },
    act: async (s) => {
      await s.publish('news', 'any');
      await Promise.all([s.consume('classic', 'ack'), s.consume('quorum', 'ack'), s.readStream('stream')]);
    },
    drawn: `
      publish news(any)
        > classic > delivered 1
        > quorum > delivered 1
        > stream > delivered 1
      = delivered`,
  },
  {
    name: 'a headers exchange: all of its arguments match, or any',
    declare: async (s) => {
      await s.exchange('docs', 'headers');
      for (const queue of ['all', 'any', 'other']) await s.queue(queue);
      await s.bindHeaders('docs', 'all', { 'x-match': 'all', kind: 'invoice', land: 'de' });
      await s.bindHeaders('docs', 'any', { 'x-match': 'any', kind: 'invoice', land: 'fr' });
      await s.bindHeaders('docs', 'other', { 'x-match': 'all', kind: 'offer' });
    },
    act: async (s) => {
      await s.publish('docs', '', { headers: { kind: 'invoice', land: 'de' } });
      await Promise.all([s.consume('all', 'ack'), s.consume('any', 'ack')]);
    },
    drawn: `
      publish docs()
        > all > delivered 1
        > any > delivered 1
      = delivered`,
  },
  {
    name: 'a direct exchange',
    declare: async (s) => {
      await s.exchange('work', 'direct');
      await s.queue('red');
      await s.queue('green');
      await s.bind('work', 'red', 'red');
      await s.bind('work', 'green', 'green');
    },
    act: async (s) => {
      await s.publish('work', 'red');
      await s.consume('red', 'ack');
    },
    drawn: `
      publish work(red) > red > delivered 1
      = delivered`,
  },
  {
    name: 'an exchange bound to an exchange: one publish, into the first',
    declare: async (s) => {
      await s.exchange('front', 'topic');
      await s.exchange('back', 'fanout');
      await s.bindExchange('front', 'order.#', 'back');
      await s.queue('audit');
      await s.bind('back', '', 'audit');
    },
    act: async (s) => {
      await s.publish('front', 'order.created');
      await s.consume('audit', 'ack');
    },
    drawn: `
      publish front(order.created) > audit > delivered 1
      = delivered`,
  },
  {
    name: 'an alternate exchange takes what no binding wants',
    declare: async (s) => {
      await s.exchange('lost', 'fanout');
      await s.exchange('orders', 'direct', { alternate: 'lost' });
      await s.queue('lost and found');
      await s.bind('lost', '', 'lost and found');
    },
    act: async (s) => {
      await s.publish('orders', 'unknown', { mandatory: true });
      await s.consume('lost and found', 'ack');
    },
    drawn: `
      publish orders(unknown) > lost and found > delivered 1
      = delivered`,
  },
  {
    name: 'a mandatory message that no queue takes goes back to its publisher',
    declare: (s) => s.exchange('orders', 'direct'),
    act: (s) => s.publish('orders', 'unknown', { mandatory: true }),
    drawn: `
      publish orders(unknown) > returned
      = returned`,
  },
  {
    name: 'CC and BCC: one publish to three queues',
    declare: async (s) => {
      for (const queue of ['to', 'copy', 'blind']) await s.queue(queue);
    },
    act: async (s) => {
      await s.publish('', 'to', { CC: s.at('copy'), BCC: s.at('blind') });
      await Promise.all(['to', 'copy', 'blind'].map((queue) => s.consume(queue, 'ack')));
    },
    drawn: `
      publish default(to, copy, blind)
        > blind > delivered 1
        > copy > delivered 1
        > to > delivered 1
      = delivered`,
  },
  {
    name: 'published and taken with the management API',
    declare: (s) => s.queue('billing'),
    act: async (s) => {
      await s.manage('POST', 'exchanges', '', '/publish', {
        routing_key: s.at('billing'),
        properties: { message_id: s.id },
        payload: 'x',
        payload_encoding: 'string',
      });
      await s.manage('POST', 'queues', 'billing', '/get', {
        count: 1,
        ackmode: 'ack_requeue_false',
        encoding: 'auto',
      });
    },
    drawn: `
      publish default(billing) > billing > delivered 1
      = delivered`,
  },
];
