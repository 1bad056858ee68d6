/** The Audit page: what was done stands there with its plan and its result, can be found, opened, exported, and is for those who may know. */

import { replayAnswerSchema } from '../lib/model/api.ts';
import { auditListSchema } from '../lib/model/audit.ts';
import { until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const VHOST = encodeURIComponent('/');

test('a deletion stands in the audit log with its plan and consent, and so does who fetched its file', async ({
  page,
  stage,
  client,
}) => {
  const channel = await client.createConfirmChannel();
  await channel.assertQueue('audited.dead', { durable: true });
  const toDead = { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': 'audited.dead' };
  await channel.assertQueue('audited', { durable: true, arguments: toDead });
  for (let i = 0; i < 3; i++)
    channel.sendToQueue('audited', Buffer.from(`{"order":${i}}`), { messageId: `a${i}` });
  await channel.waitForConfirms();
  const { consumerTag } = await channel.consume('audited', (m) => m && channel.reject(m, false));
  await until(
    'three dead letters',
    async () => (await channel.checkQueue('audited.dead')).messageCount === 3,
  );
  await channel.cancel(consumerTag);

  const request = { act: 'delete', vhost: '/', queue: 'audited.dead', reason: 'only a test' };
  expect((await stage.api('POST', '/api/replays', request)).status).toBe(409);
  const begun = await stage.api('POST', '/api/replays', { ...request, consent: ['deletes'] });
  const { replay } = replayAnswerSchema.parse(await begun.json());
  await until('the deletion to end', async () => {
    const now = replayAnswerSchema.parse(await (await stage.api('GET', `/api/replays/${replay.id}`)).json());
    return now.replay.state === 'done';
  });
  expect((await channel.checkQueue('audited.dead')).messageCount).toBe(0);
  const file = await stage.api('GET', `/api/replays/${replay.id}/export`);
  expect(file.headers.get('content-disposition')).toContain('attachment');
  const lines = (await file.text())
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map((l) => Buffer.from(l.body, 'base64').toString())).toEqual([
    '{"order":0}',
    '{"order":1}',
    '{"order":2}',
  ]);

  await page.goto(`/audit?q=${replay.id}`);
  const acts = page.getByRole('grid', { name: 'Acts' });
  await expect(
    acts.getByRole('row', { name: /Download what deletion .* guest|guest.*Download what deletion/ }),
  ).toBeVisible();
  await page.goto('/audit');
  await page.getByRole('searchbox', { name: 'Filter acts' }).fill('only a test');
  const row = acts.getByRole('row').filter({ hasText: 'Delete 3 messages of audited.dead' });
  await expect(row).toContainText('done');
  await expect(row).toContainText('3 deleted');
  await row.click();
  const sheet = page.getByRole('dialog', { name: /^Delete 3 messages of audited\.dead/ });
  await expect(sheet.getByText('Agreed to')).toBeVisible();
  await expect(sheet.getByText('only a test', { exact: true })).toBeVisible();
  await expect(sheet.getByText('3 of 3 messages')).toBeVisible();
  await expect(page).toHaveURL(/entry=\d+/);
  await sheet.getByRole('button', { name: 'Close' }).click();
  await expect(sheet).toBeHidden();

  const { chain } = auditListSchema.parse(await (await stage.api('GET', '/api/audit?limit=1')).json());
  expect(chain.state).toBe('whole');
  await expect(page.getByText(/^The chain is whole: [\d,]+ entr/)).toBeVisible();
  const csv = await (await stage.api('GET', '/api/audit/export?format=csv&text=only+a+test')).text();
  expect(csv.trimEnd().split('\r\n')).toHaveLength(2);
  expect(csv).toContain('"done: 3 deleted"');
});

test('who is no administrator sees what was done to queues that they may read, and what they did', async ({
  stage,
}) => {
  await stage.broker('PUT', '/api/users/reader', { password: 'reader', tags: 'management' });
  await stage.broker('PUT', `/api/permissions/${VHOST}/reader`, { configure: '', write: '', read: '^seen$' });
  for (const name of ['seen', 'unseen'])
    await stage.broker('PUT', `/api/queues/${VHOST}/${name}`, { durable: true });
  const note = (queue: string) => ({
    vhost: '/',
    queue,
    cause: '["x","rejected",null]',
    text: `of ${queue}`,
    mutedUntil: null,
  });
  await until('both queues to be known', async () => {
    const answers = await Promise.all(
      ['seen', 'unseen'].map((q) => stage.api('POST', '/api/dead-letters/notes', note(q))),
    );
    return answers.every((a) => a.ok);
  });
  const foreign = { authorization: `Basic ${Buffer.from('reader:reader').toString('base64')}` };
  expect((await stage.api('POST', '/api/dead-letters/notes', note('unseen'), foreign)).status).toBe(404);
  expect((await stage.api('POST', '/api/dead-letters/notes', note('seen'), foreign)).status).toBe(200);
  const read = async (path: string) => (await stage.api('GET', path, undefined, foreign)).text();
  const list = auditListSchema.parse(JSON.parse(await read('/api/audit?kind=cause+note')));
  expect(new Set(list.entries.map((e) => e.by))).toEqual(new Set(['guest', 'reader']));
  for (const text of [
    JSON.stringify(list),
    await read('/api/audit/export?format=ndjson'),
    await read('/api/overview'),
  ])
    expect(text).not.toContain('unseen');
  await stage.broker('DELETE', '/api/users/reader');
  for (const name of ['seen', 'unseen']) await stage.broker('DELETE', `/api/queues/${VHOST}/${name}`);
});
