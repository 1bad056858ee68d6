/**
 * Four consumers as they are met at night, at a broker of no other traffic: one full while messages wait, one that holds
 * messages and acks none, one whose client reads too little, one whose process is killed. Each stands on the page with the
 * right word; the connection of the killed one tells what happened at it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import amqp from 'amqplib';
import { consumerListSchema } from '../lib/model/api.ts';
import { momentListSchema } from '../lib/model/moment.ts';
import { startFaultProxy } from '../test/fault-proxy.ts';
import { bandwidth } from '../test/toxics.ts';
import { startApp, type TestApp, until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const root = resolve(import.meta.dirname, '..');
const shots = process.env.HOPLIGHT_SHOTS ?? join(root, 'e2e/results/screens');
const vhost = 'night-shift';

type Client = Awaited<ReturnType<typeof amqp.connect>>;
const ends: (() => unknown)[] = [];

async function service(url: string, name: string): Promise<Client> {
  const client = await amqp.connect(url, { clientProperties: { connection_name: name } });
  client.on('error', () => undefined);
  ends.push(() => client.close().catch(() => undefined));
  return client;
}

/** Acks one message each 250 ms: slower than it is given more. */
async function beSlow(client: Client, queue: string): Promise<void> {
  const channel = await client.createChannel();
  await channel.prefetch(5);
  const held: amqp.Message[] = [];
  await channel.consume(queue, (message) => message && held.push(message), { consumerTag: 'slow' });
  const timer = setInterval(() => {
    const message = held.shift();
    if (message) channel.ack(message);
  }, 250);
  ends.push(() => clearInterval(timer));
}

async function holdOn(client: Client, queue: string): Promise<void> {
  const channel = await client.createChannel();
  await channel.prefetch(20);
  await channel.consume(queue, () => {}, { consumerTag: 'stuck' });
}

/**
 * Its client reads hardly anything: what the broker wants to hand on piles up in the sockets, and the queue hands on no more.
 * After 30 s in which the socket took too little the broker closes it.
 */
async function readLittle(url: string, queue: string): Promise<void> {
  const proxy = await startFaultProxy(url, () => ({ toClient: bandwidth(13 * 1024) }));
  ends.push(() => proxy.close());
  const client = await amqp.connect(proxy.url, { clientProperties: { connection_name: 'reporter' } });
  client.on('error', () => undefined);
  const channel = await client.createChannel();
  await channel.consume(queue, () => {}, { consumerTag: 'asleep', noAck: true });
}

async function killable(url: string, queue: string, tag: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['test/consume-until-killed.ts', url, queue, tag], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  ends.push(() => child.kill('SIGKILL'));
  await new Promise<void>((done) => child.stdout?.once('data', () => done()));
  return child;
}

async function conditionsOf(app: TestApp): Promise<Map<string, string>> {
  const list = consumerListSchema.parse((await app.api('GET', '/api/consumers')).body);
  return new Map(list.consumers.filter((c) => c.vhost === vhost).map((c) => [c.tag, c.condition]));
}

test.afterEach(async ({ stage }) => {
  for (const end of ends.splice(0).reverse()) await end();
  await stage.broker('DELETE', `/api/vhosts/${vhost}`).catch(() => undefined);
});

test('a saturated, a stuck, a sleeping and a killed consumer, each by its word, with what to do', async ({
  page,
  stage,
}) => {
  test.setTimeout(180_000);
  await stage.broker('PUT', `/api/vhosts/${vhost}`, {});
  await stage.broker('PUT', `/api/permissions/${vhost}/guest`, { configure: '.*', write: '.*', read: '.*' });
  const url = `${stage.amqp.replace(/\/$/, '')}/${vhost}`;
  const feeder = await service(url, 'feeder');
  const channel = await feeder.createConfirmChannel();
  for (const queue of ['orders', 'mail', 'reports', 'audit']) await channel.assertQueue(queue);
  const small = Buffer.from('x');
  const big = Buffer.alloc(128 * 1024);
  for (let i = 0; i < 500; i++) channel.sendToQueue('orders', small);
  for (let i = 0; i < 12; i++) channel.sendToQueue('mail', small);
  await beSlow(await service(url, 'order-worker'), 'orders');
  await holdOn(await service(url, 'mailer'), 'mail');
  // more than the sockets take and the channel is handed ahead
  for (let i = 0; i < 400; i++) channel.sendToQueue('reports', big);
  const killed = await killable(url, 'audit', 'auditor');
  await channel.waitForConfirms();

  const app = await startApp({
    amqp: stage.amqp,
    management: stage.management,
    env: { HOPLIGHT_AUTO_SIGN_IN: '1', HOPLIGHT_TAP: 'off', HOPLIGHT_STUCK_MINUTES: '0.2' },
  });
  ends.push(() => app.stop());
  await until('the auditor to be seen', async () => (await conditionsOf(app)).has('auditor'));
  killed.kill('SIGKILL');
  const gone = await until('the auditor to be gone, and why', async () => {
    const list = consumerListSchema.parse((await app.api('GET', '/api/consumers')).body);
    return list.gone.find((g) => g.tag === 'auditor');
  });
  expect(gone.check).not.toBe('');
  await page.goto(`${app.url}/consumers?vhost=${vhost}`);
  const grid = page.getByRole('grid', { name: 'Consumers' });
  const row = (queue: string) => grid.getByRole('row').filter({ hasText: queue });
  await readLittle(url, 'reports');
  await expect(row('reports')).toContainText('idle, messages wait', { timeout: 60_000 });
  await expect(row('orders')).toContainText('It holds all 5 that prefetch allows while messages wait', {
    timeout: 60_000,
  });
  await expect(row('mail')).toContainText('12 unacked, nothing acked for over');
  // the gravest first
  await expect(grid.getByRole('row').nth(1)).toContainText('stuck');
  const went = page.getByRole('region', { name: 'Went away' });
  await expect(went.getByText(gone.cause, { exact: false }).first()).toBeVisible();
  await expect(went).toContainText(gone.check);

  await page.getByRole('button', { name: /^Saturated 1$/ }).click();
  await expect(page).toHaveURL(/condition=saturated/);
  await expect(row('mail')).toBeHidden();
  await page.getByRole('button', { name: /^All/ }).click();
  await page.getByRole('columnheader', { name: 'Held for' }).getByRole('button').click();
  await expect(page).toHaveURL(/sort=oldest/);

  // by keyboard: the killed one's connection, with its consumer and what happened there
  await went.getByRole('link', { name: 'auditor' }).focus();
  await page.keyboard.press('Enter');
  const sheet = page.getByRole('dialog', { name: 'auditor' });
  await expect(sheet).toContainText(gone.reason);
  await expect(sheet.getByRole('listitem').filter({ hasText: 'Consumer auditor' }).first()).toBeVisible();
  expect(new URL(page.url()).searchParams.get('connection')).toBe(gone.connection);
  mkdirSync(shots, { recursive: true });
  await look(page, 'connection');
  await page.keyboard.press('Escape');
  await expect(sheet).toBeHidden();
  await look(page, 'consumers-night');

  await page.goto(`${app.url}/queues/${vhost}/audit`);
  const happened = page.getByRole('region', { name: 'What happened' });
  await expect(happened).toContainText('Consumer auditor');
  const told = momentListSchema.parse((await app.api('GET', `/api/moments?vhost=${vhost}&queue=audit`)).body);
  await expect(happened.getByRole('listitem')).toHaveCount(told.moments.length);
  await happened.scrollIntoViewIfNeeded();
  await look(page, 'queue-happened');
});

async function look(page: import('playwright/test').Page, name: string): Promise<void> {
  for (const [width, height] of [
    [1280, 900],
    [390, 844],
  ] as const)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme });
      const axe = new AxeBuilder({ page }).setLegacyMode(true);
      // in the dark look the colours alone are new
      const { violations } = await (colorScheme === 'dark'
        ? axe.withRules(['color-contrast', 'link-in-text-block'])
        : axe.withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'])
      ).analyze();
      expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join()}`)).toEqual([]);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
      ).toBeLessThanOrEqual(0);
      await page.screenshot({ path: join(shots, `${name}-${width}-${colorScheme}.png`) });
    }
  await page.setViewportSize({ width: 1280, height: 900 });
}
