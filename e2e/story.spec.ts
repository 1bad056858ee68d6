/**
 * A message is published with the page, a consumer rejects it, it is found dead, replayed, and arrives:
 *
 *   ●publish ──▶ ▭work ──▶ ●deliver 1 ──✕ rejected ──▶ ▭dead ──▶ ◆replay ──▶ ▭work ──▶ ●deliver 2
 */
import { journeyAnswerSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const work = `story-${process.pid}`;
const dead = `${work}.dead`;

test.beforeEach(async ({ client }) => {
  const channel = await client.createChannel();
  await channel.assertExchange(`${work}.dlx`, 'topic', { durable: true });
  await channel.assertQueue(dead, { durable: true });
  await channel.bindQueue(dead, `${work}.dlx`, '#');
  await channel.assertQueue(work, { durable: true, arguments: { 'x-dead-letter-exchange': `${work}.dlx` } });
});
test.afterAll(async ({ stage }) => {
  for (const queue of [work, dead]) await stage.broker('DELETE', `/api/queues/%2F/${queue}`);
  await stage.broker('DELETE', `/api/exchanges/%2F/${work}.dlx`);
});

test('a message is published, dies, is found by its cause, replayed, and delivered', async ({
  page,
  stage,
  client,
}) => {
  test.setTimeout(120_000);
  const main = page.getByRole('main');
  const consumer = await client.createChannel();
  const hops = async (id: string) =>
    journeyAnswerSchema.parse(await (await stage.api('GET', `/api/journeys/${id}`)).json()).journey.hops;

  // A consumer is there and the tap listens to the new dead-letter exchange before anything is sent.
  const verdicts: ('reject' | 'ack')[] = ['reject', 'ack'];
  await consumer.consume(work, (message) => {
    if (!message) return;
    if (verdicts.shift() === 'reject') consumer.reject(message, false);
    else consumer.ack(message);
  });
  await until(
    'the dead-letter tap',
    async () => {
      const bindings = await stage.broker('GET', `/api/exchanges/%2F/${work}.dlx/bindings/source`);
      return Array.isArray(bindings) && bindings.length >= 2;
    },
    30_000,
  );

  // Publish with the page; the journey opens with publish, queue, delivery, and shows the death.
  await page.goto(`/publish?queue=${work}`);
  await expect(main.getByRole('link', { name: work })).toBeVisible({ timeout: 20_000 });
  await page.getByLabel('Body', { exact: true }).fill('{"orderId":8841}');
  await page.getByRole('button', { name: 'Publish 1 message' }).click();
  await page.getByRole('link', { name: 'Follow its journey' }).click();
  await expect(page).toHaveURL(/\/journeys\/trace%3A([0-9a-f]{32})/);
  const traceId = /trace%3A([0-9a-f]{32})/.exec(page.url())?.[1] ?? '';
  const strip = page.getByRole('group', { name: /Journey strip/ });
  await expect(strip).toBeVisible();
  await expect(strip.getByRole('button', { name: /Died, rejected/ })).toBeVisible();
  await expect(main).toContainText(dead);
  const before = await hops(traceId);
  expect(before.map((h) => h.kind)).toEqual(['publish', 'queue', 'delivery', 'death', 'queue']);
  expect(before.find((h) => h.kind === 'death')).toMatchObject({
    queue: work,
    reason: 'rejected',
    provenance: 'observed',
    source: 'dead-letter-tap',
  });

  // Dead letters lists it by its cause; the plan says what will happen; the receipt what did.
  await page.goto('/dead-letters');
  await main.getByText(dead, { exact: true }).first().click();
  await expect(main.getByRole('region', { name: 'Causes' })).toContainText(work);
  await expect(main.getByRole('region', { name: 'Causes' })).toContainText('rejected');
  await page.getByRole('button', { name: 'Read messages' }).click();
  await expect(main.getByRole('checkbox', { name: 'Choose message 1' })).toBeVisible();
  await main.getByRole('checkbox', { name: 'Choose message 1' }).check();
  await page.getByRole('button', { name: /^Replay 1 message/ }).click();
  const plan = page.getByRole('dialog', { name: 'Replay plan' });
  await expect(plan).toContainText(work);
  await plan.getByRole('button', { name: 'Replay 1 message' }).click();
  await expect(page).toHaveURL(/\/replays\//);
  await expect(main.getByText(/^delivered$/i).first()).toBeVisible();

  // The same journey, found again by its trace ID, shows the replay and the delivery.
  await page.getByRole('button', { name: /Queue, trace ID or message ID/ }).click();
  await expect(page.getByRole('combobox', { name: 'Queue name, or any ID of a message' })).toBeFocused();
  await page.keyboard.type(traceId);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(traceId));
  const after = await until('the copy to be delivered', async () => {
    const list = await hops(traceId);
    return list.filter((h) => h.kind === 'delivery').length >= 2 ? list : null;
  });
  expect(after.map((h) => h.kind)).toEqual([
    'publish',
    'queue',
    'delivery',
    'death',
    'queue',
    'replay',
    'queue',
    'delivery',
  ]);
  expect(after.find((h) => h.kind === 'replay')).toMatchObject({
    provenance: 'observed',
    replay: { by: 'guest', fromQueue: dead },
  });
  await expect(strip.getByRole('button', { name: /[Rr]eplayed/ }).first()).toBeVisible();
  expect((await consumer.checkQueue(dead)).messageCount).toBe(0);
});
