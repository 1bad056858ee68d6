/** Where metrics are asked for, what is sent along, and what is believed. */
import { describe, expect, test } from 'vitest';
import { queueKey } from '../model/broker.ts';
import { createPrometheus, type MetricsQuestion, metricsAddresses } from './prometheus.ts';
import { knownQueues } from './queue-metrics.ts';

const at = (node: string, protocol: string, ip: string, port: number) => ({ node, protocol, ip, port });
const question: MetricsQuestion = {
  nodes: ['rabbit@a', 'rabbit@b'],
  listeners: [
    at('rabbit@a', 'http/prometheus', '10.0.0.1', 15692),
    at('rabbit@a', 'http', '10.0.0.1', 15672),
    at('rabbit@b', 'https/prometheus', '::', 15691),
  ],
  version: '4.3.6',
  cluster: 'ours',
  known: knownQueues([
    { vhost: '/', name: 'a', node: 'rabbit@a' },
    { vhost: '/', name: 'both', node: 'rabbit@b' },
    { vhost: '/', name: 'unled', node: null },
  ]),
  consumers: false,
};

/** What a node that leads these queues answers. */
function told(node: string, depths: Record<string, number>): string {
  const block = (metric: string) =>
    [
      `# TYPE rabbitmq_detailed_${metric} gauge`,
      ...Object.entries(depths).map(([q, n]) => `rabbitmq_detailed_${metric}{vhost="/",queue="${q}"} ${n}`),
    ].join('\n');
  const metrics = ['queue_messages_ready', 'queue_messages_unacked', 'queue_messages'].map(block).join('\n');
  return `${metrics}\n# TYPE rabbitmq_identity_info untyped\nrabbitmq_identity_info{rabbitmq_node="${node}",rabbitmq_cluster="c"} 1\n`;
}

/** Answers by host; anything else is not there. */
function answering(answers: Record<string, string | number>, o: { at?: string[] | 'listeners' } = {}) {
  const asked: { url: string; init: RequestInit }[] = [];
  const source = createPrometheus({
    at: o.at ?? 'listeners',
    managementUrl: 'http://broker.example:15672',
    fetch: async (url, init) => {
      asked.push({ url, init });
      const answer = answers[new URL(url).host];
      if (answer === undefined) throw new TypeError('fetch failed');
      return typeof answer === 'number' ? new Response('', { status: answer }) : new Response(answer);
    },
  });
  return { source, asked };
}

describe('addresses', () => {
  test('are those at which the nodes say that they listen, in clear text too: no password goes there', () => {
    expect(metricsAddresses(question.listeners, question.nodes, 'https://broker.example')).toEqual([
      ['http://10.0.0.1:15692/metrics'],
      ['https://b:15691/metrics'],
    ]);
  });

  test('of one node may be where its management API is; a broker that names no port has the usual one', () => {
    const one = [at('rabbit@x1', 'http/prometheus', '::', 9999)];
    expect(metricsAddresses(one, ['rabbit@x1'], 'http://broker.example:15672')).toEqual([
      ['http://x1:9999/metrics', 'http://broker.example:9999/metrics'],
    ]);
    expect(metricsAddresses([], [], 'http://broker.example:15672')).toEqual([
      ['http://broker.example:15692/metrics'],
    ]);
    expect(metricsAddresses([at('rabbit@x1', 'amqp', '::', 5672)], [], 'http://broker.example')).toEqual([]);
  });

  test('of this machine are not asked for a broker elsewhere', () => {
    const local = [at('rabbit@a', 'http/prometheus', '127.0.0.1', 15692), at('rabbit@b', 'amqp', '', 5672)];
    expect(metricsAddresses(local, ['rabbit@a', 'rabbit@b'], 'http://broker.example')).toEqual([]);
  });
});

describe('what is sent', () => {
  test('no credentials, nowhere is followed to, and the answer comes unpacked', async () => {
    const { source, asked } = answering({ '10.0.0.1:15692': told('rabbit@a', { a: 1 }) });
    await source.read(question);
    expect(asked[0]?.url).toBe(
      'http://10.0.0.1:15692/metrics/detailed?family=queue_coarse_metrics&family=queue_delivery_metrics&family=queue_exchange_metrics',
    );
    for (const { init } of asked)
      expect(init).toMatchObject({ redirect: 'manual', headers: { 'accept-encoding': 'identity' } });
    for (const { init } of asked) expect(Object.keys(init.headers ?? {})).not.toContain('authorization');
  });

  test('those that PROMETHEUS_URL carries go there, and never on screen', async () => {
    const { source, asked } = answering(
      { 'proxy.example': 401 },
      { at: ['http://me:s%40crt@proxy.example'] },
    );
    const failure = await source.read(question).catch((error: unknown) => error);
    expect(asked[0]?.url.startsWith('http://proxy.example/metrics/detailed?')).toBe(true);
    expect(asked[0]?.init.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('me:s@crt').toString('base64')}`,
    });
    expect(failure).toMatchObject({ code: 'forbidden' });
    expect(failure).toMatchObject({ message: expect.stringContaining('refuse the user and password') });
    expect(JSON.stringify([failure, String(failure)])).not.toContain('crt');
  });

  test('a password with a % that nobody escaped, as it is', async () => {
    const { source, asked } = answering({ 'proxy.example': 401 }, { at: ['http://me:100%@proxy.example'] });
    await source.read(question).catch(() => {});
    expect(asked[0]?.init.headers).toMatchObject({
      authorization: `Basic ${Buffer.from('me:100%').toString('base64')}`,
    });
  });
});

describe('why TLS does not come about', () => {
  const failing = (code: string) => {
    const cause = Object.assign(new Error(code), { code });
    return createPrometheus({
      at: ['https://me:s3cret@broker.example:15691'],
      managementUrl: '',
      fetch: () => Promise.reject(new TypeError('fetch failed', { cause })),
    });
  };

  test.each([
    ['SELF_SIGNED_CERT_IN_CHAIN', 'does not trust', 'NODE_EXTRA_CA_CERTS'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'another host name', 'PROMETHEUS_URL'],
    ['CERT_HAS_EXPIRED', 'has expired', 'Renew'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS', 'http://'],
    ['HPE_INVALID_CONSTANT', 'does not speak HTTP', 'https://'],
    ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'asks for a client’s certificate', 'fail_if_no_peer_cert'],
  ])('%s is said in words, with what to do', async (code, what, next) => {
    const failure = await failing(code)
      .read(question)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: 'management_unreachable',
      message: expect.stringContaining(what),
      more: { next: expect.stringContaining(next) },
    });
    expect(String(failure)).not.toContain('s3cret');
  });
});

describe('what is believed', () => {
  test('each node of its own queues; of one that two tell of, its leader', async () => {
    const { source } = answering({
      '10.0.0.1:15692': told('rabbit@a', { a: 1, both: 5, unled: 1 }),
      'b:15691': told('rabbit@b', { both: 7, unled: 2 }),
    });
    const { depths, silent } = await source.read(question);
    expect(depths.get(queueKey('/', 'a'))).toMatchObject({ ready: 1, node: 'rabbit@a' });
    expect(depths.get(queueKey('/', 'both'))).toMatchObject({ ready: 7, node: 'rabbit@b' });
    expect(depths.has(queueKey('/', 'unled'))).toBe(false);
    expect(silent).toEqual([]);
  });

  test.each([
    ['is not there', {}],
    ['refuses', { 'b:15691': 500 }],
    ['breaks off', { 'b:15691': told('rabbit@b', { both: 7 }).slice(0, -3) }],
    ['is another broker’s', { 'b:15691': told('rabbit@other', { both: 7 }) }],
    ['redirects', { 'b:15691': 302 }],
  ])('a node that %s is silent, the other’s figures stand', async (_, more) => {
    const { source } = answering({ '10.0.0.1:15692': told('rabbit@a', { a: 1 }), ...more });
    const { depths, silent } = await source.read(question);
    expect([...depths.keys()]).toEqual([queueKey('/', 'a')]);
    expect(silent.map((s) => s.node)).toEqual(['rabbit@b']);
  });

  test('nothing, when no node answers: with how to mend it', async () => {
    const { source } = answering({});
    await expect(source.read(question)).rejects.toMatchObject({
      code: 'management_unreachable',
      more: { next: expect.stringContaining('rabbitmq_prometheus') },
    });
  });
});
