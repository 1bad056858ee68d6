/** The hazards of moving messages, each on real brokers; each test fails when its defence is taken away (docs/replay.md). */
import { afterAll, describe, expect, test } from 'vitest';
import { rabbitmqctl } from '../../test/rabbitmqctl.ts';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { actorOf, declarePair, depth, drain, kill, replayBench, until } from '../../test/with-replays.ts';
import { rawHeaders, rawProperties } from '../amqp/properties.ts';
import { isHoplightError } from '../model/errors.ts';
import type { Actor } from './replays.ts';

const names = (n: number) => Array.from({ length: n }, (_, i) => `b-${i}`);
const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
    return 'ok';
  } catch (error) {
    return isHoplightError(error) ? error.code : String(error);
  }
};

/** What the broker takes from now on, bytes a message. */
const largest = (broker: Awaited<ReturnType<typeof withBroker>>, bytes: number) =>
  rabbitmqctl(
    broker,
    'eval',
    `application:set_env(rabbit, max_message_size, ${bytes}), persistent_term:put(max_message_size, ${bytes}).`,
  );

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  const { channel } = bench;
  afterAll(() => bench.close());

  describe(`hazards on ${version}`, () => {
    test('2: the target vanishes while it runs: copies that no queue takes come back, their originals stay', async () => {
      await declarePair(channel, 'work2', 'dead2');
      await kill(channel, 'work2', 'dead2', names(300));
      await channel.assertQueue('target2', { durable: true });
      let gone: Promise<unknown> | null = null;
      const slow = await replayBench(broker, {
        window: 10,
        record: () => {
          gone ??= channel.deleteQueue('target2');
        },
      });
      const job = await slow.replay({ queue: 'dead2', target: { kind: 'queue', queue: 'target2' } });
      await slow.close();
      await gone;
      expect(job.state).toBe('done');
      expect(job.counts.returned).toBeGreaterThan(0);
      expect(job.counts.confirmed + job.counts.returned).toBe(300);
      expect(await depth(channel, 'dead2')).toBe(job.counts.returned);
    });

    test('3: an alternate exchange would take it: named, and not started without consent', async () => {
      await declarePair(channel, 'work3', 'dead3');
      await kill(channel, 'work3', 'dead3', names(3));
      await channel.assertExchange('spare3', 'fanout');
      await channel.assertQueue('wrong3');
      await channel.bindQueue('wrong3', 'spare3', '');
      await channel.assertExchange('main3', 'direct', { alternateExchange: 'spare3' });
      const request = bench.request({
        queue: 'dead3',
        target: { kind: 'exchange', exchange: 'main3', routingKey: 'k' },
      });
      const plan = await bench.replays.plan(bench.actor, request);
      expect(plan.warnings).toContainEqual(
        expect.objectContaining({ code: 'alternate_exchange', level: 'consent' }),
      );
      expect(await codeOf(bench.replays.start(bench.actor, request))).toBe('consent_needed');
      expect(await depth(channel, 'wrong3')).toBe(0);
      const agreed = await bench.replay({ ...request, consent: ['alternate_exchange'] });
      expect(agreed.counts.confirmed).toBe(3);
    });

    test('4: a CC header sends no copy to queues that nobody chose', async () => {
      await declarePair(channel, 'work4', 'dead4');
      await channel.assertQueue('cc4');
      await kill(channel, 'work4', 'dead4', names(5), () => ({ CC: ['cc4'] }));
      await drain(channel, 'cc4');
      const job = await bench.replay({ queue: 'dead4' });
      expect(job.counts.confirmed).toBe(5);
      expect(await depth(channel, 'cc4')).toBe(0);
      expect((await drain(channel, 'work4')).map((m) => m.properties.headers.CC)).toEqual(
        new Array(5).fill(undefined),
      );
    });

    test('an auto-delete queue would go with its reader: not read, not replayed, still there', async () => {
      await channel.assertExchange('dlx-auto', 'fanout');
      await channel.assertQueue('dead-auto', { autoDelete: true });
      await channel.bindQueue('dead-auto', 'dlx-auto', '');
      await channel.assertQueue('work-auto', { deadLetterExchange: 'dlx-auto' });
      await kill(channel, 'work-auto', 'dead-auto', names(3));
      const { actor, replays } = bench;
      const request = bench.request({ queue: 'dead-auto' });
      expect((await replays.plan(actor, request)).warnings).toContainEqual(
        expect.objectContaining({ level: 'refuse' }),
      );
      expect(await codeOf(replays.readDeadLetters(actor, broker.vhost, 'dead-auto', 10))).toBe('conflict');
      expect(await codeOf(replays.start(actor, request))).toBe('conflict');
      expect(await depth(channel, 'dead-auto')).toBe(3);
    });

    test('8: a fan-out with one full queue: the others would get a copy again at each try, so only the origin is sent to', async () => {
      await declarePair(channel, 'work8', 'dead8');
      await channel.assertExchange('fan8', 'fanout');
      await channel.assertQueue('full8', { maxLength: 20, arguments: { 'x-overflow': 'reject-publish' } });
      for (const queue of ['work8', 'full8']) await channel.bindQueue(queue, 'fan8', '');
      for (const name of names(20)) channel.publish('fan8', '', Buffer.from(name), { messageId: name });
      await channel.waitForConfirms();
      const reject = async () => {
        const { consumerTag } = await channel.consume('work8', (m) => m && channel.reject(m, false));
        await until(async () => (await depth(channel, 'dead8')) === 20);
        await channel.cancel(consumerTag);
      };
      await reject();
      const job = await bench.replay({ queue: 'dead8' });
      expect(job.counts).toMatchObject({ confirmed: 20, possiblyDuplicated: 0 });
      expect([await depth(channel, 'work8'), await depth(channel, 'full8')]).toEqual([20, 20]);

      await reject();
      const trying = await replayBench(broker, { backOffMs: 100 });
      const target = { kind: 'exchange' as const, exchange: 'fan8' };
      const { id, plan } = await trying.replays.start(
        trying.actor,
        trying.request({ queue: 'dead8', target }),
      );
      expect(plan.warnings.map((w) => w.code)).toEqual(expect.arrayContaining(['fan_out', 'target_full']));
      await until(() => trying.replays.get(id).hold?.by === 'target full');
      await until(() => trying.replays.get(id).state === 'paused');
      expect(trying.replays.get(id).hold).toMatchObject({ goesOn: false });
      await drain(channel, 'full8');
      await trying.replays.act(trying.actor, id, { action: 'resume' });
      await until(() => trying.replays.get(id).state === 'done');
      const listed = trying.replays.messages(id, 100).filter((row) => row.possiblyDuplicated);
      await trying.close();
      const came = (await drain(channel, 'work8')).map((m) => m.properties.messageId ?? '');
      expect(new Set(came)).toEqual(new Set(names(20)));
      const twice = new Set(came.filter((one, i) => came.indexOf(one) !== i));
      expect(twice.size).toBeGreaterThan(0);
      const named = new Set(listed.map((row) => row.ids.messageId));
      expect([...twice].filter((one) => !named.has(one))).toEqual([]);
    });

    test('10 and 12: a message that closes the channel is set aside, the 99 others arrive, nothing else is touched', async () => {
      await declarePair(channel, 'work10', 'dead10', 'quorum');
      const bodies = names(100).map((b, i) => (i === 40 ? Buffer.alloc(200_000) : Buffer.from(b)));
      await kill(channel, 'work10', 'dead10', bodies);
      // the limit was lowered after the message had come in
      await largest(broker, 100_000);
      const job = await bench.replay({ queue: 'dead10' });
      await largest(broker, 134_217_728);
      expect(job.state).toBe('done');
      expect(job.counts).toMatchObject({ confirmed: 99, skipped: 1, unknown: 0 });
      const [aside] = bench.replays.messages(job.id, 1);
      expect(aside).toMatchObject({ outcome: 'skipped', ids: { messageId: 'm40' } });
      expect(aside?.reason).toMatch(/larger than configured max size/);
      expect(await depth(channel, 'dead10')).toBe(1);
      const arrived = new Set((await drain(channel, 'work10')).map((m) => m.properties.messageId));
      expect(arrived.size).toBe(99);
      expect(arrived.has('m40')).toBe(false);
    });

    test('10: when every message closes the channel it ends after five, and none is lost', async () => {
      await declarePair(channel, 'work10b', 'dead10b');
      await kill(channel, 'work10b', 'dead10b', names(30));
      await channel.assertExchange('topic10', 'topic');
      await channel.assertQueue('target10');
      await channel.bindQueue('target10', 'topic10', '#');
      const topic = `/api/topic-permissions/${encodeURIComponent(broker.vhost)}/${broker.user}`;
      // taken away after the plan, which would have refused
      const late: Actor = {
        ...bench.actor,
        async connect(vhost, name) {
          if (name.endsWith('copies'))
            await broker.api('PUT', topic, { exchange: 'topic10', write: '^nothing$', read: '.*' });
          return bench.actor.connect(vhost, name);
        },
      };
      const target = { kind: 'exchange' as const, exchange: 'topic10', routingKey: 'k' };
      const { id } = await bench.replays.start(late, bench.request({ queue: 'dead10b', target }));
      const job = await bench.ended(id);
      await broker.api('DELETE', topic);
      expect(job.state).toBe('failed');
      expect(job.counts.skipped).toBe(5);
      expect(job.counts.confirmed).toBe(0);
      expect(await depth(channel, 'dead10b')).toBe(30);
    });

    test('10: some that close the channel, with others between that do not, are set aside and do not end it', async () => {
      await declarePair(channel, 'work10c', 'dead10c');
      const bodies = names(90).map((b, i) => (i % 10 === 4 ? Buffer.alloc(200_000) : Buffer.from(b)));
      await kill(channel, 'work10c', 'dead10c', bodies);
      await largest(broker, 100_000);
      const job = await bench.replay({ queue: 'dead10c' });
      await largest(broker, 134_217_728);
      expect(job).toMatchObject({ state: 'done', counts: { confirmed: 81, skipped: 9, unknown: 0 } });
      expect(await depth(channel, 'dead10c')).toBe(9);
    });

    test('11: a foreign user-id moves to a header, so that the broker takes the copy', async () => {
      await declarePair(channel, 'work11', 'dead11');
      await kill(channel, 'work11', 'dead11', names(5), () => ({ userId: broker.user }));
      await broker.api('PUT', '/api/users/other11', { password: 'pw', tags: '' });
      await broker.api('PUT', `/api/permissions/${encodeURIComponent(broker.vhost)}/other11`, {
        configure: '',
        write: '.*',
        read: '.*',
      });
      const other = actorOf(broker.amqp.replace(/\/\/[^@]*@/, '//other11:pw@'), 'other11');
      const { id } = await bench.replays.start(other, bench.request({ queue: 'dead11' }));
      const job = await bench.ended(id);
      expect(job.counts).toMatchObject({ confirmed: 5, skipped: 0 });
      const [copy] = await drain(channel, 'work11');
      expect(copy?.properties.userId).toBeUndefined();
      expect(copy?.properties.headers['x-original-user-id']).toBe(broker.user);
    });

    test('16: x-death travels as x-original-death, its bytes as they were, and the next death counts from one', async () => {
      await declarePair(channel, 'work16', 'dead16');
      await kill(channel, 'work16', 'dead16', names(1));
      const watcher = await actorOf(broker.amqp, broker.user).connect(broker.vhost, 'watch');
      const watching = await watcher.channel();
      const read = async (queue: string, name: string) => {
        const message = await watching.get(queue);
        if (!message) throw new Error(`${queue} is empty`);
        const raw = rawProperties(message);
        watching.nack(message);
        return raw ? rawHeaders(raw).find((e) => e.name === name)?.typed : undefined;
      };
      const before = await read('dead16', 'x-death');
      await bench.replay({ queue: 'dead16' });
      expect(before?.length).toBeGreaterThan(50);
      expect(await read('work16', 'x-original-death')).toEqual(before);
      expect(await read('work16', 'x-death')).toBeUndefined();
      await watcher.close();
      await channel.consume('work16', (m) => m && channel.reject(m, false), { consumerTag: 'again16' });
      await until(async () => (await depth(channel, 'dead16')) === 1);
      await channel.cancel('again16');
      const [again] = await drain(channel, 'dead16');
      expect(again?.properties.headers['x-death']).toMatchObject([{ count: 1, queue: 'work16' }]);
    });

    test.each(['one store', 'two stores'])('24: two start at once, with %s: never both', async (stores) => {
      const [work, dead] = [`work24 ${stores}`, `dead24 ${stores}`];
      await declarePair(channel, work, dead, 'quorum');
      await kill(channel, work, dead, names(200));
      const second = await replayBench(broker, stores === 'one store' ? { state: bench.state } : {});
      const request = bench.request({ queue: dead, rate: 100 });
      const starts = await Promise.allSettled([
        bench.replays.start(bench.actor, request),
        second.replays.start(second.actor, request),
      ]);
      const won = starts.flatMap((s) => (s.status === 'fulfilled' ? [s.value.id] : []));
      expect(won.length).toBeLessThanOrEqual(1);
      for (const s of starts)
        if (s.status === 'rejected')
          expect(s.reason).toMatchObject({
            code: 'conflict',
            // of another store nothing is known: it is met as a consumer, or as a queue that it holds already
            message: expect.stringMatching(
              stores === 'one store' ? /by guest, replay/ : /take|holds no message/,
            ),
          });
      if (won[0] !== undefined) {
        const mine = bench.state.getJob(won[0]) ? bench : second;
        // a third comes while it runs
        const third = mine === bench ? second : bench;
        expect(await codeOf(third.replays.start(third.actor, request))).toBe('conflict');
        await mine.replays.cancel(mine.actor, won[0]);
      }
      await second.close();
      const copies = (await drain(channel, work)).length;
      expect(copies + (await depth(channel, dead))).toBe(200);
    });

    test('25: a queue that fills again while it drains ends at the frozen count', async () => {
      await declarePair(channel, 'work25', 'dead25');
      await kill(channel, 'work25', 'dead25', names(200));
      const { consumerTag } = await channel.consume('work25', (m) => m && channel.reject(m, false));
      const slow = await replayBench(broker, { window: 20 });
      const job = await slow.replay({ queue: 'dead25' });
      await slow.close();
      expect(job.counts).toMatchObject({ selected: 200, confirmed: 200 });
      await until(async () => (await depth(channel, 'dead25')) === 200);
      await channel.cancel(consumerTag);
      const counts = (await drain(channel, 'dead25')).map((m) => m.properties.headers['x-replay-count']);
      expect(new Set(counts)).toEqual(new Set([1]));
    });
  });
}

test('a user who may not read the queue is told so by the broker', async () => {
  const broker = await withBroker({ version: brokerVersions[0] });
  const bench = await replayBench(broker);
  await declarePair(bench.channel, 'work', 'dead');
  await kill(bench.channel, 'work', 'dead', names(1));
  await broker.api('PUT', '/api/users/blind', { password: 'pw', tags: '' });
  await broker.api('PUT', `/api/permissions/${encodeURIComponent(broker.vhost)}/blind`, {
    configure: '',
    write: '',
    read: '^other$',
  });
  await bench.readBroker();
  const blind = actorOf(broker.amqp.replace(/\/\/[^@]*@/, '//blind:pw@'), 'blind');
  expect(await codeOf(bench.replays.readDeadLetters(blind, broker.vhost, 'dead', 10))).toBe('forbidden');
  expect(await codeOf(bench.replays.plan(blind, bench.request({ queue: 'dead' })))).toBe('forbidden');
  await bench.close();
});
