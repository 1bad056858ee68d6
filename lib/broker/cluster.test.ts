import { expect, test } from 'vitest';
import { node as nodeOf } from '../../test/build.ts';
import { HoplightError } from '../model/errors.ts';
import { addressesOf, Cluster } from './cluster.ts';

const at = (node: string, protocol: string, ip: string, port: number) => ({ node, protocol, ip, port });

test('a node is asked where the broker says that it listens, or at its host’s name', () => {
  const listeners = [
    at('rabbit@a', 'http', '10.0.0.1', 15672),
    at('rabbit@b', 'http', '::', 15672),
    at('rabbit@b', 'amqp', '::', 5672),
    at('rabbit@b', 'https', 'fd00::2', 15671),
  ];
  const of = (node: string) => addressesOf(node, listeners, ['http://10.0.0.9:15672']);
  expect(of('rabbit@a')).toEqual(['http://10.0.0.1:15672']);
  expect(of('rabbit@b')).toEqual(['http://b:15672', 'https://[fd00::2]:15671']);
  expect(of('rabbit@c')).toEqual([]);
});

test('no password in clear text, nor to this machine’s own ports, unless that is configured', () => {
  const listeners = [at('rabbit@localhost', 'http', '0.0.0.0', 15672), at('rabbit@b', 'http', '', 15672)];
  expect(addressesOf('rabbit@b', listeners, ['https://broker.example'])).toEqual([]);
  expect(addressesOf('rabbit@localhost', listeners, ['http://broker.example:15672'])).toEqual([]);
  expect(addressesOf('rabbit@localhost', listeners, ['http://127.0.0.1:1'])).toEqual([
    'http://localhost:15672',
  ]);
});

test.each([
  '127.1',
  '2130706433',
  '0',
  '::ffff:127.0.0.1',
  '0:0:0:0:0:0:0:1',
  'x@127.0.0.1',
  'localhost.',
  '10.0.0.1/latest/meta-data#',
  '10.0.0.1/?',
])('an address that is no host of the broker’s is not asked: %s', (ip) => {
  expect(addressesOf('rabbit@a', [at('rabbit@a', 'http', ip, 15672)], ['http://broker.example'])).toEqual([]);
});

/** A cluster of three; `answers`: which node answers at which address. */
function three(answers: Record<string, string>, url: string) {
  const asked: string[] = [];
  const state = { now: 0, asked, answers };
  const nothing = { vhosts: async () => [], setTracing: async () => {} };
  const cluster = new Cluster({
    url,
    clock: () => state.now,
    management: {
      ...nothing,
      nodes: async () => ['a', 'b', 'c'].map((n) => ({ ...nodeOf(`rabbit@${n}`), running: n !== 'c' })),
      listeners: async () => [at('rabbit@b', 'http', '::', 15672)],
    },
    clientAt: (one) => ({
      ...nothing,
      async overview() {
        asked.push(one);
        const node = state.answers[one];
        if (!node) throw new HoplightError('management_unreachable', 'away');
        const totals = { ready: 0, unacked: 0, total: 0, publish: 0, deliver: 0, ack: 0, redeliver: 0 };
        return { version: '4.3.6', cluster: null, node, totals, rates: true, listeners: [] };
      },
    }),
  });
  const reached = async () => (await cluster.nodes()).filter((n) => n.client).map((n) => n.name);
  return { state, reached };
}

test('an address counts for the node that answers there, and is asked again now and then', async () => {
  const { state, reached } = three({ 'http://lb': 'rabbit@a', 'http://b:15672': 'rabbit@b' }, 'http://lb');
  expect(await reached()).toEqual(['rabbit@a', 'rabbit@b']);
  expect(await reached()).toEqual(['rabbit@a', 'rabbit@b']);
  expect(state.asked).toEqual(['http://lb', 'http://b:15672']);
  // the load balancer has changed its mind
  state.answers = { 'http://lb': 'rabbit@b' };
  state.now = 31_000;
  expect(await reached()).toEqual(['rabbit@b']);
});

test('a node that answers nowhere is not asked for at every reading', async () => {
  const { state, reached } = three({ 'http://x': 'rabbit@a' }, 'http://x');
  for (state.now = 0; state.now < 10_000; state.now += 1_000) expect(await reached()).toEqual(['rabbit@a']);
  expect(state.asked.filter((url) => url === 'http://b:15672')).toHaveLength(2);
});
