/** Metrics of a node that gives them over TLS and for a password alone: read where that is set up, named where it is not. */
import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connect } from 'amqplib';
import { afterAll, afterEach, expect, test, vi } from 'vitest';
import { answer, startNode, stopNode } from '../../script/lib/broker-node.ts';
import { freePorts } from '../../script/lib/ports.ts';
import { getServer } from '../../script/lib/rabbitmq.ts';
import { runVariable } from '../../test/broker-run.ts';
import { lookAt, until } from '../../test/with-live.ts';
import { createPrometheus } from '../broker/prometheus.ts';
import type { Live } from './live.ts';

const run = promisify(execFile);
const owner = Number(process.env[runVariable]);
const name = `test-${owner}-secured`;
const fixtures = fileURLToPath(new URL('../../test/fixtures/tls', import.meta.url));
const lookOnce = fileURLToPath(new URL('../../test/look-once.ts', import.meta.url));
/** Of a user that may read metrics and nothing else; in an address each of its signs must be escaped. */
const secret = 's3cret/@:%';

const { kind } = await getServer('4.3');
const data = mkdtempSync(join(tmpdir(), 'hoplight-secured-'));
cpSync(fixtures, join(data, 'tls'), { recursive: true });
const [port = 0] = await freePorts(1);
// with authentication asked for since 4.1
const tls = `${kind === 'root' ? '/node' : data}/tls`;
const record = await startNode({
  version: '4.3',
  name,
  owner,
  data,
  config: [
    'prometheus.authentication.enabled = true',
    'prometheus.ssl.ip = 127.0.0.1',
    `prometheus.ssl.port = ${port}`,
    `prometheus.ssl.certfile = ${tls}/server.pem`,
    `prometheus.ssl.keyfile = ${tls}/server.key`,
  ],
});
const broker = answer(record);
const plain = broker.prometheus.replace('http://', '');
const said: string[] = [];
vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
const running = new Set<Live>();
const connection = await connect(broker.amqp);
const channel = await connection.createConfirmChannel();
await channel.assertQueue('orders');
channel.sendToQueue('orders', Buffer.from('x'));
await channel.waitForConfirms();
const authorization = `Basic ${Buffer.from('guest:guest').toString('base64')}`;
for (const [user, tags] of [
  ['scraper', 'monitoring'],
  ['nobody', ''],
])
  await fetch(`${broker.management}/api/users/${user}`, {
    method: 'PUT',
    headers: { authorization, 'content-type': 'application/json' },
    body: JSON.stringify({ password: secret, tags }),
  });

afterEach(async () => {
  await Promise.all([...running].map((live) => live.stop()));
  running.clear();
});
afterAll(async () => {
  vi.restoreAllMocks();
  await connection.close();
  await stopNode(name, { kill: true, wipe: true });
});

test('are read over TLS, with a password, where NODE_EXTRA_CA_CERTS has the authority', async () => {
  const { stdout, stderr } = await run(process.execPath, [lookOnce], {
    env: {
      NODE_ENV: process.env.NODE_ENV,
      PATH: process.env.PATH,
      AMQP_URL: broker.amqp.replace('://', '://guest:guest@'),
      MANAGEMENT_URL: broker.management,
      PROMETHEUS_URL: `https://scraper:${encodeURIComponent(secret)}@localhost:${port}/metrics`,
      NODE_EXTRA_CA_CERTS: join(fixtures, 'ca.pem'),
    },
  });
  const { readings, queues, status } = JSON.parse(stdout);
  expect(readings[0]).toMatchObject({ what: 'depths', from: 'Prometheus metrics of 1 node' });
  expect(queues).toMatchObject([{ name: 'orders', ready: 1, total: 1 }]);
  expect(status.missing.map((m: { what: string }) => m.what)).toEqual(['bytes']);
  expect(`${stdout}${stderr}`).not.toContain('s3cret');
});

const user = (one: string, password: string) => `${one}:${encodeURIComponent(password)}@`;
test.each([
  [
    'an authority that nobody named',
    `https://${user('scraper', secret)}localhost:${port}`,
    /does not trust/,
    /NODE_EXTRA_CA_CERTS/,
  ],
  [
    'a wrong password',
    `http://${user('scraper', `not ${secret}`)}${plain}`,
    /refuse the user and password/,
    /Correct/,
  ],
  [
    'a user without the tag',
    `http://${user('nobody', secret)}${plain}`,
    /refuse the user and password/,
    /monitoring/,
  ],
  ['no password', `http://${plain}`, /ask for a password/, /PROMETHEUS_URL/],
  ['no TLS where the port takes it', `http://${user('scraper', secret)}localhost:${port}`, /./, /./],
  [
    'TLS where the port does not take it',
    `https://${user('scraper', secret)}${plain}`,
    /not speak TLS/,
    /http:/,
  ],
])('that %s keeps away are named with what to do, and the lists tell instead', async (_, at, why, mend) => {
  const live = lookAt(broker, createPrometheus({ at: [at], managementUrl: broker.management }));
  running.add(live);
  await until(live, () => live.snapshot()?.queues.some((q) => q.total === 1 && q.rates.publish !== null));
  const state = live.state('all');
  const metrics = state.status.missing.find((m) => m.what === 'metrics');
  expect(metrics?.why).toMatch(why);
  expect(metrics?.mend).toMatch(mend);
  expect(state.readings[0]?.from).toBe('/api/queues in totals mode');
  expect(JSON.stringify([state, live.freshness(), said])).not.toContain('s3cret');
});
