/** One of the broker's two doors is shut: each answer says which, nothing was sent, and the application lives on. */
import { healthSchema, overviewSchema } from '../lib/model/api.ts';
import { freePort, startApp, type TestApp, until } from '../test/with-app.ts';
import { expect, test } from './stage.ts';

const post: [path: string, body: unknown][] = [
  ['/api/publish', { queue: 'nobody', body: 'x' }],
  ['/api/replays', { vhost: '/', queue: 'nobody', dryRun: true }],
];
const health = async (app: TestApp) => healthSchema.parse((await app.api('GET', '/api/health')).body);

test('the management API is away while AMQP is up', async ({ stage }) => {
  const app = await startApp({ amqp: stage.amqp, management: `http://127.0.0.1:${await freePort()}` });
  const refused = { code: 'management_unreachable', next: expect.any(String) };
  for (const path of ['/api/overview', '/api/journeys', '/api/dead-letters'])
    expect(await app.api('GET', path)).toMatchObject({ status: 503, body: refused });
  for (const [path, body] of post)
    expect(await app.api('POST', path, body)).toMatchObject({ status: 503, body: refused });
  await until('it to know', async () => (await health(app)).status === 'DOWN', 10_000);
  expect((await app.api('GET', '/api/health/live')).status).toBe(200);
  await app.stop();
});

test('AMQP is away while the management API is up', async ({ stage }) => {
  const away = stage.amqp.replace(/:\d+(?=\/|$)/, `:${await freePort()}`);
  const app = await startApp({ amqp: away, management: stage.management });
  await until('the broker to be read', async () => {
    const { body } = await app.api('GET', '/api/overview');
    return overviewSchema.parse(body).freshness === 'live';
  });
  const { status, components } = await health(app);
  expect(status).toBe('DEGRADED');
  expect(components).toMatchObject({ management: { status: 'UP' }, amqp: { status: 'DEGRADED' } });
  expect(await app.api('GET', '/api/journeys')).toMatchObject({
    status: 200,
    body: { journeys: [], note: expect.stringMatching(/AMQP/) },
  });
  await app.stop();
});

test('a publish while AMQP is away is refused, and said not to have been sent', async ({ stage }) => {
  const queue = `half-${process.pid}`;
  await stage.broker('PUT', `/api/queues/%2F/${queue}`, { durable: true });
  const away = stage.amqp.replace(/:\d+(?=\/|$)/, `:${await freePort()}`);
  const app = await startApp({ amqp: away, management: stage.management });
  expect(await app.api('POST', '/api/publish', { queue, body: 'x' })).toMatchObject({
    status: 503,
    body: { code: 'broker_unreachable', notDone: 'Nothing was sent.' },
  });
  await app.stop();
  await stage.broker('DELETE', `/api/queues/%2F/${queue}`);
});
