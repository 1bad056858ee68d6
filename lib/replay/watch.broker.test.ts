/** What becomes of the copies, and what a job does about it: canary, brake, following, with the real capture and real spans. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { depth, drain, kill, until } from '../../test/with-replays.ts';
import { watchedBench } from '../../test/with-watched-replays.ts';
import type { Replays } from './replays.ts';

const names = (n: number) => Array.from({ length: n }, (_, i) => `w-${i}`);
const traced = () => ({
  headers: { traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01` },
});

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await watchedBench(broker, { window: 10 });
  const { channel, replays, actor } = bench;
  afterAll(() => bench.close());
  const steps = (id: string) => replays.get(id).steps.map((s) => s.words);
  const state = (id: string) => replays.get(id).state;

  describe(`the watch over a replay on ${version}`, () => {
    beforeAll(async () => {
      await channel.assertExchange('dlx', 'fanout');
      await channel.assertQueue('dead', { durable: true });
      await channel.bindQueue('dead', 'dlx', '');
      await channel.assertQueue('work', { durable: true, deadLetterExchange: 'dlx' });
      await channel.assertQueue('plain.dead', { durable: true });
      await channel.assertQueue('plain', {
        durable: true,
        deadLetterExchange: '',
        deadLetterRoutingKey: 'plain.dead',
      });
      await bench.tap.lookAgain();
      await bench.tap.until(
        () => bench.tap.status().deadLetterExchanges.some((e) => e.tapped),
        'the DLX tap',
      );
    });

    test('lets the rest follow a canary that its consumer settled, and ends when all are settled', async () => {
      await kill(channel, 'work', 'dead', names(20), traced);
      const service = await bench.service('work', () => 'span');
      const { id } = await replays.start(
        actor,
        bench.request({ queue: 'dead', canary: { messages: 1, waitSeconds: 20, goOn: true } }),
      );
      await until(() => state(id) === 'done', 'it did not end');
      expect(steps(id)).toEqual(
        expect.arrayContaining([
          'Canary sent: 1 message',
          expect.stringMatching(/^Canary settled after \d+\.\d s$/),
        ]),
      );
      expect(replays.get(id)).toMatchObject({
        phase: 'rest',
        note: null,
        counts: { settled: 20, confirmed: 0 },
      });
      const [row] = replays.messages(id, 1);
      expect(row?.reason).toMatch(/^billing was done with it/);
      expect(bench.state.listActs(1)[0]?.outcome).toMatch(/^done: 20 confirmed/);
      await service.stop();
    });

    test('pauses when the canary dies again, sends nothing of the rest, and goes on when somebody says so', async () => {
      await kill(channel, 'work', 'dead', names(20), traced);
      let fixed = false;
      const service = await bench.service('work', () => (fixed ? 'span' : 'reject'));
      const { id } = await replays.start(
        actor,
        bench.request({ queue: 'dead', canary: { messages: 2, waitSeconds: 20, goOn: true } }),
      );
      await until(() => state(id) === 'paused', 'it did not pause');
      const job = replays.get(id);
      expect(job.hold).toMatchObject({
        by: 'canary',
        goesOn: false,
        words: expect.stringMatching(/died again: rejected/),
      });
      expect(job.phase).toBe('canary');
      // the rest lies there, and what died again
      await until(async () => (await depth(channel, 'dead')) === 20);
      expect(replays.get(id).counts).toMatchObject({ waiting: 18 });
      fixed = true;
      await replays.act(actor, id, { action: 'resume' });
      await until(() => state(id) === 'done', 'it did not end');
      expect(replays.get(id)).toMatchObject({
        phase: 'rest',
        note: null,
        counts: { settled: 18, diedAgain: 2 },
      });
      expect(replays.messages(id, 2).map((m) => [m.outcome, m.reason])).toEqual([
        ['died again', 'rejected'],
        ['died again', 'rejected'],
      ]);
      await service.stop();
      await drain(channel, 'dead');
    });

    // ten seconds of silence that is ours, whatever the broker's version
    const once = version === brokerVersions.at(-1) ? test : test.skip;
    once(
      'looks among the dead letters where no tap sees a death, before silence counts as good',
      async () => {
        await kill(channel, 'plain', 'plain.dead', names(5), traced);
        const canary = { messages: 1, waitSeconds: 1, goOn: true };
        const bad = await bench.service('plain', () => 'reject');
        const first = await replays.start(actor, bench.request({ queue: 'plain.dead', canary }));
        await until(() => state(first.id) === 'paused', 'it did not pause');
        expect(replays.get(first.id).hold?.words).toMatch(/^Canary died again: rejected/);
        await replays.cancel(actor, first.id);
        await bad.stop();
        const good = await bench.service('plain', () => 'ack');
        const { id } = await replays.start(actor, bench.request({ queue: 'plain.dead', canary }));
        await until(() => state(id) === 'done', 'it did not end');
        expect(steps(id).join()).toMatch(
          /delivered and not died again within 1\.0 s; no spans come from plain/,
        );
        expect(replays.get(id)).toMatchObject({
          counts: { delivered: 5 },
          note: expect.stringMatching(/not known to be settled/),
        });
        await good.stop();
      },
    );

    test('brakes when too many die again, and when the target holds too much until it holds less', async () => {
      await kill(channel, 'work', 'dead', names(40), traced);
      const bad = await bench.service('work', () => 'reject');
      const first = await replays.start(
        actor,
        bench.request({ queue: 'dead', rate: 20, brake: { diedAgain: 3 } }),
      );
      await until(() => state(first.id) === 'paused', 'it did not brake');
      expect(replays.get(first.id).hold).toMatchObject({
        by: 'brake',
        goesOn: false,
        words: expect.stringMatching(/died again$/),
      });
      expect(replays.get(first.id).counts.waiting).toBeGreaterThan(0);
      await replays.cancel(actor, first.id);
      await bad.stop();
      const { id } = await replays.start(
        actor,
        bench.request({ queue: 'dead', rate: 20, brake: { depth: 5 } }),
      );
      await until(() => state(id) === 'paused', 'it did not brake');
      expect(replays.get(id).hold).toMatchObject({
        by: 'brake',
        goesOn: true,
        words: expect.stringMatching(/^work holds \d+ messages, over 5$/),
      });
      const good = await bench.service('work', () => 'span');
      await until(() => state(id) === 'done', 'it did not go on');
      expect(steps(id).join('\n')).toMatch(/Went on after .* braked: work holds [0-2]\b/);
      expect(replays.get(id).counts).toMatchObject({ settled: 40 });
      await good.stop();
    });

    // last: it ends the replays of the tests before it
    test('goes on after a restart with what it watched: a canary when it is resumed, a following by itself', async () => {
      const settles = (replays: Replays, id: string) =>
        until(() => replays.get(id).state === 'done', 'it did not end');
      await kill(channel, 'work', 'dead', names(3), traced);
      const followed = await replays.start(actor, bench.request({ queue: 'dead' }));
      await until(() => state(followed.id) === 'following', 'it was not followed');
      await kill(channel, 'plain', 'plain.dead', names(3), traced);
      const canary = { messages: 1, waitSeconds: 30, goOn: true };
      const { id } = await replays.start(actor, bench.request({ queue: 'plain.dead', canary }));
      await until(() => steps(id).includes('Canary sent: 1 message'), 'the canary was not sent');

      const later = await bench.again();
      expect(later.get(followed.id)).toMatchObject({ state: 'following', counts: { confirmed: 3 } });
      expect(later.get(id)).toMatchObject({
        state: 'interrupted',
        phase: 'canary',
        counts: { confirmed: 1 },
      });
      await later.resume(actor, id);
      const services = [
        await bench.service('work', () => 'span'),
        await bench.service('plain', () => 'span'),
      ];
      await settles(later, followed.id);
      await settles(later, id);
      expect(later.get(followed.id)).toMatchObject({ note: null, counts: { settled: 3 } });
      expect(later.get(id)).toMatchObject({ phase: 'rest', counts: { settled: 3 } });
      expect(steps(id).filter((s) => /^Canary settled/.test(s))).toHaveLength(1);
      const acts = bench.state.listActs(20).filter((a) => a.href === `/replays/${followed.id}`);
      expect(acts.map((a) => a.outcome)).toEqual(['done: 3 confirmed, 3 settled']);
      for (const service of services) await service.stop();
    });
  });
}
