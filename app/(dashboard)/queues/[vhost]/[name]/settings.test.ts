import { expect, it } from 'vitest';
import { queue as plainQueue } from '../../../../../test/build.ts';
import { settingsOf } from './settings.ts';

const queue = plainQueue('billing', {
  node: 'rabbit@a',
  bytes: null,
  type: 'quorum',
  limits: {
    maxLength: 1000,
    maxLengthBytes: null,
    overflow: 'reject-publish',
    deliveryLimit: -1,
    messageTtlMs: 300_000,
  },
});

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
