/**
 * `script/replay` against the running application, as a CI job calls it: what it prints, what it sends, and the exit code of
 * each end.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { ConfirmChannel } from 'amqplib';
import { z } from 'zod';
import { deadLetterListSchema } from '../lib/model/api.ts';
import { replayJobSchema } from '../lib/model/replay.ts';
import { freePort, until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const script = resolve(import.meta.dirname, '../script/lib/replay.ts');
const WORK = 'script.work';
const DEAD = 'script.dead';
const ended = z.object({ exit: z.number(), words: z.string(), replay: replayJobSchema });

interface Ran {
  code: number;
  out: string;
  err: string;
}

/** Six dead letters of two tenants. */
async function sixDead(channel: ConfirmChannel): Promise<void> {
  for (const queue of [WORK, DEAD]) await channel.deleteQueue(queue);
  await channel.assertQueue(DEAD, { durable: true });
  await channel.assertQueue(WORK, { durable: true, deadLetterExchange: '', deadLetterRoutingKey: DEAD });
  for (let n = 0; n < 6; n++)
    channel.sendToQueue(WORK, Buffer.from(JSON.stringify({ order: n })), {
      persistent: true,
      messageId: `s${n}`,
      headers: { 'x-tenant': n % 2 === 0 ? 'acme' : 'other' },
    });
  await channel.waitForConfirms();
  const { consumerTag } = await channel.consume(WORK, (m) => m && channel.reject(m, false));
  await until('all to be dead', async () => (await depth(channel, DEAD)) === 6);
  await channel.cancel(consumerTag);
}
const depth = async (channel: ConfirmChannel, queue: string) =>
  (await channel.checkQueue(queue)).messageCount;

test('a CI job plans, replays, waits, and is told by the exit code how it ended', async ({
  stage,
  client,
}) => {
  test.setTimeout(240_000);
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-script-'));
  const password = join(dir, 'password');
  writeFileSync(password, 'guest\n');
  const run = (args: string[], { url = stage.url, passwordFile = password } = {}) =>
    new Promise<Ran>((done) => {
      const access = ['--url', url, '--user', 'guest', '--password-file', passwordFile];
      // HOPLIGHT_* of the test run must not reach it
      const env: NodeJS.ProcessEnv = { NODE_ENV: 'production', PATH: process.env.PATH, HOME: dir };
      const child = execFile(process.execPath, [script, ...args, ...access], { env }, (_error, out, err) =>
        done({ code: child.exitCode ?? -1, out, err }),
      );
    });
  const channel = await client.createConfirmChannel();
  await sixDead(channel);
  const where = ['--queue', DEAD, '--where', 'header.x-tenant=acme'];

  // the management API tells of a new queue after a moment
  const list = await until('the queue to be listed', async () => {
    const { code, out } = await run(['list', '--json']);
    const { queues } = deadLetterListSchema.parse({ ...JSON.parse(out), exit: undefined });
    return code === 0 && queues.some((q) => q.queue === DEAD) && out;
  });
  expect(list).toContain(DEAD);

  const dry = await run([...where, '--dry-run']);
  expect(dry, dry.err).toMatchObject({ code: 0 });
  expect(dry.out).toContain(`3 messages of 6 in ${DEAD}`);
  expect(dry.out).toContain('Nothing was sent.');
  expect(await depth(channel, DEAD)).toBe(6);

  const receipt = join(dir, 'receipt.csv');
  const real = [...where, '--follow', '0', '--idempotency-key', 'ci-job-41', '--json'];
  const first = await run([...real, '--wait', '--receipt', receipt]);
  expect(first, first.err).toMatchObject({ code: 0 });
  const job = ended.parse(JSON.parse(first.out)).replay;
  expect(job).toMatchObject({ state: 'done', counts: { selected: 3 } });
  expect(readFileSync(receipt, 'utf8').trim().split('\n')).toHaveLength(4);
  expect(await depth(channel, WORK)).toBe(3);

  // the same call again: the same job, and nothing is sent
  const again = await run([...real, '--wait']);
  expect(again, again.err).toMatchObject({ code: 0 });
  expect(ended.parse(JSON.parse(again.out)).replay.id).toBe(job.id);
  expect(await depth(channel, WORK)).toBe(3);
  const other = await run([...real, '--rate', '5']);
  expect(other).toMatchObject({ code: 2 });
  expect(other.err).toContain('ci-job-41 stands for another request');

  // consent: refused without, done with
  const take = ['--queue', DEAD, '--act', 'delete', '--where', '$.order=1', '--wait'];
  const unasked = await run(take);
  expect(unasked, unasked.out).toMatchObject({ code: 2 });
  expect(await depth(channel, DEAD)).toBe(3);
  const codes = [...unasked.err.matchAll(/^ {2}(\w+): /gm)].map(([, code]) => code);
  const agreed = await run([...take, '--consent', codes.join(',')]);
  expect(agreed, agreed.err).toMatchObject({ code: 0 });
  expect(await depth(channel, DEAD)).toBe(2);

  // a message without a death cannot go back to where it died: the rest does, and the exit code says so
  channel.sendToQueue(DEAD, Buffer.from('no death'), { messageId: 'stray' });
  await channel.waitForConfirms();
  const some = await run(['--queue', DEAD, '--wait', '--follow', '0', '--json']);
  expect(some, some.err).toMatchObject({ code: 3 });
  expect(ended.parse(JSON.parse(some.out)).replay.counts).toMatchObject({ skipped: 1 });
  expect(await depth(channel, DEAD)).toBe(1);

  // somebody must decide: 4; then he does
  await sixDead(channel);
  const slow = await run(['--queue', DEAD, '--rate', '0.02', '--follow', '0', '--json']);
  expect(slow, slow.err).toMatchObject({ code: 0 });
  const { id } = ended.parse(JSON.parse(slow.out)).replay;
  expect(await run(['pause', id])).toMatchObject({ code: 0 });
  const paused = await run(['status', id]);
  expect(paused, paused.err).toMatchObject({ code: 4 });
  expect(paused.out).toContain('paused');
  expect(await run(['cancel', id])).toMatchObject({ code: 0 });
  const cancelled = await run(['status', id]);
  expect(cancelled, cancelled.err).toMatchObject({ code: 3 });

  // refused by the plan, by the door, and nobody there
  expect(await run(['--queue', DEAD, '--to', 'queue:script.nowhere', '--dry-run'])).toMatchObject({
    code: 2,
  });
  const wrong = join(dir, 'wrong');
  writeFileSync(wrong, 'not it');
  expect(await run(['list'], { passwordFile: wrong })).toMatchObject({ code: 2 });
  expect(await run(['list'], { url: `http://127.0.0.1:${await freePort()}` })).toMatchObject({ code: 5 });
  rmSync(dir, { recursive: true });
});
