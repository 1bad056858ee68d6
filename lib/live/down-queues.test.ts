import { expect, test } from 'vitest';
import { queue } from '../../test/build.ts';
import { fakeManagement } from '../../test/fake-management.ts';
import type { Queue } from '../model/broker.ts';
import { withDownQueues } from './down-queues.ts';

/** A broker whose queues are these; those that are down are missing in one of its two lists. */
function broker(queues: Queue[]) {
  const world = { queues, asked: 0 };
  const { queueTotals: read } = withDownQueues({
    ...fakeManagement(),
    queueTotals: async () => world.queues.filter((q) => q.state !== 'down'),
    queueStates: async () => {
      world.asked++;
      return world.queues.map((q) => ({ ...q, ready: null, unacked: null, total: null }));
    },
  });
  const names = async () => (await read()).map((q) => `${q.name} ${q.state} ${q.total}`);
  return { world, names };
}
const down = (name: string) => queue(name, { state: 'down' });

test('a queue whose node went down is there, its depth unknown, until it is back or deleted', async () => {
  const { world, names } = broker([queue('a', { total: 2 }), queue('b', { total: 3 })]);
  expect(await names()).toEqual(['a running 2', 'b running 3']);
  world.queues = [queue('a', { total: 2 }), down('b')];
  for (let i = 0; i < 2; i++) expect(await names()).toEqual(['a running 2', 'b down null']);
  world.queues = [queue('b', { total: 3 }), down('a')];
  expect(await names()).toEqual(['b running 3', 'a down null']);
  world.queues = [queue('b', { total: 3 })];
  expect(await names()).toEqual(['b running 3']);
});

test('one that was down before anybody looked is there too', async () => {
  const { names } = broker([down('b')]);
  expect(await names()).toEqual(['b down null']);
});

test('the second list is asked for at first and when a queue vanished that would have stayed', async () => {
  const { world, names } = broker([queue('a'), queue('reply', { exclusive: true }), queue('c')]);
  await names();
  await names();
  world.queues = [queue('c'), queue('a')];
  await names();
  expect(world.asked).toBe(1);
  world.queues = [queue('a')];
  expect(await names()).toEqual(['a running 0']);
  expect(world.asked).toBe(2);
});
