/** Pages that stayed open while the server was replaced by another build. */
import { expect, test } from './stage.ts';

test('a page that is older than the server says so, and can be loaded again', async ({ page }) => {
  await page.route('**/api/live', (route) =>
    route.fulfill({ contentType: 'text/event-stream', body: 'event: build\ndata: another\n\n' }),
  );
  await page.goto('/queues');
  await expect(page.getByText('This page is older than the server.')).toBeVisible();
  await page.unroute('**/api/live');
  await page.getByRole('button', { name: 'Load it again' }).click();
  await expect(page.getByRole('button', { name: /^Status: live/ })).toBeVisible();
  await expect(page.getByText('This page is older than the server.')).toBeHidden();
});

test('an answer of another build is not shown, and why is', async ({ page }) => {
  await page.route('**/api/dead-letters', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'x-hoplight-build': 'another' } });
  });
  await page.goto('/dead-letters');
  await expect(page.getByText('This page is older than the server: load it again.')).toBeVisible();
});
