/** The Status page: leave out a queue and see the gap in a journey that crosses it; forget what is stored, by its plan. */
import { captureAnswerSchema, journeyAnswerSchema } from '../lib/model/api.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

test('a queue is left out by one click, and journeys that cross it say so; then all is heard again', async ({
  page,
  stage,
  client,
}) => {
  const channel = await client.createConfirmChannel();
  for (const queue of ['noisy', 'quiet']) await channel.assertQueue(queue, { durable: true });
  const deliver = async (count: number, messageId: string) => {
    for (let i = 0; i < count; i++)
      channel.sendToQueue('noisy', Buffer.from('x'), { messageId: `${messageId} ${i}` });
    await channel.waitForConfirms();
    const { consumerTag } = await channel.consume('noisy', () => {}, { noAck: true });
    await channel.checkQueue('noisy');
    await channel.cancel(consumerTag);
  };
  await deliver(200, 'before');
  await page.goto('/status');
  const main = page.getByRole('main');
  await expect(main.getByText(/every event that reached Hoplight is accounted for/)).toBeVisible();
  await main.getByRole('button', { name: /^Leave out the queue noisy: would save \d+%/ }).click();
  const dialog = page.getByRole('dialog', { name: /tap of \/ hears/ });
  await expect(dialog.getByText(/saves \d+% of the events/)).toBeVisible();
  await expect(dialog.getByRole('checkbox', { name: 'noisy' })).not.toBeChecked();
  await dialog.getByRole('button', { name: /^Listen to \d+ exchanges? and \d+ queues?$/ }).click();
  await expect(dialog).toBeHidden();
  await expect(
    main.getByText(/It hears publishes of \d+ exchanges?, deliveries of \d+ queues?/),
  ).toBeVisible();

  await deliver(1, 'unheard');
  const journey = await until('the journey', async () => {
    const answer = await stage.api('GET', '/api/journeys/message%3Aunheard%200');
    return answer.ok ? journeyAnswerSchema.parse(await answer.json()).journey : null;
  });
  expect(journey.gaps).toContainEqual(expect.objectContaining({ kind: 'scope', to: null }));
  expect(journey.hops.map((hop) => hop.kind)).not.toContain('delivery');

  await main.getByRole('button', { name: 'Change what the tap of / hears' }).click();
  await dialog.getByText('Everything', { exact: true }).click();
  await dialog.getByRole('button', { name: 'Listen to all of /' }).click();
  await expect(main.getByText('It hears every publish and every delivery.')).toBeVisible();
});

test('facts are forgotten only after the plan is agreed to, and the receipt says how many', async ({
  page,
  stage,
}) => {
  const stored = async () =>
    captureAnswerSchema.parse(await (await stage.api('GET', '/api/capture')).json()).store.facts;
  await until('something to be stored', async () => (await stored()) > 0);
  await page.goto('/status');
  await page.getByRole('button', { name: 'Forget facts…' }).click();
  const plan = page.getByRole('dialog', { name: 'Forget facts' });
  const act = plan.getByRole('button', { name: /^Forget [\d,]+ facts?/ });
  await expect(act).toHaveAttribute('aria-disabled', 'true');
  await plan.getByRole('checkbox', { name: 'Forget them for good' }).check();
  await act.click();
  await expect(page.getByRole('main').getByText(/[\d,]+ facts? (was|were) forgotten/)).toBeVisible();
  await expect(
    page.getByRole('main').getByText(/every event that reached Hoplight is accounted for/),
  ).toBeVisible();
});

test('who is no administrator sees all of it and may change nothing', async ({ stage }) => {
  const foreign = { authorization: `Basic ${Buffer.from('looker:looker').toString('base64')}` };
  await stage.broker('PUT', '/api/users/looker', { password: 'looker', tags: 'monitoring' });
  await stage.broker('PUT', '/api/permissions/%2F/looker', { configure: '', write: '', read: '.*' });
  const answer = captureAnswerSchema.parse(
    await (await stage.api('GET', '/api/capture', undefined, foreign)).json(),
  );
  expect(answer.mayChange).toBe(false);
  const { settings } = answer;
  expect((await stage.api('POST', '/api/capture', { settings }, foreign)).status).toBe(403);
  expect((await stage.api('POST', '/api/capture/purge', { before: null }, foreign)).status).toBe(403);
  await stage.broker('DELETE', '/api/users/looker');
  const strange = { settings: { ...settings, scopes: { 'not there': { mode: 'all' } } } };
  expect((await stage.api('POST', '/api/capture', strange)).status).toBe(404);
  expect((await stage.api('POST', '/api/capture', { settings: { ...settings, sampling: 0 } })).status).toBe(
    400,
  );
});
