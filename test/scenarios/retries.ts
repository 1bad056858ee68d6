/** Ways to come back for another try. */
import { type Scenario, stillAgain } from './scene.ts';

export const retries: Scenario[] = [
  {
    name: 'given back once, then acknowledged',
    declare: (s) => s.queue('work'),
    act: async (s) => {
      await s.publish('', 'work');
      await s.consume('work', 'requeue', 'ack');
    },
    drawn: `
      publish default(work) > work > delivered 1 > [requeued] > delivered 2 again
      = delivered`,
  },
  {
    name: 'a retry ring through exchanges, twice round: each death was seen',
    declare: async (s) => {
      await s.exchange('again', 'direct');
      await s.queue('work', { dlx: 'again', dlKey: 'wait' });
      await s.queue('wait', { dlx: 'again', dlKey: 'work', ttlMs: 150 });
      await s.bind('again', 'wait', 'wait');
      await s.bind('again', 'work', 'work');
    },
    act: async (s) => {
      await s.publish('', 'work');
      await s.consume('work', 'reject', 'reject', 'ack');
    },
    drawn: `
      publish default(work) > work > delivered 1 > died rejected > [wait] > back, expired >
      work > delivered 2 > died rejected > [wait] > back, expired >
      work > delivered 3
      = delivered`,
  },
  {
    name: 'a retry ring through the default exchange: what nobody could see is read off x-death',
    declare: async (s) => {
      await s.queue('work', { type: 'quorum', dlx: '', dlKey: 'wait' });
      await s.queue('wait', { dlx: '', dlKey: 'work', ttlMs: 150 });
    },
    act: async (s) => {
      await s.publish('', 'work');
      await s.consume('work', 'reject', 'ack');
    },
    drawn: (version) => `
      publish default(work) > work > delivered 1 > [died rejected] > [wait] > [back, expired] >
      work > delivered 2${stillAgain(version)}
      = delivered`,
  },
  {
    name: 'delayed retry of the queue itself: it waits in the queue before it is given out again',
    on: (version) => version.startsWith('4.3'),
    declare: (s) =>
      s.queue('work', {
        type: 'quorum',
        more: { 'x-delayed-retry-type': 'all', 'x-delayed-retry-min': 200 },
      }),
    act: async (s) => {
      await s.publish('', 'work');
      await s.consume('work', 'requeue', 'ack');
    },
    drawn: `
      publish default(work) > work > delivered 1 > [requeued] > delivered 2 again
      = delivered`,
  },
  {
    name: 'a client takes its dead letter and publishes it again, x-death and all',
    declare: async (s) => {
      await s.exchange('dlx', 'fanout');
      await s.queue('dead');
      await s.bind('dlx', '', 'dead');
      await s.queue('work', { dlx: 'dlx' });
    },
    act: async (s) => {
      await s.publish('', 'work');
      await s.consume('work', 'reject');
      await s.passOn('dead', ({ content, properties }, channel) => {
        const { messageId, headers } = properties;
        channel.publish('', s.at('work'), content, { messageId, headers });
      });
      await s.consume('work', 'ack');
    },
    drawn: (version) => `
      publish default(work) > work > delivered 1 > died rejected > dead > delivered 1${stillAgain(version)} >
      publish default(work) > work > delivered 2
      = delivered`,
  },
];
