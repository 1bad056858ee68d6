import { expect, test } from 'vitest';
import { binding, exchange, queue, snapshot } from '../../test/build.ts';
import type { Snapshot } from '../model/broker.ts';
import { targetsOf } from './targets.ts';

const bind = (source: string, destination: string, routingKey: string) =>
  binding(source, routingKey, destination);
const broker = snapshot({
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
  queues: ['audit', 'billing', 'secret', 'unrouted'].map((name) => queue(name)),
});

const ask = (name: string, routingKey: string, missing: Snapshot['missing'] = []) =>
  targetsOf(
    { ...broker, missing },
    { vhost: '/', exchange: name, routingKey },
    (queueName) => queueName !== 'secret',
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
