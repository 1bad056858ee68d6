/**
 * The application is killed again and again while it replays; every message arrives, and what arrived twice is listed.
 *
 *   dead-letter queue: 2,000 ──▶ replay ──✕ kill ──▶ start, resume ──✕ kill ──▶ … ──▶ done
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConsumeMessage } from 'amqplib';
import { z } from 'zod';
import { replayAnswerSchema } from '../lib/model/api.ts';
import { DEFAULT_WINDOW } from '../lib/replay/deps.ts';
import { freePort, startApp, type TestApp, until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const MESSAGES = 2_000;
const KILLS = 3;

for (const type of ['classic', 'quorum'] as const)
  test(`killing the application during a replay of ${MESSAGES} loses nothing (${type})`, async ({
    stage,
    client,
  }) => {
    test.setTimeout(240_000);
    const name = `kill.${type}`;
    const channel = await client.createConfirmChannel();
    await channel.assertExchange(`${name}.dlx`, 'fanout');
    await channel.assertQueue(`${name}.dead`, { durable: true, arguments: { 'x-queue-type': type } });
    await channel.bindQueue(`${name}.dead`, `${name}.dlx`, '');
    await channel.assertQueue(name, {
      durable: true,
      arguments: { 'x-queue-type': type, 'x-dead-letter-exchange': `${name}.dlx` },
    });
    for (let i = 0; i < MESSAGES; i++)
      channel.sendToQueue(name, Buffer.from(JSON.stringify({ order: i })), {
        persistent: true,
        messageId: `m${i}`,
      });
    await channel.waitForConfirms();
    const { consumerTag } = await channel.consume(name, (m) => m && channel.nack(m, false, false));
    await until(
      'all to be dead',
      async () => (await channel.checkQueue(`${name}.dead`)).messageCount === MESSAGES,
      60_000,
    );
    await channel.cancel(consumerTag);

    const dataDir = mkdtempSync(join(tmpdir(), 'hoplight-kill-'));
    const port = await freePort();
    // The tap of the shared application listens already; two would only slow both.
    const start = () =>
      startApp({
        amqp: stage.amqp,
        management: stage.management,
        dataDir,
        port,
        env: { HOPLIGHT_TAP: 'off' },
      });
    let app: TestApp = await start();
    const job = async () =>
      replayAnswerSchema.parse((await app.api('GET', `/api/replays/${id}`)).body).replay;
    const started = await until('the replay to be taken', async () => {
      const answer = await app.api('POST', '/api/replays', { vhost: '/', queue: `${name}.dead`, rate: 400 });
      return answer.status === 202 ? answer : null;
    });
    const id = replayAnswerSchema.parse(started.body).replay.id;

    for (let kill = 1; kill <= KILLS; kill++) {
      await until('some to be sent', async () => {
        const { counts, state } = await job();
        const sent = counts.confirmed + counts.delivered + counts.settled;
        return state !== 'running' || sent >= (MESSAGES * kill) / (KILLS + 2);
      });
      await app.kill('SIGKILL');
      app = await start();
      expect((await job()).state).toBe('interrupted');
      const resumed = await until('the broker to have noticed', async () => {
        const answer = await app.api('POST', `/api/replays/${id}`, { action: 'resume' });
        return answer.status < 300 ? answer : null;
      });
      expect(replayAnswerSchema.parse(resumed.body).replay.state).toBe('running');
    }
    const done = await until(
      'the replay to end',
      async () => ((await job()).state === 'running' ? null : job()),
      60_000,
    );
    expect(done.state).toBe('done');

    // A last message behind all copies: when it is here, so is everything before it.
    channel.sendToQueue(name, Buffer.from('end'), { messageId: 'end' });
    await channel.waitForConfirms();
    const arrived = new Map<string, number>();
    const read = await client.createChannel();
    await new Promise<void>((done, fail) => {
      const take = (message: ConsumeMessage | null) => {
        const id = message ? String(message.properties.messageId) : null;
        if (id === null) fail(new Error('the queue was deleted'));
        else if (id === 'end') done();
        else arrived.set(id, (arrived.get(id) ?? 0) + 1);
      };
      read.consume(name, take, { noAck: true }).catch(fail);
    });
    const copies = [...arrived.values()].reduce((a, b) => a + b, 0);
    const twice = copies - arrived.size;
    const receipt = z.string().parse((await app.api('GET', `/api/replays/${id}/receipt`)).body);
    const listed = receipt
      .split('\n')
      .filter((line) => /possibly duplicated|,(true|yes),/i.test(line)).length;
    test.info().annotations.push({
      type: 'result',
      description: `${arrived.size} of ${MESSAGES} arrived, ${twice} twice, ${done.counts.possiblyDuplicated} listed as possibly duplicated`,
    });

    expect(arrived.size).toBe(MESSAGES);
    expect((await read.checkQueue(`${name}.dead`)).messageCount).toBe(0);
    expect(twice).toBeLessThanOrEqual(KILLS * DEFAULT_WINDOW);
    expect(done.counts.possiblyDuplicated).toBeGreaterThanOrEqual(twice);
    expect(listed).toBe(done.counts.possiblyDuplicated);
    await app.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
