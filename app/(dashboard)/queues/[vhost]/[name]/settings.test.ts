import { expect, it } from 'vitest';
import type { Queue } from '@/lib/model/broker';
import { settingsOf } from './settings.ts';

const queue: Queue = {
  vhost: '/',
  name: 'billing',
  type: 'quorum',
  durable: true,
  autoDelete: false,
  exclusive: false,
  state: 'running',
  node: 'rabbit@a',
  ready: 0,
  unacked: 0,
  total: 0,
  consumers: 0,
  utilisation: null,
  rates: { publish: 0, deliver: 0, ack: 0, redeliver: 0 },
  policy: null,
  arguments: {},
  deadLetter: null,
  limits: {
    maxLength: 1000,
    maxLengthBytes: null,
    overflow: 'reject-publish',
    deliveryLimit: -1,
    messageTtlMs: 300_000,
  },
  bytes: null,
  idleSince: null,
};

it('says what is set and nothing of what is not', () => {
  expect(settingsOf(queue).map((s) => `${s.name}: ${s.value}`)).toEqual([
    'Lives: durable',
    'Node: rabbit@a',
    'Policy: none',
    'Longest: 1,000 messages',
    'When full: reject-publish',
    'Messages expire: after 5 m',
    'Delivery limit: none: redelivered for ever',
  ]);
});
