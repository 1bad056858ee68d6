/** Reading dead letters: what it costs by version and type of queue (hazard 9), pages, filters, and its manners. */
import { afterAll, describe, expect, test, vi } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { declarePair, depth, drain, kill, replayBench, until } from '../../test/with-replays.ts';
import { isHoplightError } from '../model/errors.ts';
import { Source } from './source.ts';

const names = (n: number) => Array.from({ length: n }, (_, i) => `b-${i}`);
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
    return 'ok';
  } catch (error) {
    return isHoplightError(error) ? error.code : String(error);
  }
};

for (const version of ['3.10', '4.0', '4.3']) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  const { channel, replays, actor } = bench;
  afterAll(() => bench.close());

  test(`what an ended connection held comes back late on ${version}: a job that goes on waits for it`, async () => {
    const queue = 'held';
    await channel.assertQueue(queue, { durable: true });
    for (const body of names(2)) channel.sendToQueue(queue, Buffer.from(body), { persistent: true });
    await channel.waitForConfirms();
    for (const resumed of [false, true]) {
      const before = await actor.connect(broker.vhost, 'before');
      const holding = await before.channel();
      await holding.consume(queue, () => undefined, { consumerTag: 'holds' });
      await until(async () => (await depth(channel, queue)) === 0, 'both are held');
      // its consumer is gone, and what it was given is not back: as a busy broker does it
      await holding.cancel('holds');
      const now = await actor.connect(broker.vhost, 'now');
      let asked = 0;
      const open = now.channel.bind(now);
      vi.spyOn(now, 'channel').mockImplementation(async () => {
        const made = await open();
        const check = made.checkQueue.bind(made);
        vi.spyOn(made, 'checkQueue').mockImplementation((name) => {
          asked++;
          return check(name);
        });
        return made;
      });
      const options = { exclusive: true, window: 100, putBack: 'close', resumed } as const;
      const source = await Source.open(now, queue, options);
      const asBegun = asked;
      const taken = source.take(10);
      // who has just begun gives up at the second "empty"
      if (resumed)
        await until(async () => asked > asBegun + 2, 'it to ask a third time').then(() => before.close());
      expect((await taken).length > 0, resumed ? 'resumed' : 'begun').toBe(resumed);
      await source.finish();
      await Promise.all([before.close(), now.close()]);
      await until(async () => (await depth(channel, queue)) === 2, 'both are back');
    }
    await channel.deleteQueue(queue);
  });

  test.each(['classic', 'quorum', 'stream'] as const)(
    `9: thirty readings of a %s queue on ${version} destroy nothing and keep the order; the price is said`,
    {
      timeout: 120_000,
    },
    async (type) => {
      const dead = `dead9-${type}`;
      if (type === 'stream') {
        await channel.assertQueue(dead, { arguments: { 'x-queue-type': 'stream' } });
        for (const body of names(7)) channel.sendToQueue(dead, Buffer.from(body), { persistent: true });
        await channel.waitForConfirms();
      } else {
        await declarePair(channel, `work9-${type}`, dead, type);
        await kill(channel, `work9-${type}`, dead, names(7));
      }
      await bench.readBroker();
      const costly = version === '4.0' && type === 'quorum';
      const { reading } = await replays.readDeadLetters(actor, broker.vhost, dead, 3);
      expect(reading.level).toBe(costly ? 'counts' : 'none');
      let refused = 0;
      for (let i = 1; i < (type === 'stream' ? 5 : 30); i++) {
        // three of seven, so that thirty turns do not end where they began: what is put back must not come to lie behind the others
        const code = await codeOf(replays.readDeadLetters(actor, broker.vhost, dead, 3));
        if (code !== 'ok') refused++;
        expect(code).toBe(refused > 0 ? 'conflict' : 'ok');
      }
      // only there a reading costs a life, and it stops while some are left
      expect(refused > 0).toBe(costly);
      if (type === 'stream') {
        const page = await replays.readDeadLetters(actor, broker.vhost, dead, 10);
        expect(page.messages.map((m) => Buffer.from(m.message.body.data ?? '', 'base64').toString())).toEqual(
          names(7),
        );
        expect(page.putBack).toBe(0);
      } else {
        await until(async () => (await depth(channel, dead)) === 7, 'only some are left');
        const bodies = (await drain(channel, dead)).map((m) => m.body);
        // a quorum queue of 4.0 puts behind what it takes back, whichever way it is given
        expect(costly ? bodies.sort() : bodies).toEqual(names(7));
      }
    },
  );
}

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  const { channel, replays, actor } = bench;
  afterAll(() => bench.close());
  const page = (queue: string, limit: number, more = {}) =>
    replays.readDeadLetters(actor, broker.vhost, queue, limit, more);

  describe(`reading a queue on ${version}`, () => {
    test.each(['classic', 'quorum'] as const)(
      'goes page by page and by filter, each message once and in order: %s',
      async (type) => {
        const dead = `dead-p-${type}`;
        await declarePair(channel, `work-p-${type}`, dead, type);
        // ten of each are alike to the byte
        const bodies = Array.from({ length: 300 }, (_, i) => JSON.stringify({ order: { id: i % 30 } }));
        await kill(channel, `work-p-${type}`, dead, bodies, (n) => ({ messageId: `m${n % 30}` }));
        await bench.readBroker();
        const seen: string[] = [];
        let after: number | undefined;
        for (;;) {
          const one = await page(dead, 70, after === undefined ? {} : { after });
          expect(one.inQueue).toBe(300);
          expect(one.putBack).toBe(Math.min(300, (after ?? -1) + 1 + 70));
          seen.push(...one.messages.map((m) => m.id));
          if (one.next === null) break;
          after = one.next;
        }
        expect(new Set(seen).size).toBe(300);
        expect((await page(dead, 1000)).messages.map((m) => m.id)).toEqual(seen);
        const json = [{ path: '$.order.id', value: '7' }];
        const found = await page(dead, 4, { filter: { json } });
        expect(found.messages.map((m) => m.position)).toEqual([7, 37, 67, 97]);
        expect(found).toMatchObject({ read: 98, next: 97 });
        const rest = await page(dead, 100, { filter: { json }, after: 97 });
        expect(rest.messages).toHaveLength(6);
        expect(rest).toMatchObject({ next: null, putBack: 300 });
        expect(rest.causes).toMatchObject([{ count: 300 }]);
      },
    );

    test('stops when nobody waits any more, puts all back, and waits for no turn', async () => {
      await declarePair(channel, 'work-s', 'dead-s');
      await kill(channel, 'work-s', 'dead-s', names(50));
      await bench.readBroker();
      const abort = new AbortController();
      const leaving = await replayBench(broker, { ownConnection: () => abort.abort() });
      await leaving.readBroker();
      const read = () =>
        leaving.replays.readDeadLetters(leaving.actor, broker.vhost, 'dead-s', 50, { signal: abort.signal });
      const [first, second] = await Promise.allSettled([read(), read()]);
      expect(first).toMatchObject({ value: { messages: [], read: 0 } });
      expect(second).toMatchObject({ reason: { code: 'busy' } });
      await leaving.close();
      await until(async () => (await depth(channel, 'dead-s')) === 50);
    });

    test('is refused while a replay takes from the queue, and says whose', async () => {
      await declarePair(channel, 'work-r', 'dead-r', 'quorum');
      await kill(channel, 'work-r', 'dead-r', names(40));
      const { id } = await replays.start(
        actor,
        bench.request({ queue: 'dead-r', rate: 20, followSeconds: 0 }),
      );
      expect(await codeOf(page('dead-r', 10))).toBe('conflict');
      await expect(page('dead-r', 10)).rejects.toThrow(id);
      await replays.act(actor, id, { action: 'pace', rate: null });
      await bench.ended(id);
      expect((await drain(channel, 'work-r')).length).toBe(40);
    });
  });
}
