/** The publish page: where it would go, what the broker said, what stays in the form. */
import type { Page } from 'playwright/test';
import { expect, test } from './stage.ts';

const queue = `publish-page-${process.pid}`;
const main = (page: Page) => page.getByRole('main');

test.beforeEach(async ({ client }) => {
  const channel = await client.createChannel();
  await channel.assertQueue(queue, { durable: true });
  await channel.assertExchange(`${queue}.topic`, 'topic');
  await channel.bindQueue(queue, `${queue}.topic`, 'order.*');
});
test.afterAll(async ({ stage }) => {
  await stage.broker('DELETE', `/api/queues/%2F/${queue}`);
  await stage.broker('DELETE', `/api/exchanges/%2F/${queue}.topic`);
});

test('sends to a queue, says that it is confirmed, and leads to the journey', async ({ page, client }) => {
  await page.goto(`/publish?queue=${queue}`);
  await expect(main(page).getByRole('link', { name: queue })).toBeVisible({ timeout: 20_000 });
  await page.getByLabel('Body', { exact: true }).fill('{"orderId":8841}');
  await page.getByLabel('Body', { exact: true }).press('Control+Enter');
  await expect(page.getByRole('heading', { name: 'Last sent' })).toBeVisible();
  await expect(main(page).getByText('confirmed', { exact: true })).toBeVisible();
  const message = await (await client.createChannel()).get(queue, { noAck: true });
  if (!message) throw new Error('no message');
  expect(message.content.toString()).toBe('{"orderId":8841}');
  expect(message.properties).toMatchObject({ contentType: 'application/json', deliveryMode: 2 });
  await page.getByRole('link', { name: 'Follow its journey' }).click();
  await expect(page).toHaveURL(/\/journeys\/trace%3A[0-9a-f]{32}/);
});

test('an exchange: what would be returned is told before and after', async ({ page }) => {
  await page.goto(`/publish?exchange=${queue}.topic&key=order.created`);
  await expect(main(page).getByRole('link', { name: queue })).toBeVisible({ timeout: 20_000 });
  await page.getByLabel('Routing key').fill('nobody.listens');
  await expect(main(page).getByText('No queue would take it: it would be returned.')).toBeVisible();
  await page.getByRole('button', { name: 'Publish 1 message' }).click();
  await expect(main(page).getByText('returned', { exact: true })).toBeVisible();
});

test('a refusal is shown in place, and the form keeps everything, also when one leaves it', async ({
  page,
}) => {
  await page.goto('/publish?exchange=not.there&key=k');
  await page.getByLabel('Body', { exact: true }).fill('kept');
  await expect(main(page).getByText(/Not JSON/)).toBeVisible();
  await page.getByRole('button', { name: 'Add a header' }).click();
  await page.getByLabel('Name of header 1').fill('x-tenant');
  await page.getByLabel('Value of x-tenant').fill('acme');
  await page.getByRole('button', { name: 'Publish 1 message' }).click();
  const refusal = main(page).getByRole('alert');
  await expect(refusal).toContainText("no exchange 'not.there'");
  await expect(refusal).toContainText('The message was not published.');
  await page.goto('/queues');
  await page.goto('/publish');
  await expect(page.getByLabel('Body', { exact: true })).toHaveValue('kept');
  await expect(page.getByLabel('Value of x-tenant')).toHaveValue('acme');
  await expect(page.getByLabel('Routing key')).toHaveValue('k');
});

test('a page whose scripts are still on their way takes no letter that it would lose', async ({ page }) => {
  await page.goto('/publish');
  const body = page.getByLabel('Body', { exact: true });
  await expect(body).toBeEnabled();
  let arrive = () => {};
  const scripts = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  await page.route('**/_next/static/**/*.js', async (route) => {
    await scripts;
    await route.continue();
  });
  await page.goto('/publish?exchange=not.there&key=k', { waitUntil: 'commit' });
  await expect(body).toBeDisabled();
  arrive();
  await body.fill('kept');
  await expect(main(page).getByText(/Not JSON/)).toBeVisible();
});

test('what is missing is named at its field, and nothing is sent', async ({ page }) => {
  const sent: string[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/publish')) sent.push(request.url());
  });
  await page.goto('/publish');
  await page.getByRole('button', { name: 'Publish 1 message' }).click();
  await expect(main(page).getByText('Name a queue', { exact: true })).toBeVisible();
  await expect(page.getByLabel('Queue', { exact: true }).last()).toBeFocused();
  expect(sent).toEqual([]);
});
