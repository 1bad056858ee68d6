import { expect, test } from 'vitest';
import type { Binding, Exchange, Snapshot } from '../model/broker.ts';
import { targetsOf } from './targets.ts';

const exchange = (name: string, type: string, more: Partial<Exchange> = {}): Exchange => ({
  vhost: '/',
  name,
  type,
  durable: true,
  internal: false,
  alternate: null,
  policy: null,
  ...more,
});
const bind = (source: string, destination: string, routingKey: string): Binding => ({
  vhost: '/',
  source,
  destination,
  destinationType: 'queue',
  routingKey,
  arguments: {},
});
const queues = ['audit', 'billing', 'secret', 'unrouted'].map((name) => ({ vhost: '/', name }));

const snapshot = {
  exchanges: [
    exchange('', 'direct'),
    exchange('orders', 'topic', { alternate: 'rest' }),
    exchange('rest', 'fanout'),
    exchange('by.headers', 'headers'),
    exchange('hashed', 'x-consistent-hash'),
    exchange('inside', 'fanout', { internal: true }),
    { ...exchange('elsewhere', 'topic'), vhost: 'other' },
  ],
  bindings: [
    bind('orders', 'billing', 'order.*'),
    bind('orders', 'audit', '#.created'),
    bind('orders', 'secret', 'order.secret'),
    bind('rest', 'unrouted', ''),
  ],
  queues,
  missing: [],
};

const ask = (name: string, routingKey: string, missing: Snapshot['missing'] = []) =>
  targetsOf(
    {
      readAt: 0,
      tookMs: 0,
      cluster: null,
      version: '4.3.6',
      totals: {
        ready: null,
        unacked: null,
        total: null,
        publish: null,
        deliver: null,
        ack: null,
        redeliver: null,
      },
      nodes: [],
      vhosts: [],
      consumers: [],
      exchanges: [...snapshot.exchanges],
      bindings: [...snapshot.bindings],
      queues: snapshot.queues.map((q) => ({
        ...q,
        type: 'classic',
        durable: true,
        autoDelete: false,
        exclusive: false,
        state: null,
        node: null,
        ready: null,
        unacked: null,
        total: null,
        consumers: null,
        utilisation: null,
        rates: { publish: null, deliver: null, ack: null, redeliver: null },
        policy: null,
        arguments: {},
        deadLetter: null,
        limits: {
          maxLength: null,
          maxLengthBytes: null,
          overflow: null,
          deliveryLimit: null,
          messageTtlMs: null,
        },
        bytes: null,
        idleSince: null,
      })),
      missing,
    },
    { vhost: '/', exchange: name, routingKey },
    (queue) => queue !== 'secret',
  );

test('a topic exchange: the queues whose bindings match, in order', () => {
  expect(ask('orders', 'order.created')).toMatchObject({
    exists: true,
    queues: ['audit', 'billing'],
    note: null,
  });
});

test('the alternate exchange takes what nothing else did', () => {
  expect(ask('orders', 'nothing')).toMatchObject({ queues: ['unrouted'], alternate: 'rest', note: null });
});

test('queues that the asker may not read are counted, not named', () => {
  const { queues: named, note } = ask('orders', 'order.secret');
  expect(named).toEqual(['billing']);
  expect(note).toBe('1 more that you may not read.');
});

test.each([
  ['', 'billing', ['billing'], null],
  ['', 'nope', [], 'There is no queue nope: the message would be returned.'],
  ['', '', [], 'Name a queue.'],
  ['nope', 'x', [], 'There is no exchange nope: the broker would refuse the message.'],
  ['elsewhere', 'x', [], 'There is no exchange elsewhere: the broker would refuse the message.'],
  ['inside', '', [], 'This exchange is internal: the broker refuses publishes to it.'],
])('exchange %j, key %j', (name, key, reached, note) => {
  expect(ask(name, key)).toMatchObject({ queues: reached, note });
});

test.each(['by.headers', 'hashed'])('%s: what cannot be told is not guessed', (name) => {
  expect(ask(name, 'x').note).toMatch(/not told here/);
});

test('bindings that could not be read are no proof of anything', () => {
  const missing = [{ what: 'bindings', why: 'not permitted', since: 0, mend: '' }];
  expect(ask('orders', 'nothing', missing).note).toBe(
    'It cannot be told: bindings could not be read (not permitted).',
  );
});

test('suggests the exchanges of this vhost that can be published to', () => {
  expect(ask('', '').exchanges.map((e) => e.name)).toEqual(['by.headers', 'hashed', 'orders', 'rest']);
});
