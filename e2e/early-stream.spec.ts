/** The live stream is asked for by the page itself, before any of its code is there; there is one a page, whatever comes. */
import type { Page, Request } from 'playwright/test';
import { expect, test } from './stage.ts';

const SCRIPTS = '**/_next/static/**/*.js';

/** Holds the page's code back until the function that it gives is called. */
async function withoutCode(page: Page): Promise<() => void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  await page.route(SCRIPTS, async (route) => {
    await promise;
    await route.continue();
  });
  return resolve;
}

function streamsOf(page: Page): Request[] {
  const streams: Request[] = [];
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/live') streams.push(request);
  });
  return streams;
}

const isLive = (page: Page) => expect(page.getByRole('button', { name: /^Status: live/ })).toBeVisible();

test('it is open before the page’s code is there, and is the one that the page then uses', async ({
  page,
  client,
}) => {
  await page.goto('/queues');
  await isLive(page);
  const streams = streamsOf(page);
  const release = await withoutCode(page);
  await page.goto('/queues', { waitUntil: 'commit' });
  await page.waitForFunction(() => (window.__hoplightLive?.came.length ?? 0) >= 2);
  expect(await page.evaluate(() => window.__hoplightLive?.came.map(([name]) => name).slice(0, 2))).toEqual([
    'build',
    'live',
  ]);
  release();
  await isLive(page);
  expect(await page.evaluate(() => window.__hoplightLive)).toBeUndefined();

  // another screen of the same page, and back; a later reading comes by the same stream
  await page.getByRole('link', { name: 'Consumers' }).first().click();
  await expect(page.getByRole('heading', { name: 'Consumers', level: 1 })).toBeVisible();
  await page.goBack();
  const queue = `early-${process.pid}`;
  const channel = await client.createChannel();
  await channel.assertQueue(queue, { exclusive: true });
  await expect(page.getByRole('link', { name: queue })).toBeVisible();
  expect(streams).toHaveLength(1);
});

test('refused before the page’s code is there, it leads to the sign-in page, which opens none', async ({
  page,
  context,
}) => {
  await page.goto('/queues');
  await isLive(page);
  await context.addCookies([{ name: 'hoplight_session', value: 'of-nobody', url: page.url() }]);
  const release = await withoutCode(page);
  const streams = streamsOf(page);
  const refused = page.waitForResponse('**/api/live');
  await page.goto('/queues?sort=name:asc', { waitUntil: 'commit' });
  expect((await refused).status()).toBe(401);
  await page.route('**/api/session', (route) =>
    route.request().method() === 'POST' ? route.abort() : route.continue(),
  );
  release();
  await page.waitForURL(/\/sign-in\?next=%2Fqueues%3Fsort%3Dname%3Aasc$/);
  await expect(page.getByRole('heading', { name: 'Hoplight' })).toBeVisible();
  expect(streams).toHaveLength(1);
});
