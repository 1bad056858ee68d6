/** The past on the queue's page and the Overview: ranges, a closer look by keys, pointer and URL, and what happened. */
import { AxeBuilder } from '@axe-core/playwright';
import { expect } from 'playwright/test';
import { test } from './stage.ts';

test('a range and a closer look are in the URL, by keys and by drag, and the way back leads out', async ({
  page,
  stage,
  client,
}) => {
  const channel = await client.createChannel();
  // gone with its connection, at the end of the test
  const { queue } = await channel.assertQueue('history-zoom', { durable: false, exclusive: true });
  const recorded = async () => {
    const answer = await stage.api('GET', `/api/history?vhost=%2F&queue=${queue}&last=1800000`);
    const { points }: { points: unknown[] } = await answer.json();
    return points.length;
  };
  await expect.poll(recorded, { timeout: 30_000 }).toBeGreaterThan(0);
  await page.goto(`/queues/%2F/${queue}?range=3h`);
  const depth = page.getByRole('img', { name: /^Depth of the last three hours/ });
  await expect(depth).toBeVisible();
  await expect(page.getByRole('radio', { name: '3 h' })).toBeChecked();

  await page.getByRole('button', { name: 'Closer' }).press('Enter');
  await expect(page).toHaveURL(/from=\d+&to=\d+/);
  const span = (url: string) => {
    const { searchParams } = new URL(url);
    return { from: Number(searchParams.get('from')), to: Number(searchParams.get('to')) };
  };
  const closer = span(page.url());
  expect(closer.to - closer.from).toBe(90 * 60_000);
  // every chart of the page follows
  await expect(
    page.getByRole('img', { name: /^(Depth|Rates|Consumers) of \d+ \w+ \d\d:\d\d to / }),
  ).toHaveCount(3);

  await page.getByRole('button', { name: 'Earlier' }).press('Enter');
  await expect.poll(() => span(page.url()).to).toBe(closer.to - 45 * 60_000);
  await page.goBack();
  await expect.poll(() => span(page.url())).toEqual(closer);

  const box = await page.getByRole('img', { name: /^Rates of/ }).boundingBox();
  if (!box) throw new Error('the chart of rates is not drawn');
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 4 });
  await page.mouse.up();
  await expect.poll(() => span(page.url()).to).toBeLessThan(closer.to);
  const dragged = span(page.url());
  expect(dragged.from).toBeGreaterThan(closer.from);

  // somebody who is sent the address sees the same
  await page.reload();
  await expect(page.getByRole('button', { name: 'Back to the last three hours' })).toBeVisible();
  expect(span(page.url())).toEqual(dragged);
  await page.getByRole('button', { name: 'Back to the last three hours' }).click();
  await expect(page).toHaveURL(/\/queues\/%2F\/history-zoom\?range=3h$/);
});

test('what happened is marked, listed for the keyboard and leads to more', async ({
  page,
  stage,
  client,
}) => {
  const channel = await client.createChannel();
  const { queue } = await channel.assertQueue('history-marks', { durable: false, autoDelete: false });
  try {
    const { consumerTag } = await channel.consume(queue, () => undefined, { noAck: true });
    const consumers = async () => {
      const answer = await stage.api('GET', '/api/consumers');
      return JSON.stringify(await answer.json());
    };
    await expect.poll(consumers, { timeout: 30_000 }).toContain(consumerTag);
    await channel.cancel(consumerTag);
    const published = await stage.api('POST', '/api/publish', { vhost: '/', queue, body: 'x' });
    expect(published.status).toBe(200);
    const happened = async () => {
      const answer = await stage.api('GET', `/api/moments?vhost=%2F&queue=${queue}`);
      const { moments }: { moments: { kind: string }[] } = await answer.json();
      return moments.map((m) => m.kind);
    };
    await expect
      .poll(happened, { timeout: 30_000 })
      .toEqual(expect.arrayContaining(['consumer gone', 'publish']));

    await page.goto(`/queues/%2F/${queue}`);
    const list = page.locator('details', { hasText: 'happened in the last half hour' });
    await list.locator('summary').press('Enter');
    await expect(list.getByText(/Publish one message to queue history-marks/)).toBeVisible();
    const results = await new AxeBuilder({ page })
      .setLegacyMode(true)
      .withTags(['wcag2a', 'wcag2aa', 'wcag22aa'])
      .analyze();
    expect(results.violations).toEqual([]);
    await list
      .getByRole('button', { name: /^Look closer at/ })
      .first()
      .press('Enter');
    await expect(page).toHaveURL(/from=\d+&to=\d+/);
  } finally {
    await channel.deleteQueue(queue);
  }
});

test('the Overview goes back as far, in the same way', async ({ page }) => {
  await page.goto('/');
  await page.getByText('24 h', { exact: true }).first().click();
  await expect(page).toHaveURL(/range=24h/);
  for (const what of ['Rates', 'Messages', 'Consumers'])
    await expect(page.getByRole('img', { name: new RegExp(`^${what} of the last day`) })).toBeVisible();
});
