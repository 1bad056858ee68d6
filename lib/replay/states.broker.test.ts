/** How a job ends and goes on: cancelled, cut off on either connection, blocked by the broker, followed by the taps. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { withMemoryAlarm } from '../../test/rabbitmqctl.ts';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { declarePair, depth, drain, kill, replayBench, until } from '../../test/with-replays.ts';

const names = (n: number) => Array.from({ length: n }, (_, i) => `b-${i}`);

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker, { window: 10 });
  const { channel, replays, actor } = bench;
  afterAll(() => bench.close());

  /** Closes the connection of that name as an operator would. */
  async function cut(jobId: string, which: 'source' | 'copies'): Promise<void> {
    const wanted = `hoplight: replay ${jobId}, ${which}`;
    await until(async () => {
      const list = (await broker.api('GET', '/api/connections')) as {
        name: string;
        user_provided_name?: string;
      }[];
      const mine = list.find((c) => c.user_provided_name === wanted);
      if (!mine) return false;
      await broker.api('DELETE', `/api/connections/${encodeURIComponent(mine.name)}`);
      return true;
    }, `${wanted} was not listed`);
  }

  describe(`a job on ${version}`, () => {
    beforeAll(async () => {
      await declarePair(channel, 'work', 'dead', 'quorum');
    });

    test('that is cancelled stops within a window and reverts nothing', async () => {
      await kill(channel, 'work', 'dead', names(300));
      const { id } = await replays.start(actor, bench.request({ queue: 'dead', rate: 200 }));
      await until(() => replays.get(id).counts.confirmed > 20);
      const job = await replays.cancel({ user: 'guest' }, id);
      expect(job.state).toBe('cancelled');
      expect(job.counts.confirmed).toBeLessThan(300);
      expect(job.counts.confirmed + job.counts.waiting).toBe(300);
      expect(await depth(channel, 'dead')).toBe(job.counts.waiting);
      expect(await depth(channel, 'work')).toBe(job.counts.confirmed);
      await drain(channel, 'work');
      await drain(channel, 'dead');
    });

    test.each(['source', 'copies'] as const)(
      'whose connection for %s is closed by an operator is interrupted, and resumes to the end',
      async (which) => {
        await kill(channel, 'work', 'dead', names(200));
        const { id } = await replays.start(actor, bench.request({ queue: 'dead', rate: 20 }));
        await until(() => replays.get(id).counts.confirmed > 0);
        await cut(id, which);
        const job = await bench.ended(id);
        expect(job).toMatchObject({ state: 'interrupted', note: expect.stringMatching(/closed/i) });
        // an interrupted job sends nothing until somebody says so
        await until(async () => (await depth(channel, 'dead')) >= 200 - job.counts.confirmed - 10);
        await until(async () => {
          await replays.resume(actor, id).catch(() => {});
          return replays.get(id).state !== 'interrupted';
        });
        await replays.cancel(actor, id);
        const rest = await bench.replay({ queue: 'dead' });
        expect(rest.state).toBe('done');
        const bodies = (await drain(channel, 'work')).map((m) => m.body);
        expect(new Set(bodies)).toEqual(new Set(names(200)));
        const listed = job.counts.possiblyDuplicated;
        expect(bodies.length - 200).toBeLessThanOrEqual(listed);
      },
    );

    test('waits while the broker takes no publishes, says so, and goes on', {
      timeout: 120_000,
    }, async () => {
      await kill(channel, 'work', 'dead', names(100));
      const started = await withMemoryAlarm(broker, async () => {
        const { id } = await replays.start(actor, bench.request({ queue: 'dead' }));
        await until(() => /Waiting/.test(replays.get(id).note ?? ''));
        expect(replays.get(id)).toMatchObject({ state: 'running', counts: { confirmed: 0 } });
        return id;
      });
      const job = await bench.ended(started);
      expect(job).toMatchObject({ state: 'done', note: null, counts: { confirmed: 100, unknown: 0 } });
      await drain(channel, 'work');
    });

    test('is in the audit log before, with its outcome after, and the taps say what became of the copies', async () => {
      await kill(channel, 'work', 'dead', names(2));
      const job = await bench.replay({ queue: 'dead', reason: 'deployed a fix' });
      const [act] = bench.state.listActs(1);
      expect(act).toMatchObject({
        kind: 'replay',
        by: 'guest',
        words: 'Replay 2 messages of dead to work',
        outcome: 'done: 2 confirmed',
        href: `/replays/${job.id}`,
      });
      const facts = bench.facts.filter((f) => f.replay?.jobId === job.id);
      expect(facts.map((f) => f.kind)).toEqual(['replayed', 'replayed']);
      const [first, second] = facts;
      if (!first || !second) throw new Error('both copies are recorded');
      const seen = { source: 'firehose' as const, queue: 'work', replay: undefined };
      replays.noteFacts([
        { ...first, ...seen, kind: 'delivered', deaths: [] },
        { ...second, ...seen, kind: 'settled', source: 'otlp', deaths: [] },
      ]);
      expect(replays.get(job.id).counts).toMatchObject({ confirmed: 0, delivered: 1, settled: 1 });
      await drain(channel, 'work');
    });
  });
}
