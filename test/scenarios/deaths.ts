/** Ways to die, and what a dead letter goes through afterwards. */
import { type Scenario, type Scene, stillAgain } from './scene.ts';

const both = ['classic', 'quorum'] as const;

/** `work` whose dead letters go through the fanout `dlx` into `dead`. */
async function workAndDead(s: Scene, o: Parameters<Scene['queue']>[1] = {}): Promise<void> {
  await s.exchange('dlx', 'fanout');
  await s.queue('dead');
  await s.bind('dlx', '', 'dead');
  await s.queue('work', { dlx: 'dlx', ...o });
}

export const deaths: Scenario[] = [
  ...both.map(
    (type): Scenario => ({
      name: `rejected out of a ${type} queue, one branch of a fan-out`,
      declare: async (s) => {
        await s.exchange('orders', 'topic');
        await s.queue('audit');
        await workAndDead(s, { type });
        await s.bind('orders', 'order.#', 'work', 'audit');
      },
      act: async (s) => {
        await s.publish('orders', 'order.created');
        await s.consume('audit', 'ack');
        await s.consume('work', 'reject');
        await s.holds('dead', 1);
      },
      drawn: `
        publish orders(order.created)
          > audit > delivered 1
          > work > delivered 1 > died rejected > [dead…]
        = dead`,
    }),
  ),
  ...both.map(
    (type): Scenario => ({
      name: `expired in a ${type} queue, and its dead letter is consumed`,
      declare: (s) => workAndDead(s, { type, ttlMs: 100 }),
      act: async (s) => {
        await s.publish('', 'work');
        await s.holds('dead', 1);
        await s.consume('dead', 'ack');
      },
      drawn: `
        publish default(work) > [work] > died expired > dead > delivered 1
        = delivered`,
    }),
  ),
  {
    name: 'expired by its own expiration',
    declare: (s) => workAndDead(s),
    act: async (s) => {
      await s.publish('', 'work', { expiration: '100' });
      await s.holds('dead', 1);
    },
    drawn: `
      publish default(work) > [work] > died expired > [dead…]
      = dead`,
  },
  ...both.map(
    (type): Scenario => ({
      name: `pushed out of a full ${type} queue by the next message`,
      declare: (s) => workAndDead(s, { type, maxLength: 1 }),
      act: async (s) => {
        await s.publish('', 'work');
        await s.publish('', 'work', { messageId: 'the next' });
        await s.holds('dead', 1);
      },
      drawn: `
        publish default(work) > [work] > died maxlen > [dead…]
        = dead`,
    }),
  ),
  {
    name: 'refused by a full queue that dead-letters what it refuses',
    declare: (s) => workAndDead(s, { maxLength: 1, more: { 'x-overflow': 'reject-publish-dlx' } }),
    act: async (s) => {
      await s.publish('', 'work', { messageId: 'the first' });
      if (await s.publish('', 'work')) throw new Error('the full queue took it');
      await s.holds('dead', 1);
    },
    drawn: `
      publish default(work) > [work] > died maxlen > [dead…]
      = dead`,
  },
  {
    name: 'given back more often than the delivery limit allows',
    declare: (s) => workAndDead(s, { type: 'quorum', more: { 'x-delivery-limit': 1 } }),
    act: async (s) => {
      await s.publish('', 'work');
      await s.consume('work', 'reject back', 'reject back');
      await s.holds('dead', 1);
    },
    drawn: `
      publish default(work) > work > delivered 1 > [requeued] > delivered 2 again > died delivery_limit > [dead…]
      = dead`,
  },
  {
    name: 'rejected twice on its way: work, then the queue of its dead letters, then the last one',
    declare: async (s) => {
      await s.exchange('dlx', 'direct');
      await s.queue('work', { dlx: 'dlx', dlKey: 'first' });
      await s.queue('second chance', { dlx: 'dlx', dlKey: 'last' });
      await s.queue('given up');
      await s.bind('dlx', 'first', 'second chance');
      await s.bind('dlx', 'last', 'given up');
    },
    act: async (s) => {
      await s.publish('', 'work');
      await s.consume('work', 'reject');
      await s.consume('second chance', 'reject');
      await s.consume('given up', 'ack');
    },
    drawn: (version) => `
      publish default(work) > work > delivered 1 >
      died rejected > second chance > delivered 1${stillAgain(version)} >
      died rejected > given up > delivered 1${stillAgain(version)}
      = delivered`,
  },
  {
    name: 'its dead letter goes through the default exchange, where nothing can be bound, and is consumed',
    declare: async (s) => {
      await s.queue('dead');
      await s.queue('work', { dlx: '', dlKey: 'dead' });
    },
    act: async (s) => {
      await s.publish('', 'work');
      await s.consume('work', 'reject');
      await s.consume('dead', 'ack');
    },
    drawn: (version) => `
      publish default(work) > work > delivered 1 > [died rejected] > dead > delivered 1${stillAgain(version)}
      = delivered`,
  },
  {
    name: 'with CC: rejected in one of its queues, delivered in the other',
    declare: async (s) => {
      await workAndDead(s);
      await s.queue('copy');
    },
    act: async (s) => {
      await s.publish('', 'work', { CC: s.at('copy') });
      await s.consume('copy', 'ack');
      await s.consume('work', 'reject');
      await s.holds('dead', 1);
    },
    drawn: `
      publish default(work, copy)
        > copy > delivered 1
        > work > delivered 1 > died rejected > [dead…]
      = dead`,
  },
];
