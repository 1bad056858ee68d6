/**
 * A queue of a real broker whose consumer is missing, told over HTTP to a receiver that is down at first. Only the waiting is
 * not real: the teller's clock is put forward.
 */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import { afterAll, expect, test } from 'vitest';
import { liveState } from '../../test/build-live.ts';
import { freePort } from '../../test/with-app.ts';
import { withBroker } from '../../test/with-broker.ts';
import { createManagementClient } from '../broker/client.ts';
import { judge } from '../findings/attention.ts';
import { createLive } from '../live/live.ts';
import { type Notification, notificationSchema } from '../model/notification.ts';
import { openStateStore } from '../store/sqlite/state-store.ts';
import { createNotifier } from './notify.ts';

const broker = await withBroker();
const dir = mkdtempSync(join(tmpdir(), 'hoplight-notify-'));
const state = openStateStore(join(dir, 'state.db'));
const live = createLive({
  management: createManagementClient({
    url: broker.management,
    user: broker.user,
    password: broker.password,
  }),
  config: { pollMs: 500 },
  clock: Date.now,
  status: () => liveState().status,
  judge,
});
const port = await freePort();
const got: { headers: IncomingHttpHeaders; body: Notification }[] = [];
const receiver = createServer(async (request, response) => {
  let text = '';
  for await (const chunk of request) text += chunk;
  got.push({ headers: request.headers, body: notificationSchema.parse(JSON.parse(text)) });
  response.writeHead(got.length === 1 ? 503 : 204).end();
});
afterAll(async () => {
  await live.stop();
  receiver.close();
  state.close();
  rmSync(dir, { recursive: true });
});

let ahead = 0;
const waits: number[] = [];
const teller = () =>
  createNotifier({
    settings: {
      url: `http://127.0.0.1:${port}/hook`,
      authorization: 'Bearer t',
      repeatMs: 0,
      level: 'warn',
      publicUrl: 'https://hoplight.example',
    },
    look: () => ({ ...live.freshness(), attention: live.attention(), cluster: 'c', version: broker.version }),
    store: state,
    clock: () => Date.now() + ahead,
    fetch,
    async wait(ms) {
      waits.push(ms);
      // down for the first two tries
      if (waits.length === 2) await once(receiver.listen(port, '127.0.0.1'), 'listening');
    },
  });
/** This file's queue alone: others of the run may need a look too. */
const told = (kind: 'opened' | 'lasting' | 'resolved') =>
  got.flatMap(({ body }) => body[kind]).filter((one) => one.vhost === broker.vhost && one.queue === 'orders');
const isThere = () => live.attention().some((a) => a.vhost === broker.vhost && a.code === 'no_consumer');
const reading = (check: () => boolean) =>
  new Promise<void>((resolve) => {
    const end = live.subscribe(() => {
      if (!check()) return;
      end();
      resolve();
    });
  });

test('one POST when a queue has lost its consumer, tried until it arrives; one when that is over, and none for a restart', async () => {
  const connection = await connect(broker.amqp);
  const channel = await connection.createConfirmChannel();
  await channel.assertQueue('orders');
  channel.sendToQueue('orders', Buffer.from('x'));
  await channel.waitForConfirms();
  live.start();
  await reading(isThere);

  const first = teller();
  await first.tick();
  expect(got).toEqual([]);
  ahead += 45_000;
  await first.tick();
  expect(waits).toHaveLength(3);
  expect(got).toHaveLength(2);
  expect(got[0]?.body).toEqual(got[1]?.body);
  expect(got[1]?.headers).toMatchObject({ authorization: 'Bearer t', 'content-type': 'application/json' });
  expect(got[1]?.body).toMatchObject({ version: 1, broker: { version: broker.version }, resolved: [] });
  expect(got[1]?.body.opened.filter((one) => one.vhost === broker.vhost)).toMatchObject([
    {
      code: 'no_consumer',
      level: 'warn',
      queue: 'orders',
      figure: '1 ready',
      url: `https://hoplight.example/queues/${encodeURIComponent(broker.vhost)}/orders`,
    },
  ]);
  expect(got[1]?.body.text).toContain('*no consumer* `orders`');
  expect(first.status()).toMatchObject({ state: 'on', words: null });
  await first.stop();

  const second = teller();
  await second.tick();
  ahead += 3_600_000;
  await second.tick();
  await channel.consume('orders', () => {}, { noAck: true });
  await reading(() => !isThere());
  await second.tick();
  ahead += 75_000;
  await second.tick();
  expect(told('opened')).toHaveLength(2); // the two tries of one letter
  expect(told('resolved')).toMatchObject([{ code: 'no_consumer', queue: 'orders' }]);
  await second.stop();
  await connection.close();
});
