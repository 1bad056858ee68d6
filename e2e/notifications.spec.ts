/** The webhook of a running application: what an administrator sees and tries, what nobody else may, what nobody ever sees. */
import { createServer } from 'node:http';
import { auditListSchema } from '../lib/model/audit.ts';
import { type Notification, notificationSchema } from '../lib/model/notification.ts';
import { freePort, startApp } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

test('an administrator sends a test and reads whether it arrived; the address is shown to nobody', async ({
  page,
  stage,
}) => {
  const got: Notification[] = [];
  const receiver = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    got.push(notificationSchema.parse(JSON.parse(text)));
    response.writeHead(got.length === 1 ? 500 : 200).end('ok');
  });
  const port = await freePort();
  await new Promise<void>((done) => receiver.listen(port, '127.0.0.1', done));
  let log = '';
  const app = await startApp({
    amqp: stage.amqp,
    management: stage.management,
    env: {
      HOPLIGHT_AUTO_SIGN_IN: '1',
      HOPLIGHT_WEBHOOK_URL: `http://127.0.0.1:${port}/canary-path`,
      HOPLIGHT_WEBHOOK_AUTHORIZATION: 'Bearer canary-token',
    },
    log: (line) => {
      log += line;
    },
  });
  const shown: string[] = [];
  page.on('response', async (response) => {
    if (/json|html/.test(response.headers()['content-type'] ?? ''))
      shown.push(await response.text().catch(() => ''));
  });
  await page.goto(`${app.url}/status`);
  const panel = page.getByRole('region', { name: 'Notifications' });
  await expect(panel.getByText(`127.0.0.1:${port}`)).toBeVisible();
  const send = panel.getByRole('button', { name: 'Send a test' });
  await send.click();
  await expect(panel.getByText('The test did not arrive: it answered 500.')).toBeVisible();
  await expect(panel.getByText('failing')).toBeVisible();
  await send.click();
  await expect(panel.getByText('The test arrived.')).toBeVisible();
  await expect(panel.getByText('failing')).toBeHidden();
  expect(got).toMatchObject([
    { test: true },
    { test: true, opened: [], text: expect.stringContaining('guest') },
  ]);

  const { body } = await app.api('GET', '/api/audit?kind=notification%20test');
  expect(auditListSchema.parse(body).entries.map((entry) => entry.outcome)).toEqual([
    'arrived',
    'it answered 500',
  ]);
  const user = `reader-${process.pid}`;
  await stage.broker('PUT', `/api/users/${user}`, { password: 'p', tags: 'monitoring' });
  const authorization = `Basic ${Buffer.from(`${user}:p`).toString('base64')}`;
  expect(await app.api('POST', '/api/notifications/test', {}, { authorization })).toMatchObject({
    status: 403,
    body: { code: 'forbidden', notDone: 'Nothing was sent.' },
  });
  const foreign = await app.api('POST', '/api/notifications/test', {}, { origin: 'https://evil.test' });
  expect(foreign).toMatchObject({ status: 403, body: { code: 'origin_refused' } });
  expect((await app.api('POST', '/api/notifications/test', { url: 'http://x' })).status).toBe(400);
  expect(got).toHaveLength(2);

  const metrics = await app.api('GET', '/metrics', undefined, { authorization });
  expect(metrics.body).toContain('hoplight_notifications_total{outcome="arrived"} 1');
  expect(metrics.body).toContain('hoplight_needs_a_look{code="alarm",level="dead"} 0');
  const state = await app.api('GET', '/api/health');
  expect([log, JSON.stringify([body, metrics, state]), ...shown].join('')).not.toContain('canary');
  await stage.broker('DELETE', `/api/users/${user}`);
  await app.stop();
  receiver.close();
});
