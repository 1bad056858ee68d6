/**
 * The story of an incident. A billing service fails for two reasons; the causes stand on the page; the fix for one of them is
 * deployed; a replay sends one order alone, then the rest, is paused and goes on; what fails for the other reason is named.
 *
 *   ▭billing ──▶ ●billing service ──✕ rejected (psp times out), ✕ delivery limit (2 broken orders) ──▶ ▭billing.dead
 *                                                            fix deployed ─┐
 *   ▭billing.dead ──◆canary──▶ ▭billing ──▶ ● ✓ settled ── ◆ the rest at 20/s ─ ‖ pause ─ ▶ at 200/s ──▶ ✓ … ✕✕ died again
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { deadLetterListSchema, replayAnswerSchema } from '../lib/model/api.ts';
import { auditListSchema } from '../lib/model/audit.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const GOOD = 600;
const BROKEN = [9_001, 9_002];
const ALL = GOOD + BROKEN.length;
const work = `incident-${process.pid}`;
const dead = `${work}.dead`;
const quorum = { 'x-queue-type': 'quorum' };

interface Service {
  process: ChildProcess;
  charged: number[];
  stop: () => Promise<void>;
}
const services: Service[] = [];

function deploy(stage: { amqp: string; url: string }, answers: boolean): Service {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'incident-service.ts'), work], {
    env: {
      ...process.env,
      AMQP_URL: stage.amqp,
      OTEL_EXPORTER_OTLP_ENDPOINT: stage.url,
      OTEL_BSP_SCHEDULE_DELAY: '250',
      OTEL_SERVICE_NAME: 'billing',
      PSP_ANSWERS: answers ? 'yes' : 'no',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const charged: number[] = [];
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    charged.push(...lines.map(Number));
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  const service: Service = {
    process: child,
    charged,
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
  services.push(service);
  return service;
}

test.afterAll(async ({ stage }) => {
  for (const { process: child } of services) if (child.exitCode === null) child.kill('SIGKILL');
  for (const queue of [work, dead]) await stage.broker('DELETE', `/api/queues/%2F/${queue}`);
  await stage.broker('DELETE', `/api/exchanges/%2F/${work}.dlx`);
});

test('an incident: causes, the fix, a canary, the rest with a pause, and what died again by name', async ({
  page,
  stage,
  client,
}) => {
  test.setTimeout(180_000);
  const main = page.getByRole('main');
  const channel = await client.createConfirmChannel();
  await channel.assertExchange(`${work}.dlx`, 'topic', { durable: true });
  await channel.assertQueue(dead, { durable: true, arguments: quorum });
  await channel.bindQueue(dead, `${work}.dlx`, '#');
  await channel.assertQueue(work, {
    durable: true,
    arguments: { ...quorum, 'x-dead-letter-exchange': `${work}.dlx`, 'x-delivery-limit': 2 },
  });
  await until('the dead-letter tap', async () => {
    const bindings = await stage.broker('GET', `/api/exchanges/%2F/${work}.dlx/bindings/source`);
    return Array.isArray(bindings) && bindings.length >= 2;
  });
  const lying = async () => (await channel.checkQueue(dead)).messageCount;

  // The incident: every order dies.
  const broken = deploy(stage, false);
  const send = (order: object, messageId: string) =>
    channel.sendToQueue(work, Buffer.from(JSON.stringify(order)), {
      persistent: true,
      contentType: 'application/json',
      messageId,
      // as the shop's front sent it, within a trace of its own for each order
      headers: { traceparent: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01` },
    });
  for (let order = 1; order <= GOOD; order++) send({ order, amount: 100 + order }, `order-${order}`);
  for (const order of BROKEN) send({ order }, `order-${order}`);
  await channel.waitForConfirms();
  await until('all orders to be dead', async () => (await lying()) === ALL, 30_000);
  expect(broken.charged).toEqual([]);

  // The page names both causes, with how many died of each.
  await until('both causes to be counted', async () => {
    const answer = deadLetterListSchema.parse(await (await stage.api('GET', '/api/dead-letters')).json());
    const causes = answer.queues.find((q) => q.queue === dead)?.causes ?? [];
    return causes.length === 2 && causes.reduce((n, c) => n + c.count, 0) === ALL;
  });
  await page.goto(`/dead-letters?queue=${dead}`);
  const causes = main.getByRole('region', { name: 'Causes' });
  await expect(causes).toContainText('rejected');
  await expect(causes).toContainText(String(GOOD));
  await expect(causes).toContainText('delivery limit');

  // The fix is deployed, for one of the two.
  await broken.stop();
  const mended = deploy(stage, true);
  await until(
    'the mended service to consume',
    async () => (await channel.checkQueue(work)).consumerCount === 1,
  );

  // The plan: one first, then carefully.
  await page.getByRole('button', { name: /^Choose all/ }).click();
  await page.getByRole('button', { name: new RegExp(`^Replay ${ALL} messages`) }).click();
  const plan = page.getByRole('dialog', { name: 'Replay plan' });
  await expect(plan).toContainText(`${ALL} messages go to ${work} and nowhere else`);
  await expect(plan.getByRole('switch', { name: /Send the first alone/ })).toBeChecked();
  await plan.getByLabel('Messages per second at most').fill('20');
  await plan.getByRole('button', { name: `Replay ${ALL} messages` }).click();
  await expect(page).toHaveURL(/\/replays\/([^?]+)/);
  const id = /\/replays\/([^?]+)/.exec(page.url())?.[1] ?? '';
  const answer = async () =>
    replayAnswerSchema.parse(await (await stage.api('GET', `/api/replays/${id}`)).json());

  // The canary settles, the rest follows, somebody pauses it: nothing is sent, and nothing is held.
  const steps = main.getByRole('region', { name: 'Steps' });
  await expect(steps).toContainText('Canary sent: 1 message');
  await expect(steps).toContainText(/Canary settled after/);
  await page.getByRole('button', { name: 'Pause' }).click();
  const paused = main.getByRole('region', { name: 'Paused' });
  await expect(paused).toContainText('Paused by guest.');
  const { counts: at } = (await answer()).replay;
  expect(at.waiting, 'of the rest some were sent and some were not').toBeGreaterThan(0);
  expect(ALL - at.waiting).toBeGreaterThan(1);
  expect(await lying(), 'what waits lies in the queue, ready').toBe(at.waiting + at.diedAgain);

  // What was settled so far gives trust: the rest may go at 200 a second.
  await main.getByRole('button', { name: '20/s' }).click();
  const pace = page.getByRole('dialog', { name: 'Change the rate' });
  await pace.getByLabel('Messages per second at most').fill('200');
  await pace.getByRole('button', { name: 'Set the rate' }).click();
  await expect(steps).toContainText('Pace: 200 messages per second, by guest');
  await paused.getByRole('button', { name: 'Resume' }).click();

  // It ends: all but two are settled, and these are named.
  await expect(main.getByText('done', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
  await expect(main.getByText(`Of ${ALL} messages: ${GOOD} settled; 2 died again.`)).toBeVisible();
  const failed = main.getByRole('grid', { name: 'Did not make it' });
  for (const order of BROKEN)
    await expect(failed.getByRole('row').filter({ hasText: `order-${order}` })).toContainText(
      /died again.*delivery limit.*order has no amount/,
    );

  // Receipt, audit, broker and service agree.
  const { replay } = await answer();
  expect(replay.counts).toMatchObject({ selected: ALL, settled: GOOD, diedAgain: 2, waiting: 0, unknown: 0 });
  const receipt = await (await stage.api('GET', `/api/replays/${id}/receipt`)).text();
  const rows = receipt.trim().split('\r\n').slice(1);
  expect(rows.filter((row) => row.includes('"settled"'))).toHaveLength(GOOD);
  expect(
    rows
      .filter((row) => row.includes('"died again"'))
      .map((row) => /order-(\d+)/.exec(row)?.[1])
      .sort(),
  ).toEqual(BROKEN.map(String));
  expect(await lying()).toBe(2);
  expect(await channel.checkQueue(work)).toMatchObject({ messageCount: 0 });
  expect(mended.charged.toSorted((a, b) => a - b)).toEqual(Array.from({ length: GOOD }, (_, i) => i + 1));
  await until('the management API to have counted the same', async () => {
    const queue = await stage.broker('GET', `/api/queues/%2F/${dead}`);
    return z.object({ messages: z.literal(2) }).safeParse(queue).success;
  });
  const { entries, chain } = auditListSchema.parse(await (await stage.api('GET', '/api/audit')).json());
  const mine = entries.filter((entry) => entry.href === `/replays/${id}`);
  expect(chain.state).toBe('whole');
  expect(mine.every((entry) => entry.outcome !== null)).toBe(true);
  expect(mine.map((entry) => entry.kind).toSorted()).toEqual([
    'replay',
    'replay pace',
    'replay pause',
    'replay resume',
  ]);
  await mended.stop();
});
