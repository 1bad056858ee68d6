/** Dead letters that are kept in a stream: read from any place, replayed as copies, never taken out. */
import { afterAll, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { drain, replayBench, until } from '../../test/with-replays.ts';
import { deadLetterTopology } from '../model/dead-letter-topology.ts';

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  const { channel, replays, actor } = bench;
  const old = version === '3.10';
  afterAll(() => bench.close());

  const page = (stream: string, limit: number, more = {}) =>
    replays.readDeadLetters(actor, broker.vhost, stream, limit, more);

  /** Before 3.11.14 only a quorum queue with at-least-once gets dead letters into a stream. */
  async function declare(work: string, stream: string): Promise<void> {
    await channel.assertQueue(stream, { durable: true, arguments: { 'x-queue-type': 'stream' } });
    await channel.assertQueue(work, {
      durable: true,
      arguments: {
        'x-dead-letter-exchange': '',
        'x-dead-letter-routing-key': stream,
        ...(old
          ? {
              'x-queue-type': 'quorum',
              'x-dead-letter-strategy': 'at-least-once',
              'x-overflow': 'reject-publish',
            }
          : {}),
      },
    });
  }

  async function die(work: string, stream: string, from: number, to: number): Promise<void> {
    for (let n = from; n < to; n++) {
      const headers = { tenant: n % 2 ? 'odd' : 'even', 'x-error': `order ${n} refused` };
      channel.sendToQueue(work, Buffer.from(`b-${n}`), { persistent: true, messageId: `m${n}`, headers });
    }
    await channel.waitForConfirms();
    const { consumerTag } = await channel.consume(work, (m) => m && channel.reject(m, false));
    await bench.readBroker();
    await until(async () => (await page(stream, 1)).inQueue === to, 'not all died into the stream');
    await channel.cancel(consumerTag);
  }

  describe(`dead letters in a stream on ${version}`, () => {
    test('are read from any place, by a filter too, and nothing is put back', async () => {
      await declare('work-a', 'dead-a');
      await die('work-a', 'dead-a', 0, 30);
      const first = await page('dead-a', 10);
      expect(first).toMatchObject({ inQueue: 30, read: 10, next: 9, putBack: 0, reading: { level: 'none' } });
      expect(first.messages.map((m) => m.position)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(first.messages[0]).toMatchObject({ originQueue: 'work-a', reason: 'rejected' });
      expect(first.causes).toMatchObject([{ error: 'order … refused', count: 10 }]);
      const last = await page('dead-a', 100, { after: 19 });
      expect(last).toMatchObject({ read: 10, next: null });
      expect(last.messages.map((m) => m.ids.messageId)[0]).toBe('m20');
      const odd = await page('dead-a', 100, { filter: { headers: [{ name: 'tenant', value: 'odd' }] } });
      expect(odd.messages).toHaveLength(15);
      expect(new Set(odd.messages.map((m) => m.id)).size).toBe(15);
    });

    test('are replayed as copies up to the offset of the plan, once, through a pause; a second time needs consent', async () => {
      await declare('work-b', 'dead-b');
      await die('work-b', 'dead-b', 0, 40);
      const filter = { kind: 'filter' as const, filter: { text: 'order 7 ' } };
      const few = await bench.replay({ queue: 'dead-b', select: filter });
      expect(few).toMatchObject({ state: 'done', counts: { confirmed: 1 } });
      expect(few.plan).toMatchObject({ inQueue: 40, offsets: { first: 0, last: 39 } });
      expect(few.plan.warnings).toContainEqual(expect.objectContaining({ code: 'stream_keeps' }));
      expect((await drain(channel, 'work-b')).map((m) => m.body)).toEqual(['b-7']);

      const all = bench.request({ queue: 'dead-b', rate: 40, followSeconds: 0 });
      expect((await replays.plan(actor, all)).warnings).toContainEqual(
        expect.objectContaining({ code: 'sent_before', level: 'consent' }),
      );
      const { id } = await replays.start(actor, { ...all, consent: ['sent_before'] });
      await until(() => replays.get(id).counts.confirmed > 5);
      await replays.act(actor, id, { action: 'pause' });
      expect(replays.get(id).counts.confirmed).toBeLessThan(40);
      channel.sendToQueue('dead-b', Buffer.from('later'), { persistent: true, messageId: 'later' });
      await channel.waitForConfirms();
      await replays.act(actor, id, { action: 'resume' });
      await replays.act(actor, id, { action: 'pace', rate: null });
      await until(() => replays.get(id).state === 'done');
      expect(replays.get(id).counts).toMatchObject({ confirmed: 40, skipped: 0, unknown: 0 });
      const bodies = (await drain(channel, 'work-b')).map((m) => m.body);
      expect(bodies.sort()).toEqual(Array.from({ length: 40 }, (_, n) => `b-${n}`).sort());
      // nothing was taken out
      expect((await page('dead-b', 100)).messages).toHaveLength(41);
      const taken = bench.request({ queue: 'dead-b', act: 'delete' });
      expect((await replays.plan(actor, taken)).warnings).toContainEqual(
        expect.objectContaining({ code: 'stream_keeps', level: 'refuse' }),
      );
    });
  });

  if (old)
    test('an old broker drops what dies at-most-once into a stream: named before it happens', async () => {
      const { readSnapshot } = await import('../../test/with-replays.ts');
      await channel.assertQueue('dead-c', { durable: true, arguments: { 'x-queue-type': 'stream' } });
      await channel.assertQueue('work-c', {
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'dead-c' },
      });
      channel.sendToQueue('work-c', Buffer.from('lost'));
      await channel.waitForConfirms();
      const { lost } = deadLetterTopology(await readSnapshot(broker));
      expect(lost).toMatchObject([{ queue: 'work-c', words: expect.stringContaining('is a stream') }]);
      const got = await channel.get('work-c');
      if (got) channel.reject(got, false);
      await until(async () => (await channel.checkQueue('work-c')).messageCount === 0);
      await bench.readBroker();
      expect((await page('dead-c', 10)).messages).toEqual([]);
    });
}
