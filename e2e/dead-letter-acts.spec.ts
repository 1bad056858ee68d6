/**
 * The other two acts on dead letters, each through its plan:
 *
 *   ▭dead: 6 ──move 2──▶ ▭kept: 2, as they were      ▭dead: 4 ──delete──▶ a file of 4, and nothing left
 */
import { readFileSync } from 'node:fs';
import { replayAnswerSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const work = `acts-${process.pid}`;
const dead = `${work}.dead`;
const kept = `${work}.kept`;

test.beforeAll(async ({ client }) => {
  const channel = await client.createConfirmChannel();
  for (const queue of [dead, kept]) await channel.assertQueue(queue, { durable: true });
  await channel.assertQueue(work, {
    durable: true,
    arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': dead },
  });
  await channel.consume(work, (message) => message && channel.reject(message, false), { consumerTag: 'no' });
  for (let n = 0; n < 6; n++)
    channel.sendToQueue(work, Buffer.from(`{"order":${n}}`), {
      messageId: `A${n}-${process.pid}`,
      persistent: true,
      headers: { 'x-tenant': n < 2 ? 'acme' : 'nordic' },
    });
  await channel.waitForConfirms();
  await until('all to have died', async () => (await channel.checkQueue(dead)).messageCount === 6);
  await channel.cancel('no');
});
test.afterAll(async ({ stage }) => {
  for (const queue of [work, dead, kept]) await stage.broker('DELETE', `/api/queues/%2F/${queue}`);
});

test('some are moved into another queue as they are; the rest is deleted when that is agreed to, and kept in a file', async ({
  page,
  stage,
  client,
}) => {
  await page.goto(`/dead-letters?queue=${dead}&where=${encodeURIComponent('header.x-tenant=acme')}`);
  // the list of queues is read from the broker every few seconds
  await page.getByRole('button', { name: /^Read (messages|with this filter)/ }).click({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Choose all that match' }).click();
  await page.getByRole('button', { name: 'Move…' }).filter({ visible: true }).click();
  const move = page.getByRole('dialog', { name: 'Move plan' });
  await expect(move.getByRole('button', { name: /^Move/ })).toHaveAttribute('aria-disabled', 'true');
  await move.getByRole('combobox', { name: 'Queue' }).fill(kept);
  await move.getByRole('button', { name: 'Move 2 messages' }).click();
  await expect(page).toHaveURL(/\/replays\//, { timeout: 60_000 });
  await expect(page.getByRole('main').getByText('done', { exact: true }).first()).toBeVisible();
  const channel = await client.createChannel();
  const depths = async () =>
    Promise.all([work, dead, kept].map(async (queue) => (await channel.checkQueue(queue)).messageCount));
  expect(await depths()).toEqual([0, 4, 2]);
  const moved = await channel.get(kept);
  if (!moved) throw new Error('nothing was moved');
  expect(moved.content.toString()).toBe('{"order":0}');
  expect(moved.properties.messageId).toBe(`A0-${process.pid}`);
  expect(JSON.stringify(moved.properties.headers)).toContain(`"queue":"${work}"`);
  channel.ack(moved);

  await page.goto(`/dead-letters?queue=${dead}`);
  await page.getByRole('button', { name: /^Choose all/ }).click({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Delete…' }).filter({ visible: true }).click();
  const plan = page.getByRole('dialog', { name: 'Delete plan' });
  const act = plan.getByRole('button', { name: 'Delete 4 messages' });
  await expect(act).toHaveAttribute('aria-disabled', 'true');
  await plan.getByRole('textbox', { name: new RegExp(dead.replaceAll('.', '\\.')) }).fill(dead);
  await act.click();
  await expect(page).toHaveURL(/\/replays\//, { timeout: 60_000 });
  const id = /\/replays\/([^?]+)/.exec(page.url())?.[1] ?? '';
  await until('the deletion to end', async () => {
    const answer = await stage.api('GET', `/api/replays/${id}`);
    return replayAnswerSchema.parse(await answer.json()).replay.state === 'done';
  });
  const coming = page.waitForEvent('download');
  await page
    .getByRole('link', { name: /^Download/ })
    .first()
    .click();
  const lines = readFileSync(await (await coming).path(), 'utf8')
    .trimEnd()
    .split('\n');
  const bodies = lines.map((line): string => Buffer.from(JSON.parse(line).body, 'base64').toString());
  expect(bodies).toEqual([2, 3, 4, 5].map((n) => `{"order":${n}}`));
  expect((await (await client.createChannel()).checkQueue(dead)).messageCount).toBe(0);
});
