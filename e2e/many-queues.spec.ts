/**
 * Ten thousand queues of a real broker in the list: it opens, scrolls to its end with few rows in the document, filters,
 * sorts, keeps all that in its address, and a live change moves nothing under the reader. Times are printed, not asserted:
 * they are the machine's (`script/bench pages` measures them).
 */
import { AxeBuilder } from '@axe-core/playwright';
import amqp from 'amqplib';
import { firstRow, ROWS, scroll, watch, watched } from '../bench/page-watch.ts';
import { queueListSchema } from '../lib/model/api.ts';
import { answer, startNode, stopNode } from '../script/lib/broker-node.ts';
import { declareMany, manyName } from '../test/many-queues.ts';
import { startApp, type TestApp, until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const COUNT = 10_000;
const name = `e2e-many-${process.pid}`;
let address = '';
let app: TestApp;

test.describe.configure({ mode: 'serial', timeout: 240_000 });

test.beforeAll(async () => {
  const node = answer(await startNode({ name, owner: process.pid }));
  address = node.amqp.replace('amqp://', `amqp://${node.user}:${node.password}@`);
  const env = { HOPLIGHT_AUTO_SIGN_IN: '1' };
  await declareMany({ amqp: address, count: COUNT, holding: 50, used: 0 });
  app = await startApp({ amqp: address, management: node.management, env });
  await until(
    'all queues to be read',
    async () => {
      const { status, body } = await app.api('GET', '/api/queues');
      return status === 200 && queueListSchema.parse(body).total === COUNT;
    },
    60_000,
  );
});

test.afterAll(async () => {
  await app?.stop();
  await stopNode(name, { kill: true, wipe: true });
});

test('the list opens, scrolls to its end, and holds few rows in the document', async ({ page }, info) => {
  await watch(page);
  await page.goto(`${app.url}/queues?sort=name:asc`);
  const figures: Record<string, unknown> = { firstRowMs: await firstRow(page) };
  await expect(page.getByRole('heading', { name: 'Queues' }).locator('..')).toContainText('10,000');
  expect(await page.locator(ROWS).count()).toBeLessThan(120);

  await page.mouse.move(640, 600);
  figures.scroll = await scroll(page, 2_000);
  await page.mouse.move(640, 10);
  await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  await expect(page.getByRole('link', { name: manyName(COUNT - 1) })).toBeInViewport();
  expect(await page.locator(ROWS).count()).toBeLessThan(120);
  figures.longTasks = (await watched(page)).longTasks;

  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes[0]?.html}`)).toEqual([]);
  console.log(`ten thousand queues: ${JSON.stringify(figures)}`);
  await info.attach('ten thousand queues', {
    body: JSON.stringify(figures),
    contentType: 'application/json',
  });
});

test('what is filtered, picked and sorted stands in the address, and is there again after a reload', async ({
  page,
}) => {
  await page.goto(`${app.url}/queues`);
  const head = page.getByRole('heading', { name: 'Queues' }).locator('..');
  await expect(head).toContainText('10,000');
  await page.keyboard.press('/');
  await page.keyboard.type('0042');
  await expect(head).toContainText('11 of 10,000');
  await page.getByRole('columnheader', { name: 'Queue' }).getByRole('button').click();
  await page.getByRole('button', { name: 'Filter' }).click();
  await page.getByRole('dialog', { name: 'Filter by' }).getByLabel('Type').selectOption('classic');
  await expect(page).toHaveURL(/q=0042\+type%3Aclassic/);
  await expect(page).toHaveURL(/sort=name%3Aasc/);
  await page.reload();
  await expect(head).toContainText('11 of 10,000');
  await expect(page.getByRole('searchbox', { name: 'Filter queues' })).toHaveValue('0042 type:classic');
  // what holds messages and has no consumer stands first, under its own head
  const names = page.locator(ROWS).getByRole('link');
  await expect(names.nth(0)).toHaveText('many.00042');
  await expect(names.nth(1)).toHaveText('many.00420');
  await expect(names.nth(10)).toHaveText('many.00429');
  await page.getByRole('searchbox', { name: 'Filter queues' }).fill('type:stream');
  await expect(page.getByText('No queue fits')).toBeVisible();
});

test('a live change shows in its row, and moves neither the page nor the focus', async ({ page }) => {
  const queue = manyName(5_000);
  const client = await amqp.connect(address);
  try {
    const channel = await client.createChannel();
    await channel.prefetch(10);
    await channel.consume(queue, () => undefined); // holds what it gets
    await page.goto(`${app.url}/queues?sort=name:asc`);
    await expect(page.locator(ROWS).first()).toBeVisible();
    await page.mouse.move(640, 10);
    const link = page.getByRole('link', { name: queue });
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight / 2));
    await expect(link).toBeInViewport();
    await link.focus();
    const stood = await page.evaluate(() => scrollY);
    const row = page.locator(ROWS).filter({ has: link });
    const unacked = row.getByRole('gridcell').nth(3);
    await expect(unacked).toHaveText('0');
    for (let i = 0; i < 3; i++) channel.sendToQueue(queue, Buffer.from('{}'));
    await expect(unacked).toHaveText('3');
    await expect(link).toBeFocused();
    expect(await page.evaluate(() => scrollY)).toBe(stood);
  } finally {
    await client.close();
  }
});
