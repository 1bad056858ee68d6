/** What a job does while it waits, and how it goes on: pauses, rounds, a full target, an alarm, the order kept. */
import { afterAll, describe, expect, test } from 'vitest';
import { rabbitmqctl, withMemoryAlarm } from '../../test/rabbitmqctl.ts';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import {
  declarePair,
  depth,
  drain,
  kill,
  type ReplayBench,
  replayBench,
  until,
} from '../../test/with-replays.ts';
import type { ReplayJob } from '../model/replay.ts';

const names = (n: number) => Array.from({ length: n }, (_, i) => `b-${i}`);
const stepsOf = (job: ReplayJob) => job.steps.map((s) => s.words).join('\n');

async function paused(bench: ReplayBench, id: string): Promise<ReplayJob> {
  await until(() => bench.replays.get(id).state === 'paused', 'it did not pause');
  return bench.replays.get(id);
}

/** Every other message of the queue, as a selection by ID. */
async function everyOther(bench: ReplayBench, vhost: string, queue: string) {
  await bench.readBroker();
  const page = await bench.replays.readDeadLetters(bench.actor, vhost, queue, 1_000);
  return { kind: 'messages' as const, ids: page.messages.filter((_, i) => i % 2 === 1).map((m) => m.id) };
}

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker, { window: 10, backOffMs: 100 });
  const { channel, replays, actor } = bench;
  afterAll(() => bench.close());

  describe(`a job on ${version}`, () => {
    test.each(['classic', 'quorum'] as const)(
      'that is paused holds no message of a %s queue, sends none, and goes on where it was',
      async (type) => {
        const [work, dead] = [`work-p-${type}`, `dead-p-${type}`];
        await declarePair(channel, work, dead, type);
        await kill(channel, work, dead, names(300));
        const { id } = await replays.start(actor, bench.request({ queue: dead, rate: 200 }));
        await until(() => replays.get(id).counts.confirmed > 20);
        const job = await replays.act(actor, id, { action: 'pause' });
        expect(job).toMatchObject({ state: 'paused', hold: { by: 'user', goesOn: false } });
        // what is unacknowledged is not counted as ready: all that was not sent lies there again, and nobody consumes
        await until(async () => (await depth(channel, dead)) === 300 - job.counts.confirmed);
        expect((await channel.checkQueue(dead)).consumerCount).toBe(0);
        expect(await depth(channel, work)).toBe(job.counts.confirmed);
        await expect(replays.start(actor, bench.request({ queue: dead }))).rejects.toMatchObject({
          code: 'conflict',
        });
        await replays.act(actor, id, { action: 'pace', rate: null });
        expect((await replays.act(actor, id, { action: 'resume' })).state).toBe('running');
        const done = await bench.ended(id);
        expect(done).toMatchObject({ state: 'done', hold: null, rate: null });
        expect(done.counts).toMatchObject({ confirmed: 300, possiblyDuplicated: 0 });
        expect((await drain(channel, work)).map((m) => m.body).sort()).toEqual(names(300).sort());
        expect(bench.state.listActs(4).map((a) => a.kind)).toEqual(
          expect.arrayContaining(['replay pause', 'replay pace', 'replay resume']),
        );
      },
    );

    test('that is paused can be cancelled, and a restart finds it interrupted and resumes it', async () => {
      await declarePair(channel, 'work-c', 'dead-c', 'quorum');
      await kill(channel, 'work-c', 'dead-c', names(100));
      const slow = await replayBench(broker, { state: bench.state, window: 5 });
      const { id } = await slow.replays.start(actor, bench.request({ queue: 'dead-c', rate: 50 }));
      await until(() => slow.replays.get(id).counts.confirmed > 0);
      await slow.replays.act(actor, id, { action: 'pause' });
      await slow.close();
      expect(replays.get(id)).toMatchObject({ state: 'interrupted', hold: null });
      await bench.readBroker();
      await until(async () => {
        await replays.resume(actor, id).catch(() => {});
        return replays.get(id).state === 'running';
      });
      await replays.act(actor, id, { action: 'pause' });
      const job = await replays.act(actor, id, { action: 'cancel' });
      expect(job).toMatchObject({ state: 'cancelled', hold: null });
      expect((await depth(channel, 'dead-c')) + (await depth(channel, 'work-c'))).toBe(100);
    });

    test('29: puts what stays back in time, again and again, and sends each of its messages once', async () => {
      await declarePair(channel, 'work29', 'dead29');
      await kill(channel, 'work29', 'dead29', names(60));
      const select = await everyOther(bench, broker.vhost, 'dead29');
      const short = await replayBench(broker, { window: 10, roundMs: 500 });
      const job = await short.replay({ queue: 'dead29', select, rate: 15 });
      await short.close();
      expect(job).toMatchObject({ state: 'done', counts: { selected: 30, confirmed: 30 } });
      expect(stepsOf(job).match(/were put back, so that/g)?.length).toBeGreaterThan(1);
      expect((await drain(channel, 'work29')).map((m) => m.body)).toEqual(
        names(60).filter((_, i) => i % 2 === 1),
      );
      expect((await drain(channel, 'dead29')).map((m) => m.body)).toEqual(
        names(60).filter((_, i) => i % 2 === 0),
      );
    });

    test('29: a broker that takes messages back after its consumer timeout ends a round, not the job', {
      timeout: 120_000,
    }, async () => {
      // classic queues of 4.3 have no such timeout; its quorum queues end the consumer instead of the channel
      await declarePair(channel, 'work29b', 'dead29b', 'quorum');
      await kill(channel, 'work29b', 'dead29b', names(24));
      const select = await everyOther(bench, broker.vhost, 'dead29b');
      const set = (timeout: string, tick: string) =>
        rabbitmqctl(
          broker,
          'eval',
          `application:set_env(rabbit, consumer_timeout, ${timeout}), application:set_env(rabbit, channel_tick_interval, ${tick}).`,
        );
      await set('1500', '300');
      // as many as lie there are read ahead, and wait for their turn for two seconds
      const job = await bench
        .replay({ queue: 'dead29b', select, rate: 5 })
        .finally(() => set('1800000', '60000'));
      expect(stepsOf(job)).toMatch(/took back what was unacknowledged/);
      expect(job).toMatchObject({ state: 'done', counts: { selected: 12 } });
      const bodies = (await drain(channel, 'work29b')).map((m) => m.body);
      expect(new Set(bodies)).toEqual(new Set(names(24).filter((_, i) => i % 2 === 1)));
      expect(bodies.length - 12).toBeLessThanOrEqual(job.counts.possiblyDuplicated);
      await drain(channel, 'dead29b');
    });

    test.each(['classic', 'quorum'] as const)(
      '7: a full %s target pauses it; with room again it goes on by itself, and nothing is lost or sent twice',
      async (type) => {
        const [work, dead, target] = [`work7-${type}`, `dead7-${type}`, `target7-${type}`];
        await declarePair(channel, work, dead, type);
        await kill(channel, work, dead, names(100));
        await channel.assertQueue(target, {
          durable: true,
          arguments: { 'x-queue-type': type, 'x-max-length': 30, 'x-overflow': 'reject-publish' },
        });
        await bench.readBroker();
        const { id } = await replays.start(
          actor,
          bench.request({ queue: dead, target: { kind: 'queue', queue: target } }),
        );
        const full = await paused(bench, id);
        expect(full.hold).toMatchObject({ by: 'target full', goesOn: true });
        const arrived = await depth(channel, target);
        expect(full.counts).toMatchObject({ confirmed: arrived, skipped: 0, unknown: 0 });
        await until(async () => (await depth(channel, dead)) >= 100 - arrived - 1);
        const bodies: string[] = [];
        await until(async () => {
          bodies.push(...(await drain(channel, target)).map((m) => m.body));
          return replays.get(id).state === 'done';
        });
        bodies.push(...(await drain(channel, target)).map((m) => m.body));
        expect(bodies.sort()).toEqual(names(100).sort());
        expect(replays.get(id).counts).toMatchObject({ confirmed: 100, possiblyDuplicated: 0 });
        expect(stepsOf(replays.get(id))).toMatch(
          /Paused: The target takes no more(.|\n)*takes messages again/,
        );
      },
    );

    test('22: an alarm in the midst of it is no failure: it waits, can be paused, and ends whole', {
      timeout: 120_000,
    }, async () => {
      await declarePair(channel, 'work22', 'dead22', 'quorum');
      await kill(channel, 'work22', 'dead22', names(200));
      const { id } = await replays.start(actor, bench.request({ queue: 'dead22', rate: 10 }));
      await until(() => replays.get(id).counts.confirmed > 0);
      await withMemoryAlarm(broker, async () => {
        await until(() => /Waiting/.test(replays.get(id).note ?? ''));
        const before = replays.get(id).counts;
        expect(before.unknown + before.skipped).toBe(0);
        expect(replays.get(id).state).toBe('running');
        void replays.act(actor, id, { action: 'pause' });
      });
      expect((await paused(bench, id)).counts).toMatchObject({ unknown: 0, skipped: 0 });
      await replays.act(actor, id, { action: 'pace', rate: null });
      await replays.act(actor, id, { action: 'resume' });
      const job = await bench.ended(id);
      expect(job).toMatchObject({ state: 'done', note: null });
      expect(job.counts).toMatchObject({ confirmed: 200, possiblyDuplicated: 0 });
      expect(await drain(channel, 'work22')).toHaveLength(200);
    });
  });
}

for (const version of process.env.HOPLIGHT_TEST_VERSIONS ? brokerVersions : ['3.10', '4.0', '4.3']) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker, { backOffMs: 100 });
  const { channel, replays, actor } = bench;
  afterAll(() => bench.close());

  test.each(['classic', 'quorum'] as const)(
    `28: order kept on ${version}, %s: through a full target and past one that nobody takes`,
    async (type) => {
      const [work, dead, target] = [`work28-${type}`, `dead28-${type}`, `target28-${type}`];
      await declarePair(channel, work, dead, type);
      await kill(channel, work, dead, names(40));
      const limits = { 'x-queue-type': type, 'x-max-length': 10, 'x-overflow': 'reject-publish' };
      await channel.assertQueue(target, { durable: true, arguments: limits });
      const exchange = `ex28-${type}`;
      await channel.assertExchange(exchange, 'direct');
      await channel.bindQueue(target, exchange, 'k');
      await bench.readBroker();
      const { id } = await replays.start(
        actor,
        bench.request({
          queue: dead,
          target: { kind: 'exchange', exchange, routingKey: 'k' },
          keepOrder: true,
          consent: ['lives'],
        }),
      );
      expect((await paused(bench, id)).hold?.by).toBe('target full');
      const bodies: string[] = [];
      const take = async () => bodies.push(...(await drain(channel, target)).map((m) => m.body));
      // tried again twice: a quorum queue puts what comes back behind what came back before
      const tried = () => Math.max(...replays.messages(id, 100).map((m) => m.at));
      for (let i = 0; i < 2; i++) {
        const before = tried();
        await until(() => tried() > before, 'it was not tried again');
      }
      // the one that finds nobody would be overtaken by those behind it, so somebody must say so
      await channel.unbindQueue(target, exchange, 'k');
      await until(() => replays.get(id).hold?.by === 'order', 'it did not stop for the order');
      expect(replays.get(id).counts).toMatchObject({ returned: 1 });
      await channel.bindQueue(target, exchange, 'k');
      await replays.act(actor, id, { action: 'resume' });
      await until(async () => {
        await take();
        return replays.get(id).state === 'done';
      });
      await take();
      expect(replays.get(id).counts).toMatchObject({ returned: 1, confirmed: 39 });
      const [left] = (await drain(channel, dead)).map((m) => m.body);
      expect(bodies).toEqual(names(40).filter((name) => name !== left));
    },
  );
}
