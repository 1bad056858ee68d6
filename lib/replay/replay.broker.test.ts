import { afterAll, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { declarePair, depth, drain, kill, replayBench } from '../../test/with-replays.ts';

const names = (n: number) => Array.from({ length: n }, (_, i) => `b-${i}`);

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  const { channel, replays } = bench;
  afterAll(() => bench.close());

  describe.each(['classic', 'quorum'] as const)(`a %s dead-letter queue on ${version}`, (type) => {
    const work = `work.${type}`;
    const dead = `dead.${type}`;

    test('goes back whole: every copy confirmed, the queue empty, lineage in its headers', async () => {
      await declarePair(channel, work, dead, type);
      await kill(channel, work, dead, names(300));
      const job = await bench.replay({ queue: dead });
      expect(job).toMatchObject({ state: 'done', note: null });
      expect(job.counts).toMatchObject({ selected: 300, confirmed: 300, possiblyDuplicated: 0 });
      expect(await depth(channel, dead)).toBe(0);
      const copies = await drain(channel, work);
      expect(new Set(copies.map((c) => c.body))).toEqual(new Set(names(300)));
      const headers = copies[0]?.properties.headers ?? {};
      expect(headers).toMatchObject({ 'x-replay-count': 1, 'x-replay-of': expect.stringMatching(/^m\d/) });
      expect(headers['x-replay-id']).toMatch(new RegExp(`^${job.id}\\.\\d+$`));
      expect(headers).not.toHaveProperty('x-death');
      expect(headers['x-original-death']).toMatchObject([{ queue: work, reason: 'rejected', count: 1 }]);
    });

    test('gives up only the chosen ones; the others keep their place', async () => {
      await kill(channel, work, dead, names(250));
      const page = await replays.readDeadLetters(bench.actor, broker.vhost, dead, 1000);
      expect(page.messages.map((m) => m.message.properties.messageId)).toEqual(
        names(250).map((_, i) => `m${i}`),
      );
      // no tap listens here: the journeys learn of these deaths by the reading
      const read = bench.facts.filter((f) => f.source === 'read' && f.queue === dead);
      expect(new Set(read.map((f) => f.id)).size).toBe(250);
      expect(read.every((f) => f.deaths?.[0]?.queue === work && f.deaths[0].reason === 'rejected')).toBe(
        true,
      );
      const ids = page.messages.filter((_, i) => i % 10 === 3).map((m) => m.id);
      const job = await bench.replay({ queue: dead, select: { kind: 'messages', ids } });
      expect(job.counts).toMatchObject({ selected: 25, confirmed: 25 });
      const sent = (await drain(channel, work)).map((c) => c.body);
      expect(new Set(sent)).toEqual(new Set(names(250).filter((_, i) => i % 10 === 3)));
      const left = (await drain(channel, dead)).map((c) => c.body);
      expect(left).toEqual(names(250).filter((_, i) => i % 10 !== 3));
    });
  });
}
