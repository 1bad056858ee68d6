/**
 * The dead letters of one queue as somebody on call looks through them:
 *
 *   ●publish ×24 ──▶ ▭work ──✕ rejected for two reasons ──▶ ▭dead   found by filter, cause, key; noted; one edited, sent back
 */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright/test';
import { deadLetterListSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const work = `letters-${process.pid}`;
const dead = `${work}.dead`;
const tenants = ['acme', 'nordic', 'acme'];
const errors = ['timeout calling psp', 'unknown currency'];

test.beforeEach(async ({ client }) => {
  const channel = await client.createConfirmChannel();
  await channel.assertQueue(dead, { durable: true });
  await channel.assertQueue(work, {
    durable: true,
    arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead },
  });
  if ((await channel.checkQueue(dead)).messageCount > 0) return;
  await channel.consume(work, (message) => message && channel.reject(message, false), { consumerTag: 'no' });
  for (let n = 0; n < 24; n++)
    channel.sendToQueue(work, Buffer.from(JSON.stringify({ order: { id: 9_000 + n }, sku: `A-${n % 4}` })), {
      contentType: 'application/json',
      messageId: `L${n}-${process.pid}`,
      persistent: true,
      headers: {
        'x-tenant': tenants[n % 3],
        'x-exception-message': errors[n % 2],
        'x-flags': { beta: true },
      },
    });
  await channel.waitForConfirms();
  await until('all to have died', async () => (await channel.checkQueue(dead)).messageCount === 24, 20_000);
  await channel.cancel('no');
});
test.afterAll(async ({ stage }) => {
  for (const queue of [work, dead]) await stage.broker('DELETE', `/api/queues/%2F/${queue}`);
});

const box = (page: Page) => page.getByRole('searchbox', { name: 'Filter messages' });

async function read(page: Page, where = '') {
  await page.goto(`/dead-letters?queue=${dead}${where === '' ? '' : `&where=${encodeURIComponent(where)}`}`);
  // the list of queues is read from the broker every few seconds
  await page.getByRole('button', { name: /^Read (messages|with this filter)/ }).click({ timeout: 60_000 });
}

async function filter(page: Page, where: string, found: string) {
  await page.keyboard.press('/');
  await expect(box(page)).toBeFocused();
  await box(page).fill(where);
  await page.keyboard.press('Enter');
  await expect(page.getByText(found, { exact: true })).toBeVisible();
}

test('finds them by header, by JSON path, by text; what matches can be chosen, and the address says so', async ({
  page,
}) => {
  await read(page);
  await expect(
    page.getByRole('checkbox', { name: /^letters-.* rejected timeout calling psp, 12 messages/ }),
  ).toBeVisible();
  await filter(page, 'header.x-tenant=nordic', '8 match of 24');
  await filter(page, 'header.x-tenant=nordic $.sku=A-1', '2 match of 24');
  await filter(page, '$.order.id=9007', '1 matches of 24');
  await filter(page, `L11-${process.pid}`, '1 matches of 24');

  await page.keyboard.press('/');
  await box(page).fill('header.x-tenant=nordic colour=red');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert').filter({ hasText: 'There is no term colour=' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Read with this filter/ })).toHaveAttribute('aria-disabled');

  await filter(page, 'error=currency header.x-tenant=acme', '8 match of 24');
  await page.getByRole('button', { name: 'Choose all that match' }).click();
  await page.getByRole('button', { name: 'Replay 8 messages…' }).click();
  const plan = page.getByRole('dialog', { name: 'Replay plan' });
  await expect(plan.getByRole('button', { name: 'Replay 8 messages' })).toBeVisible();
  await page.keyboard.press('Escape');

  const address = page.url();
  await page.goto('/queues');
  await page.goto(address);
  await expect(box(page)).toHaveValue('error=currency header.x-tenant=acme');
});

test('chooses ranges with Shift, by keys and by cause within a filter', async ({ page }) => {
  await read(page, 'header.x-tenant=acme');
  await expect(page.getByText('16 match of 24', { exact: true })).toBeVisible();
  const boxes = page.getByRole('checkbox', { name: /^Choose message/ });
  await boxes.nth(1).click();
  await boxes.nth(4).click({ modifiers: ['Shift'] });
  await expect(page.getByRole('button', { name: 'Replay 4 messages…' })).toBeVisible();
  await page.getByRole('grid', { name: 'Messages' }).focus();
  for (const key of ['ArrowDown', ' ']) await page.keyboard.press(key);
  await expect(page.getByRole('button', { name: 'Replay 5 messages…' })).toBeVisible();
  await page.getByRole('button', { name: 'Clear' }).click();
  await page.getByRole('checkbox', { name: /unknown currency, 8 messages/ }).check();
  await page.getByRole('button', { name: 'Replay 8 messages…' }).click();
  // not the 12 of the whole cause
  await expect(
    page.getByRole('dialog', { name: 'Replay plan' }).getByRole('button', { name: 'Replay 8 messages' }),
  ).toBeVisible();
});

test('a cause is noted and muted, for everybody, and heard again', async ({ page, stage }) => {
  const notes = async () =>
    deadLetterListSchema
      .parse(await (await stage.api('GET', '/api/dead-letters')).json())
      .queues.find((q) => q.queue === dead)?.notes;
  await read(page);
  const causes = page.getByRole('region', { name: 'Causes' });
  const menu = causes.getByRole('button', { name: /^Mute or note: .* unknown currency/ });
  await menu.click();
  await page.getByRole('textbox', { name: 'Note' }).fill('Ask finance, ticket 812.');
  await page.getByRole('button', { name: 'Keep the note' }).click();
  // the closed form may still hold the same words
  await expect(page.getByRole('textbox', { name: 'Note' })).toBeHidden();
  await expect(causes.getByText('Ask finance, ticket 812.').filter({ visible: true })).toBeVisible();
  await menu.click();
  await page.getByRole('button', { name: 'Mute for 1 day' }).click();
  await expect(causes.getByText('1 muted cause, 12 messages')).toBeVisible();
  await expect(menu).toBeHidden();
  expect(Object.values((await notes()) ?? {})).toMatchObject([
    { text: 'Ask finance, ticket 812.', by: 'guest' },
  ]);
  await causes.getByText('1 muted cause, 12 messages').click();
  await menu.click();
  await page.getByRole('button', { name: 'Unmute' }).click();
  await expect(causes.getByText(/muted cause/)).toBeHidden();
  expect(Object.values((await notes()) ?? {})).toMatchObject([{ mutedUntil: null }]);
});

for (const { width, colorScheme } of [
  { width: 390, colorScheme: 'dark' as const },
  { width: 1280, colorScheme: 'light' as const },
])
  test(`each state is accessible at ${width} px, ${colorScheme}`, async ({ page }) => {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const inspect = async (state: string) => {
      const axe = new AxeBuilder({ page })
        .setLegacyMode(true)
        .withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']);
      // where a page is scrolled to, its bar may cover half of a row's box; with all in sight the size is looked at
      if (state === 'one chosen' && width === 390) axe.disableRules(['target-size']);
      const { violations } = await axe.analyze();
      expect(
        violations.map((v) => `${state}: ${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(', ')}`),
      ).toEqual([]);
      expect(
        await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        ),
      ).toBe(0);
    };
    await read(page);
    await page.getByRole('checkbox', { name: 'Choose message 3', exact: true }).check();
    await inspect('one chosen');
    await page.keyboard.press('/');
    await inspect('examples');
    await filter(page, 'header.x-tenant=acme', '16 match of 24');
    await page.getByRole('button', { name: /^Mute or note: .* timeout/ }).click();
    await inspect('menu');
    await page.keyboard.press('Escape');
    await page.getByRole('grid', { name: 'Messages' }).focus();
    for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
    await expect(page.getByRole('tab', { name: 'Properties' })).toBeVisible();
    await inspect('message');
    await page.getByRole('dialog').getByRole('button', { name: 'Edit and replay…' }).click();
    await page.getByRole('tab', { name: /Headers/ }).click();
    await page.getByRole('button', { name: 'Add a header' }).click();
    await inspect('edit');
  });

// last: it takes one away
test('a message is walked to by keys, its JSON mended, and its copy is what was typed', async ({
  page,
  client,
}) => {
  await read(page);
  await page.getByRole('grid', { name: 'Messages' }).focus();
  for (const key of ['Home', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
  const sheet = page.getByRole('dialog', { name: `L1-${process.pid}` });
  await expect(sheet.getByText('2 of 24')).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByText('3 of 24')).toBeVisible();
  await page.keyboard.press('k');
  await expect(sheet).toBeVisible();
  await sheet.getByRole('tab', { name: /Deaths/ }).click();
  await expect(sheet.getByText(new RegExp(`^Rejected in ${work} at \\d`))).toBeVisible();
  expect(page.url()).toMatch(/message=.*tab=history|tab=history.*message=/);

  await sheet.getByRole('button', { name: 'Edit and replay…' }).click();
  const edit = page.getByRole('dialog', { name: /^Edit L1-/ });
  const body = edit.getByRole('textbox', { name: 'Body, UTF-8' });
  const go = edit.getByRole('button', { name: /^Plan replay of the edited message/ });
  await expect(go).toHaveAttribute('aria-disabled');
  await body.fill('{"order":\n {"id" 1}}');
  await expect(edit.getByRole('alert')).toHaveText(
    'Not JSON, line 2, character 8: 1 stands where a colon is due.',
  );
  await expect(go).toHaveAttribute('aria-disabled');
  await body.fill('{"order":\n {"id": 1}}');
  await edit.getByRole('tab', { name: /Headers/ }).click();
  await edit.getByRole('textbox', { name: 'Value of x-tenant' }).fill('mended');
  await edit.getByRole('button', { name: 'Remove x-flags' }).click();
  await edit.getByRole('tab', { name: /Difference/ }).click();
  await expect(edit.getByText('taken off', { exact: true })).toBeVisible();
  await go.click();
  const plan = page.getByRole('dialog', { name: /^Replay plan/ });
  await plan.getByRole('button', { name: 'Replay 1 message' }).click();
  await expect(page).toHaveURL(/\/replays\//, { timeout: 60_000 });
  const channel = await client.createChannel();
  const copy = await until('the copy to be there', async () => (await channel.get(work)) || null, 60_000);
  expect(copy.content.toString()).toBe('{"order":\n {"id": 1}}');
  expect(copy.properties.headers).toMatchObject({ 'x-tenant': 'mended', 'x-exception-message': errors[1] });
  expect(copy.properties.headers).not.toHaveProperty('x-flags');
  channel.ack(copy);
});
