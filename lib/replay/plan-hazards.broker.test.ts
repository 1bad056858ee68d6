/** What a plan must see, and what copies must be, on real brokers; each test fails when its defence is taken away. */
import { afterAll, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import {
  actorOf,
  declarePair,
  depth,
  drain,
  kill,
  readSnapshot,
  replayBench,
  until,
} from '../../test/with-replays.ts';
import { watchedBench } from '../../test/with-watched-replays.ts';
import { encodeProperties, publishRaw, rawHeaders, rawProperties } from '../amqp/properties.ts';
import { isHoplightError } from '../model/errors.ts';
import type { Header } from '../model/message.ts';
import type { Plan } from '../model/replay.ts';
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
const codes = (plan: Plan) => plan.warnings.map((w) => `${w.level} ${w.code}`);

for (const version of brokerVersions) {
  const broker = await withBroker({ version });
  const bench = await replayBench(broker);
  const { channel, replays, actor } = bench;
  const planOf = (request: Parameters<typeof bench.request>[0]) =>
    replays.plan(actor, bench.request(request));
  /** Something happens after the plan and before the first copy. */
  const meanwhile = (what: () => Promise<unknown>, as: Actor = actor): Actor => ({
    ...as,
    async connect(vhost, name) {
      if (name.endsWith('copies')) await what();
      return as.connect(vhost, name);
    },
  });
  const run = async (as: Actor, request: Parameters<typeof bench.request>[0]) =>
    bench.ended((await replays.start(as, bench.request({ followSeconds: 0, ...request }))).id);
  const inVhost = encodeURIComponent(broker.vhost);
  afterAll(() => bench.close());

  describe(`on ${version}`, () => {
    test('3: an alternate exchange that a policy sets is named as one that an argument sets', async () => {
      await declarePair(channel, 'work3', 'dead3');
      await kill(channel, 'work3', 'dead3', names(1));
      await channel.assertExchange('spare3', 'fanout');
      await channel.assertExchange('main3', 'direct');
      await channel.assertQueue('right3');
      await channel.bindQueue('right3', 'main3', 'k');
      const request = {
        queue: 'dead3',
        target: { kind: 'exchange' as const, exchange: 'main3', routingKey: 'k' },
      };
      // that nobody consumes from right3 is noted as soon as the broker's figures of the new queue are in
      expect(codes(await planOf(request)).filter((code) => code !== 'note no_consumers')).toEqual([]);
      await broker.api('PUT', `/api/policies/${inVhost}/spare`, {
        pattern: '^main3$',
        definition: { 'alternate-exchange': 'spare3' },
        'apply-to': 'exchanges',
      });
      await until(async () => codes(await planOf(request)).includes('consent alternate_exchange'));
      expect(await codeOf(replays.start(actor, bench.request(request)))).toBe('consent_needed');
    });

    test('5: the target is gone while CC names a queue that is there: returned, not confirmed', async () => {
      await declarePair(channel, 'work5', 'dead5');
      await kill(channel, 'work5', 'dead5', names(5), () => ({ CC: ['cc5'] }));
      await channel.assertQueue('cc5');
      await channel.assertQueue('target5');
      const gone = meanwhile(() => channel.deleteQueue('target5'));
      const job = await run(gone, { queue: 'dead5', target: { kind: 'queue', queue: 'target5' } });
      expect(job.counts).toMatchObject({ returned: 5, confirmed: 0 });
      expect([await depth(channel, 'cc5'), await depth(channel, 'dead5')]).toEqual([0, 5]);
    });

    test('6: a limit that drops the oldest asks for consent by what lies in the target at this moment', async () => {
      await declarePair(channel, 'work6', 'dead6');
      await channel.assertQueue('live6', { maxLength: 10 });
      await kill(channel, 'work6', 'dead6', names(3));
      const request = { queue: 'dead6', target: { kind: 'queue' as const, queue: 'live6' } };
      expect(codes(await planOf(request))).not.toContain('consent drop_head');
      for (const name of names(8)) channel.sendToQueue('live6', Buffer.from(`live ${name}`));
      await channel.waitForConfirms();
      expect(codes(await planOf(request))).toContain('consent drop_head');
      expect(await codeOf(replays.start(actor, bench.request(request)))).toBe('consent_needed');
      expect((await drain(channel, 'live6')).map((m) => m.body)).toEqual(names(8).map((n) => `live ${n}`));
    });

    test('12: an expiration that the broker would answer by closing the channel stays, and says why', async () => {
      await declarePair(channel, 'work12', 'dead12');
      await kill(channel, 'work12', 'dead12', names(4), () => ({ expiration: '600000' }));
      const forged = { queue: 'work12', reason: 'rejected', 'original-expiration': 'soon' };
      channel.sendToQueue('dead12', Buffer.from('bad'), { headers: { 'x-death': [forged] } });
      await channel.waitForConfirms();
      const plan = await planOf({ queue: 'dead12', expiration: 'original' });
      expect(plan.stays).toEqual([{ words: expect.stringContaining('"soon"'), messages: 1 }]);
      const job = await run(actor, { queue: 'dead12', expiration: 'original' });
      expect(job.counts).toMatchObject({ confirmed: 4, skipped: 1, possiblyDuplicated: 0 });
      expect(job.steps.map((s) => s.words).join()).not.toMatch(/closed the publishing channel/);
      expect(await depth(channel, 'dead12')).toBe(1);
      expect((await drain(channel, 'work12')).map((m) => m.properties.expiration)).toEqual(
        new Array(4).fill('600000'),
      );
    });

    test('13: an expiration is kept, dropped or put back; one that would be over at once needs consent', async () => {
      await declarePair(channel, 'work13', 'dead13');
      await channel.assertQueue('end13');
      const target = { kind: 'queue' as const, queue: 'end13' };
      await kill(channel, 'work13', 'dead13', names(2), () => ({ expiration: '30000' }));
      expect(codes(await planOf({ queue: 'dead13', target }))).toContain('note expiration_gone');
      const original = { queue: 'dead13', target, expiration: 'original' as const };
      const plan = await planOf(original);
      expect(codes(plan)).toContain('consent expiration_small');
      expect(plan.changes).toContainEqual(expect.objectContaining({ field: 'expiration', messages: 2 }));
      expect(await codeOf(replays.start(actor, bench.request(original)))).toBe('consent_needed');
      const kept = await run(actor, { queue: 'dead13', target });
      expect(kept.counts.confirmed).toBe(2);
      expect((await drain(channel, 'end13')).map((m) => m.properties.expiration)).toEqual([
        undefined,
        undefined,
      ]);
      // one that still has one: published to the dead-letter queue by a service
      const died = { headers: { 'x-death': [{ queue: 'work13', reason: 'rejected' }] } };
      channel.sendToQueue('dead13', Buffer.from('b'), { expiration: '1000000', ...died });
      await channel.waitForConfirms();
      await run(actor, { queue: 'dead13', target, expiration: 'drop' });
      expect((await drain(channel, 'end13')).map((m) => m.properties.expiration)).toEqual([undefined]);
    });

    test('14: a ring in which everything expires drops messages without a word: listed, and named in the plan', async () => {
      const turn = (to: string) => ({
        messageTtl: 50,
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': to },
      });
      await channel.assertQueue('ring14a', turn('ring14b'));
      await channel.assertQueue('ring14b', turn('ring14a'));
      channel.sendToQueue('ring14a', Buffer.from('lost'));
      await channel.waitForConfirms();
      await until(async () => (await depth(channel, 'ring14a')) + (await depth(channel, 'ring14b')) === 0);
      await declarePair(channel, 'work14', 'dead14');
      await kill(channel, 'work14', 'dead14', names(1));
      const plan = await planOf({ queue: 'dead14', target: { kind: 'queue', queue: 'ring14b' } });
      expect(codes(plan)).toContain('consent ttl_ring');
      expect(plan.warnings.find((w) => w.code === 'ttl_ring')?.words).toMatch(/ring14a → ring14b → ring14a/);
      const view = { snapshot: await readSnapshot(broker), deaths: [], since: null, mayRead: () => true };
      expect(replays.deadLetters(view).lost).toContainEqual(
        expect.objectContaining({ queue: 'ring14a', words: expect.stringMatching(/turn in a ring/) }),
      );
    });

    test('15: what comes back again and again stays once the ceiling is reached, and says how often it came', async () => {
      await declarePair(channel, 'work15', 'dead15');
      await kill(channel, 'work15', 'dead15', names(3));
      await channel.consume('work15', (m) => m && channel.reject(m, false), { consumerTag: 'fails15' });
      const back = () => until(async () => (await depth(channel, 'dead15')) === 3);
      for (let round = 1; round <= 2; round++) {
        expect((await run(actor, { queue: 'dead15', maxReplays: 2 })).counts.confirmed).toBe(3);
        await back();
      }
      await channel.cancel('fails15');
      channel.sendToQueue('dead15', Buffer.from('new'), {
        headers: { 'x-death': [{ queue: 'work15', reason: 'rejected' }] },
      });
      await channel.waitForConfirms();
      const plan = await planOf({ queue: 'dead15', maxReplays: 2 });
      expect(codes(plan)).toContain('note max_replays');
      expect(plan.stays).toEqual([{ words: expect.stringContaining('2 times'), messages: 3 }]);
      expect(plan.changes[0]?.messages).toBe(1);
      const job = await run(actor, { queue: 'dead15', maxReplays: 2 });
      expect(job.counts).toMatchObject({ confirmed: 1, skipped: 3 });
      expect([await depth(channel, 'dead15'), (await drain(channel, 'work15')).length]).toEqual([3, 1]);
    });

    test('17: died in two queues: the plan says so, and both ways back can be chosen', async () => {
      await channel.assertQueue('parked17');
      await channel.assertQueue('wait17', {
        messageTtl: 20,
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'parked17' },
      });
      await channel.assertQueue('work17', {
        arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'wait17' },
      });
      channel.sendToQueue('work17', Buffer.from('b'));
      await channel.waitForConfirms();
      const got = await channel.get('work17');
      if (got) channel.reject(got, false);
      await until(async () => (await depth(channel, 'parked17')) === 1);
      const last = await planOf({ queue: 'parked17' });
      expect(last.targets[0]?.routingKey).toBe('wait17');
      expect(codes(last)).toContain('note origins_differ');
      expect(last.origins).toEqual([
        {
          queue: 'wait17',
          evidence: expect.stringMatching(/last in wait17 \(expired\).*first in work17 \(rejected\)/),
          messages: 1,
        },
      ]);
      const job = await run(actor, { queue: 'parked17', target: { kind: 'first origin' } });
      expect(job.counts.confirmed).toBe(1);
      expect((await drain(channel, 'work17')).length).toBe(1);
    });

    test('27: who may not write is told in the plan, by exchange and by topic, and asking leaves nothing behind', async () => {
      await declarePair(channel, 'work27', 'dead27');
      await channel.assertExchange('topic27', 'topic');
      await channel.assertQueue('all27');
      await channel.bindQueue('all27', 'topic27', '#');
      await kill(channel, 'work27', 'dead27', names(3));
      await broker.api('PUT', '/api/users/shy27', { password: 'pw', tags: '' });
      const grant = (write: string) =>
        broker.api('PUT', `/api/permissions/${inVhost}/shy27`, { configure: '', write, read: '.*' });
      await grant('^topic27$');
      await broker.api('PUT', `/api/topic-permissions/${inVhost}/shy27`, {
        exchange: 'topic27',
        write: '^yes$',
        read: '.*',
      });
      const shy = actorOf(broker.amqp.replace(/\/\/[^@]*@/, '//shy27:pw@'), 'shy27');
      const of = (target?: Parameters<typeof bench.request>[0]['target']) =>
        bench.request({ queue: 'dead27', ...(target ? { target } : {}) });
      const toTopic = (routingKey: string) => of({ kind: 'exchange', exchange: 'topic27', routingKey });
      const mayWrite = async (request: ReturnType<typeof of>) => {
        const plan = await replays.plan(shy, request);
        return [plan.targets[0]?.mayWrite, codes(plan).includes('refuse no_write')];
      };
      expect(await mayWrite(of())).toEqual(['no', true]);
      expect(await mayWrite(toTopic('no'))).toEqual(['no', true]);
      expect(await mayWrite(toTopic('yes'))).toEqual(['yes', false]);
      expect(await codeOf(replays.start(shy, of()))).toBe('conflict');
      await grant('.*');
      expect(await mayWrite(of())).toEqual(['yes', false]);
      for (const [queue, n] of [
        ['work27', 0],
        ['all27', 0],
        ['dead27', 3],
      ] as const)
        expect(await depth(channel, queue)).toBe(n);
      // taken away after the plan: it ends without a loss
      const job = await run(
        meanwhile(() => grant(''), shy),
        { queue: 'dead27' },
      );
      expect(job.counts.confirmed).toBe(0);
      expect(await depth(channel, 'dead27')).toBe(3);
    });

    test('a moved message keeps its deaths, now and at the next death; one that comes back stays', async () => {
      await declarePair(channel, 'workM', 'deadM');
      await declarePair(channel, 'parkM', 'afterM');
      await kill(channel, 'workM', 'deadM', names(3), () => ({ CC: ['other'] }));
      const target = { kind: 'queue' as const, queue: 'parkM' };
      const plan = await planOf({ queue: 'deadM', act: 'move', target });
      // 3.10 takes CC off itself where a dead-letter routing key is set
      if (version !== '3.10') expect(plan.changes.map((c) => c.field)).toContain('CC, BCC');
      expect(plan.changes.map((c) => c.field)).not.toContain('x-replay-id, x-replay-count, x-replay-of');
      const job = await run(actor, {
        queue: 'deadM',
        act: 'move',
        target,
        select: { kind: 'messages', ids: await idsIn('deadM', 1) },
      });
      expect(job.counts.confirmed).toBe(1);
      const parked = await channel.get('parkM');
      if (!parked) throw new Error('nothing was moved');
      expect(parked.properties.headers?.['x-death']).toMatchObject([{ queue: 'workM', count: 1 }]);
      expect(Object.keys(parked.properties.headers ?? {}).filter((n) => n.startsWith('x-replay'))).toEqual(
        [],
      );
      channel.reject(parked, false);
      await until(async () => (await depth(channel, 'afterM')) === 1);
      const [after] = await drain(channel, 'afterM');
      const { 'x-death': now, 'x-original-death': then } = after?.properties.headers ?? {};
      const all = [...(Array.isArray(now) ? now : []), ...(Array.isArray(then) ? then : [])];
      expect(all).toMatchObject([{ queue: 'parkM' }, { queue: 'workM' }]);
      // the queue goes: what comes back has no x-replay-id to be known by
      const gone = await run(
        meanwhile(() => channel.deleteQueue('parkM')),
        { queue: 'deadM', act: 'move', target },
      );
      expect(gone.counts).toMatchObject({ returned: 2, confirmed: 0 });
      expect(await depth(channel, 'deadM')).toBe(2);
    });

    const idsIn = async (queue: string, n: number) => {
      await bench.readBroker();
      return (await replays.readDeadLetters(actor, broker.vhost, queue, n)).messages.map((m) => m.id);
    };

    test('an edited copy has what the edit names, with its types, and every other byte as it was', async () => {
      await declarePair(channel, 'workE', 'deadE');
      const headers: Header[] = [
        { name: 'a-long', type: 'l', value: 5 },
        { name: 'b-float', type: 'f', value: 1.5 },
        { name: 'c-bytes', type: 'x', value: Buffer.of(0, 255, 195, 40).toString('base64') },
        { name: 'd-gone', type: 'S', value: 'g' },
        { name: 'x-death', type: 'A', value: [{ queue: 'workE', reason: 'rejected' }] },
      ];
      const connection = await actor.connect(broker.vhost, 'edit test');
      const ch = await connection.confirmChannel();
      await new Promise<void>((resolve) => {
        const raw = encodeProperties({ messageId: 'mE', priority: 3, deliveryMode: 1 }, headers);
        publishRaw(ch, { exchange: '', routingKey: 'deadE', raw, body: Buffer.from('{"a":1}') }, () =>
          resolve(),
        );
      });
      const edit = {
        headers: {
          set: [
            { name: 'a-long', type: 's' as const, value: 7 },
            { name: 'e-new', type: 'F' as const, value: { list: [1, null] } },
          ],
          remove: ['d-gone'],
        },
        properties: { priority: null, type: 'order' },
        body: { text: '{"a":"s3cret"}' },
      };
      const select = { kind: 'messages' as const, ids: await idsIn('deadE', 1) };
      const plan = await planOf({ queue: 'deadE', select, edit, persistent: true });
      expect(plan.changes.map((c) => c.field)).toEqual(
        expect.arrayContaining([
          'header a-long',
          'header d-gone',
          'property priority',
          'body',
          'delivery-mode',
        ]),
      );
      expect(JSON.stringify(plan)).not.toContain('s3cret');
      const job = await run(actor, { queue: 'deadE', select, edit, persistent: true });
      expect(job.counts.confirmed).toBe(1);
      // values may be secrets: once all is sent nothing of ours keeps them
      expect(job.steps.map((s) => s.words).join()).toContain('header a-long');
      expect(JSON.stringify([job, bench.state.actsAfter({ limit: 100 }, 0), bench.facts])).not.toContain(
        's3cret',
      );
      const copy = await ch.get('workE', { noAck: true });
      const raw = copy && rawProperties(copy);
      if (!copy || !raw) throw new Error('no copy');
      expect(copy.content.toString()).toBe('{"a":"s3cret"}');
      expect(copy.properties).toMatchObject({
        messageId: 'mE',
        priority: undefined,
        type: 'order',
        deliveryMode: 2,
      });
      expect(copy.properties.headers?.['x-replay-edited']).toEqual([
        'header a-long',
        'header e-new',
        'header d-gone',
        'property priority',
        'property type',
        'body',
      ]);
      const typed = new Map(rawHeaders(raw).map((e) => [e.name, e]));
      expect(typed.get('a-long')?.tag).toBe('s');
      expect(typed.has('d-gone')).toBe(false);
      for (const { name, raw: bytes } of rawHeaders(encodeProperties({}, headers)).slice(1, 3))
        expect(typed.get(name)?.raw).toEqual(bytes);
      await connection.close();
    });
  });
}

test('21: what is not persistent is lost with the broker unless the option says otherwise', {
  timeout: 120_000,
}, async () => {
  const broker = await withBroker({ version: brokerVersions.at(-1) });
  const bench = await replayBench(broker);
  const { channel } = bench;
  await declarePair(channel, 'work21', 'dead21');
  await channel.assertQueue('other21');
  await kill(channel, 'work21', 'dead21', names(6), () => ({ persistent: false }));
  const plan = await bench.replays.plan(bench.actor, bench.request({ queue: 'dead21' }));
  expect(codes(plan)).toContain('note transient');
  const page = await bench.replays.readDeadLetters(bench.actor, broker.vhost, 'dead21', 3);
  const ids = page.messages.map((m) => m.id);
  const saved = await bench.replay({
    queue: 'dead21',
    persistent: true,
    followSeconds: 0,
    select: { kind: 'messages', ids },
  });
  const lost = await bench.replay({
    queue: 'dead21',
    followSeconds: 0,
    target: { kind: 'queue', queue: 'other21' },
  });
  expect([saved.counts.confirmed, lost.counts.confirmed]).toEqual([3, 3]);
  await bench.close();
  await broker.restart();
  const after = await replayBench(broker);
  expect([await depth(after.channel, 'work21'), await depth(after.channel, 'other21')]).toEqual([3, 0]);
  await after.close();
});

test('27: the asking is no journey: the tap leaves out what our own connections publish', async () => {
  const broker = await withBroker({ version: brokerVersions.at(-1) });
  const bench = await watchedBench(broker);
  const { channel, tap } = bench;
  await declarePair(channel, 'workT', 'deadT');
  await kill(channel, 'workT', 'deadT', names(1), () => ({ messageId: 'first' }));
  await bench.readBroker();
  for (let i = 0; i < 3; i++) await bench.replays.plan(bench.actor, bench.request({ queue: 'deadT' }));
  // what was published after the asking is there, so the asking would be too
  channel.sendToQueue('workT', Buffer.from('after'), { messageId: 'after' });
  const seen = () => tap.reader.list({ limit: 50 }, [broker.vhost]).journeys.map((j) => j.id);
  await tap.until(() => seen().includes('message:after'), 'the message after the plans');
  expect(seen().sort()).toEqual(['message:after', 'message:first']);
  await bench.close();
});
