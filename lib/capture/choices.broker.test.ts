/** What somebody chooses to capture, over a real broker: scope, sampling, redaction, purge; and that nothing goes uncounted. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConfirmChannel, connect } from 'amqplib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { brokerVersions, withBroker } from '../../test/with-broker.ts';
import { type Listening, listenTo } from '../../test/with-capture.ts';
import { kept } from '../journey/sample.ts';
import type { CaptureSettings, TapScope } from '../model/capture.ts';

const CARD = '4111111111111111';
const SECRET = 'canary-9f1c7e';

for (const version of brokerVersions) {
  const broker = await withBroker({ version });

  describe(`what is chosen to be captured, on RabbitMQ ${version}`, () => {
    const dir = mkdtempSync(join(tmpdir(), 'hoplight-choices-'));
    const settings = {
      HOPLIGHT_REDACT_HEADERS: 'authorization',
      HOPLIGHT_REDACT_JSON: '$..password',
      HOPLIGHT_REDACT_PATTERNS: 'card',
      HOPLIGHT_BODY_BYTES: '1024',
    };
    let tap: Listening;
    let channel: ConfirmChannel;
    let closeClient: () => Promise<void>;

    const change = (part: Partial<CaptureSettings>) =>
      tap.capture.change({ ...tap.capture.settings(), ...part });
    const listen = (scope: TapScope) => change({ scopes: { [broker.vhost]: scope } });
    const facts = (id: string) => tap.reader.journeyFacts(`message:${id}`, 20);
    const kinds = (id: string) => facts(id).map((f) => f.kind);
    const openGap = (kind: string) =>
      tap.reader.gaps(0, Date.now() + 1).find((g) => g.kind === kind && g.to === null);
    const counts = () => {
      const { received, stored, inMemory, dropped } = tap.capture.status().counts;
      return { received, known: Object.values(dropped).reduce((a, b) => a + b, stored + inMemory), dropped };
    };

    beforeAll(async () => {
      tap = await listenTo(broker, dir, settings);
      const client = await connect(broker.amqp);
      channel = await client.createConfirmChannel();
      closeClient = () => client.close();
      await tap.until(() => tap.status().state === 'on', 'the tap');
    });
    afterAll(async () => {
      await closeClient();
      await tap.stop();
      rmSync(dir, { recursive: true, force: true });
    });

    test('only chosen exchanges and queues are heard, whatever their names; the gap says so while it holds', async () => {
      const names = ['a.b', 'a.c', 'star.*', 'hash.#', 'star.x'];
      for (const name of names) await channel.assertExchange(name, 'fanout', { durable: true });
      for (const queue of ['q', 'q.deep']) await channel.assertQueue(queue, { durable: true });
      await channel.bindQueue('q', 'a.b', '');
      await listen({ mode: 'chosen', exchanges: ['', 'a.b', 'star.*', 'hash.#'], queues: ['q.deep'] });
      expect(openGap('scope')).toMatchObject({
        vhost: broker.vhost,
        reason: expect.stringContaining('Only publishes of'),
      });

      for (const exchange of ['', ...names])
        channel.publish(exchange, 'q.deep', Buffer.from('x'), { messageId: `via ${exchange}` });
      await channel.waitForConfirms();
      const got = await tap.until(() => channel.get('q.deep', { noAck: true }), 'the message');
      expect(got).toMatchObject({ properties: { messageId: 'via ' } });
      await channel.get('q', { noAck: true });
      await tap.until(() => kinds('via ').length === 2, 'publish and delivery by the default exchange');
      await tap.until(() => kinds('via hash.#').length === 1, 'the last publish');
      expect(
        Object.fromEntries(['a.b', 'a.c', 'star.*', 'star.x'].map((n) => [n, kinds(`via ${n}`)])),
      ).toEqual({
        'a.b': ['published'], // its delivery was from a queue that nobody chose
        'a.c': [],
        'star.*': ['published'],
        'star.x': [], // brought by the key publish.star.*, and set aside
      });
      await tap.until(
        () => counts().dropped['out of scope'] === 1,
        'the one that is set aside to be counted',
      );

      await listen({ mode: 'all' });
      expect(openGap('scope')).toBeUndefined();
      channel.publish('a.c', '', Buffer.from('x'), { messageId: 'heard again' });
      await channel.waitForConfirms();
      await tap.until(() => kinds('heard again').length === 1, 'what is heard again');
      const heard = (name: string) =>
        tap.capture.cost().some((c) => c.kind === 'exchange' && c.name === name);
      await tap.until(() => heard('a.b') && heard('a.c'), 'what each exchange costs');
    });

    test('while the scope changes back and forth, nothing that all of them hold is lost or told twice', async () => {
      let sent = 0;
      const scopes: TapScope[] = [
        { mode: 'chosen', exchanges: ['a.b'], queues: ['q'] },
        { mode: 'all' },
        { mode: 'chosen', exchanges: ['a.b', 'a.c'], queues: [] },
      ];
      let changing = true;
      const changes = (async () => {
        for (const scope of scopes) await listen(scope);
        await listen({ mode: 'all' });
      })().finally(() => {
        changing = false;
      });
      while (changing) {
        for (let i = 0; i < 10; i++)
          channel.publish('a.b', '', Buffer.from('x'), { messageId: `steady ${sent++}` });
        await channel.waitForConfirms();
        const { received, known } = counts();
        expect(received).toBe(known);
        await delay(10); // a steady stream, not a flood: the broker has bindings to write
      }
      await changes;
      await tap.until(() => kinds(`steady ${sent - 1}`).length === 1, 'the last');
      const missing = Array.from({ length: sent }, (_, i) => i).filter(
        (i) => kinds(`steady ${i}`).length !== 1,
      );
      expect(missing).toEqual([]);
      expect(tap.reader.gaps(0, Date.now()).filter((g) => g.kind === 'dropped')).toEqual([]);
    });

    test('a share of the journeys is kept whole, the others not at all, and both are counted', async () => {
      await change({ sampling: 0.4 });
      expect(openGap('sampling')).toMatchObject({ vhost: '', reason: expect.stringContaining('40 %') });
      await channel.assertQueue('sampled', { durable: true });
      const before = counts();
      const ids = Array.from({ length: 100 }, (_, i) => `sampled ${i}`);
      for (const messageId of ids) channel.sendToQueue('sampled', Buffer.from('x'), { messageId });
      channel.sendToQueue('sampled', Buffer.from('x'), {
        messageId: 'copy',
        headers: { 'x-replay-id': 'job.1' },
      });
      await channel.waitForConfirms();
      const { consumerTag } = await channel.consume('sampled', () => {}, { noAck: true });
      await tap.until(
        () => counts().received - before.received >= 202 && counts().received === counts().known,
        'all events',
      );
      await channel.cancel(consumerTag);
      const shares = ids.filter((id) => kept(`message:${id}`, 0.4));
      await tap.until(
        () =>
          kinds(shares.at(-1) ?? '').length === 2 &&
          kinds('copy').length === 2 &&
          counts().dropped['not sampled'] === 2 * (ids.length - shares.length),
        'the last of them, and those that were left out',
      );
      expect(ids.map((id) => kinds(id).length)).toEqual(ids.map((id) => (shares.includes(id) ? 2 : 0)));
      await change({ sampling: 1 });
      expect(openGap('sampling')).toBeUndefined();
    });

    test('what is redacted is nowhere in the files of the store, also where a body breaks off in it', async () => {
      await channel.assertQueue('pay', { durable: true });
      const json = JSON.stringify({ order: 1, login: { password: SECRET }, pan: CARD });
      const cut = `${' '.repeat(1_016)}${CARD}`;
      const headers = {
        Authorization: SECRET,
        nested: { authorization: SECRET, pan: Number(CARD) },
        'x-error': `card ${CARD}`,
      };
      channel.sendToQueue('pay', Buffer.from(json), { messageId: 'paid', headers, type: CARD });
      channel.sendToQueue('pay', Buffer.from(cut), { messageId: 'cut' });
      await channel.waitForConfirms();
      const ours = tap.ownFact({
        ids: { messageId: 'told by us' },
        journey: 'message:told by us',
        detail: `why ${CARD}`,
      });
      tap.capture.record([ours]);
      await tap.until(
        () => kinds('paid').length + kinds('cut').length + kinds('told by us').length === 3,
        'the facts',
      );
      const [fact] = facts('paid');
      expect(Buffer.from(fact?.message?.body.data ?? '', 'base64').toString()).toBe(
        '{"order":1,"login":{"password":"[redacted]"},"pan":"[redacted]"}',
      );
      const written = readdirSync(join(dir, 'facts')).map((f) =>
        readFileSync(join(dir, 'facts', f)).toString('latin1'),
      );
      expect(written.some((text) => text.includes('told by us'))).toBe(true);
      for (const secret of [
        SECRET,
        CARD,
        CARD.slice(0, 8),
        Buffer.from(SECRET).toString('base64').slice(0, 12),
      ])
        expect(written.filter((text) => text.includes(secret))).toEqual([]);
    });

    test('bodies are kept as chosen from the next event on, our own too', async () => {
      await change({ body: { mode: 'off', firstBytes: 1_024 } });
      channel.sendToQueue('pay', Buffer.from('hello'), { messageId: 'no body' });
      await channel.waitForConfirms();
      await tap.until(() => kinds('no body').length === 1, 'the fact');
      expect(facts('no body')[0]?.message?.body).toEqual({ size: 5, data: null, truncated: true });
      await change({ body: { mode: 'first', firstBytes: 4 } });
      const message = {
        properties: {},
        headers: [],
        body: { size: 5, data: btoa('hello'), truncated: false },
      };
      tap.capture.record([tap.ownFact({ ids: { messageId: 'ours' }, journey: 'message:ours', message })]);
      await tap.until(() => kinds('ours').length === 1, 'our fact');
      expect(facts('ours')[0]?.message?.body).toEqual({ size: 5, data: btoa('hell'), truncated: true });
    });

    test('a purge forgets what is stored and counts it; what is chosen outlives a restart', async () => {
      const { facts: there } = tap.capture.status().store;
      const before = counts();
      const gone = await tap.capture.purge(null);
      expect(gone).toBeGreaterThanOrEqual(there);
      expect([kinds('paid'), kinds('heard again')]).toEqual([[], []]);
      expect(counts().received).toBe(counts().known);
      expect(counts().received).toBeGreaterThanOrEqual(before.received);
      channel.sendToQueue('pay', Buffer.from('x'), { messageId: 'after the purge' });
      await channel.waitForConfirms();
      await tap.until(() => kinds('after the purge').length === 1, 'what came after it');

      await listen({ mode: 'chosen', exchanges: ['a.c'], queues: [] });
      const gap = openGap('scope');
      await tap.stop();
      tap = await listenTo(broker, dir, settings);
      await tap.until(() => tap.status().state === 'on', 'the tap');
      expect(tap.capture.settings()).toMatchObject({
        scopes: { [broker.vhost]: { mode: 'chosen', exchanges: ['a.c'] } },
        body: { firstBytes: 4 },
      });
      expect(openGap('scope')).toEqual(gap);
      channel.publish('a.b', '', Buffer.from('x'), { messageId: 'unheard' });
      channel.publish('a.c', '', Buffer.from('x'), { messageId: 'heard' });
      await channel.waitForConfirms();
      await tap.until(() => kinds('heard').length === 1, 'what is chosen');
      expect(kinds('unheard')).toEqual([]);
    });
  });
}
