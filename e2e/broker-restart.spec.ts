/** The broker goes and comes back under the open application: every page stays, says since when, and recovers. */
import amqp from 'amqplib';
import { healthSchema, journeyListSchema } from '../lib/model/api.ts';
import { restartNode, stopNode } from '../script/lib/broker-node.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const screens = ['/', '/queues', '/consumers', '/journeys', '/dead-letters', '/publish'];

test('the broker stops and returns: pages stay, say since when, and are live again within 5 seconds', async ({
  page,
  stage,
}) => {
  test.setTimeout(180_000);
  const setUp = await amqp.connect(stage.amqp);
  const first = await setUp.createChannel();
  await first.assertQueue('survivor', { durable: true });
  await setUp.close();
  await page.goto('/queues');
  await expect(page.getByText('survivor')).toBeVisible();

  await stopNode(stage.node);
  const banner = page
    .getByRole('status')
    .filter({ hasText: /away|does not answer/i })
    .first();
  await expect(banner).toBeVisible();
  await expect(banner).toContainText(/\d\d:\d\d:\d\d/);
  await expect(page.getByText('survivor')).toBeVisible();
  for (const path of screens) {
    await page.goto(path);
    await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
    await expect(banner).toBeVisible();
  }
  const publish = await stage.api('POST', '/api/publish', { queue: 'survivor', body: 'x' });
  expect(publish.status).toBe(503);
  expect(await publish.json()).toMatchObject({ code: 'broker_unreachable', notDone: expect.any(String) });
  expect(['DEGRADED', 'DOWN']).toContain(
    healthSchema.parse(await (await stage.api('GET', '/api/health')).json()).status,
  );

  await page.goto('/queues');
  await restartNode(stage.node);
  const back = Date.now();
  await expect(banner).toBeHidden({ timeout: 5_000 });
  await until(
    'health to be up',
    async () => healthSchema.parse(await (await stage.api('GET', '/api/health')).json()).status === 'UP',
    15_000,
  );
  test.info().annotations.push({
    type: 'result',
    description: `live again ${Date.now() - back} ms after the broker answered`,
  });

  // The tap is on again: a message sent now has its journey.
  const again = await amqp.connect(stage.amqp);
  const channel = await again.createChannel();
  const found = await until('a journey of a message sent after the return', async () => {
    const id = `after-${Math.random().toString(36).slice(2)}`;
    channel.sendToQueue('survivor', Buffer.from('{}'), { messageId: id });
    return until(
      'it',
      async () =>
        journeyListSchema.parse(await (await stage.api('GET', `/api/journeys?q=${id}`)).json()).journeys[0],
      1_000,
    );
  });
  expect(found.queues).toContain('survivor');
  await channel.deleteQueue('survivor');
  await again.close();
});
