/** Finding a message: by filters in the URL and by hand, by header and body, further back, and as it comes in. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { journeyListSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const name = `search-${process.pid}`;
const queue = `${name}.orders`;
const other = `${name}.mail`;
/** More than one page. */
const MANY = 130;

const box = (page: Page) => page.getByRole('combobox', { name: 'Find journeys' });
const rows = (page: Page) => page.getByRole('grid', { name: 'Journeys' }).getByRole('row');
const chip = (page: Page, word: string) => page.getByRole('button', { name: `Remove ${word}` });
const open = async (page: Page, search: string) => {
  await page.goto(`/journeys?${search}`);
  await expect(box(page)).toBeVisible();
  // the box comes with the page, its keys with the scripts: the live line is up only once they run
  await expect(page.getByRole('button', { name: /^Status: live/ })).toBeVisible();
};

test.beforeAll(async ({ stage, client }) => {
  const channel = await client.createConfirmChannel();
  await channel.assertExchange(name, 'topic');
  for (const each of [queue, other]) await channel.assertQueue(each, { durable: true });
  await channel.bindQueue(queue, name, 'order.#');
  await channel.bindQueue(other, name, 'mail.#');
  for (let i = 0; i < MANY; i++)
    channel.publish(name, 'order.created', Buffer.from(`{"order":${i}}`), { messageId: `${name}-o${i}` });
  channel.publish(name, 'mail.welcome', Buffer.from('{"say":"Timed out at the door"}'), {
    messageId: `${name}-m`,
    headers: { tenant: 'acme', 'two words': 'a b' },
  });
  await channel.waitForConfirms();
  await until('all to be found', async () => {
    const answer = await stage.api('GET', `/api/journeys?exchange=${name}&limit=200`);
    return journeyListSchema.parse(await answer.json()).journeys.length === MANY + 1;
  });
});
test.afterAll(async ({ stage }) => {
  for (const each of [queue, other]) await stage.broker('DELETE', `/api/queues/%2F/${each}`);
  await stage.broker('DELETE', `/api/exchanges/%2F/${name}`);
});

test('filters in the URL are chips, each of which goes by the keyboard', async ({ page }) => {
  await open(page, `exchange=${name}&key=mail.*&header=tenant%3Dacme&text=timed+out`);
  await expect(rows(page)).toHaveCount(2); // with the head
  await expect(rows(page).nth(1)).toContainText(other);
  for (const word of [`exchange:${name}`, 'key:mail.*', 'header:tenant=acme', 'text:"timed out"'])
    await expect(chip(page, word)).toBeVisible();
  await page.keyboard.press('/');
  await expect(box(page)).toBeFocused();
  await page.keyboard.press('Backspace');
  await expect(chip(page, 'text:"timed out"')).toBeHidden();
  await page.keyboard.press('ArrowLeft');
  await expect(chip(page, 'header:tenant=acme')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Delete');
  await expect(chip(page, 'key:mail.*')).toBeHidden();
  expect([...new URL(page.url()).searchParams]).toEqual([
    ['exchange', name],
    ['header', 'tenant=acme'],
  ]);
});

test('typed by hand, with a suggestion taken, and opened by the keyboard alone', async ({ page }) => {
  await open(page, '');
  await page.keyboard.press('/');
  await expect(box(page)).toBeFocused();
  await page.keyboard.type(`header:"two words=a b" queue:${name}.m`);
  await expect(page.getByRole('option', { name: other })).toBeVisible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(chip(page, `queue:${other}`)).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
  await page.keyboard.type('status:lost ');
  await expect(page.getByText('a status is one of')).toBeVisible();
  await expect(box(page)).toHaveValue('status:lost ');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`/journeys/message%3A${name}-m`));
});

test('clicked together in the menu, which axe finds nothing in', async ({ page }) => {
  await open(page, '');
  await page.getByRole('button', { name: 'Filter' }).click();
  const menu = page.getByRole('dialog', { name: 'Filter journeys' });
  await menu.getByLabel('Text in the body').fill('timed OUT');
  await menu.getByLabel('Exchange').fill(name);
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map((v) => v.id)).toEqual([]);
  await menu.getByRole('button', { name: 'Show these' }).click();
  await expect(menu).toBeHidden();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'All time' }).click();
  await page.getByRole('dialog', { name: 'Time' }).getByRole('button', { name: 'Last hour' }).click();
  await expect(chip(page, 'from:1h')).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
});

test('a filter that the server refuses is named, and what was asked stays', async ({ page }) => {
  await open(page, `exchange=${name}&from=tomorrow`);
  await expect(page.getByRole('main').getByRole('alert')).toContainText('from');
  await expect(chip(page, `exchange:${name}`)).toBeVisible();
  await chip(page, 'from:tomorrow').click();
  await expect(rows(page).nth(1)).toBeVisible();
});

test('older ones follow below, each once; nothing that fits says what was asked', async ({ page }) => {
  await open(page, `queue=${queue}`);
  const grid = page.getByRole('grid', { name: 'Journeys' });
  await expect(grid).toHaveAttribute('aria-rowcount', '101');
  await page.getByRole('button', { name: /^(Show older|Look further back)$/ }).click();
  await expect(grid).toHaveAttribute('aria-rowcount', String(MANY + 1));
  await expect(page.getByText(`${MANY} journeys, not renewed`)).toBeVisible();
  await open(page, `queue=${queue}&text=nobody+wrote+this`);
  await expect(page.getByRole('heading', { name: 'No journey fits all of this' })).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'text:"nobody wrote this"', exact: true }).click();
  await expect(rows(page).nth(1)).toBeVisible();
});

test('Live shows what fits as it comes in; paused it stands still and counts', async ({ page, client }) => {
  const channel = await client.createConfirmChannel();
  const publish = async (id: string, key: string) => {
    channel.publish(name, key, Buffer.from('{}'), { messageId: `${name}-${id}` });
    await channel.waitForConfirms();
  };
  await open(page, `queue=${other}`);
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  await expect(page).toHaveURL(/live=1/);
  await expect(page.getByText('nothing comes in now')).toBeVisible();
  await publish('other', 'order.created');
  await publish('live', 'mail.live');
  await expect(rows(page)).toHaveCount(3);
  await expect(rows(page).nth(1)).toContainText('mail.live');
  await page.getByRole('button', { name: 'Pause' }).click();
  await publish('late', 'mail.late');
  await expect(page.getByText('paused, 1 new')).toBeVisible();
  await expect(rows(page)).toHaveCount(3);
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(rows(page).nth(1)).toContainText('mail.late');
});

test('latency names the queue, and leads to its journeys of the slowest minute', async ({ page, client }) => {
  const channel = await client.createChannel();
  await channel.consume(other, (message) => message && channel.ack(message));
  await open(page, `view=latency&queue=${other}&from=15m`);
  await expect(page.getByRole('img', { name: new RegExp(`queue ${other}.*p95 \\d`) })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
  expect(violations.map((v) => v.id)).toEqual([]);
  await page.getByRole('link', { name: / at \d\d:\d\d:00/ }).click();
  await expect(page).toHaveURL(/\/journeys\?.*from=20/);
  await expect(rows(page).nth(1)).toContainText(other);
});
