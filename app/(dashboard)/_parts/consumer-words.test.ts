import { describe, expect, it } from 'vitest';
import { activityOf, clientOf, connectionOf, consumerKey } from './consumer-words.ts';

const client = { name: null, product: 'amqplib', version: '2.3.1', platform: null };

describe('a consumer in words', () => {
  it('is named by what its application said, then by its address', () => {
    const connection = '10.0.3.4:51022 -> 10.0.0.1:5672';
    expect(
      connectionOf({ client: { ...client, name: 'billing-worker' }, peer: '10.0.3.4:51022', connection }),
    ).toBe('billing-worker');
    expect(connectionOf({ client, peer: null, connection })).toBe(connection);
    expect(clientOf({ client })).toBe('amqplib 2.3.1');
    expect(clientOf({ client: { ...client, product: null } })).toBeNull();
  });
  it('tells waiting from active, and neither from unknown', () => {
    expect(activityOf({ active: true, activity: 'single_active' })).toBe('single active');
    expect(activityOf({ active: false, activity: 'waiting' })).toBe('waiting');
    expect(activityOf({ active: true, activity: null })).toBe('active');
    expect(activityOf({ active: null, activity: null })).toBeNull();
  });
  it('has a key that no clever tag can forge', () => {
    const one = { vhost: '/', queue: 'a', tag: 'b c', connection: 'x', channel: 1 };
    expect(consumerKey(one)).not.toBe(consumerKey({ ...one, queue: 'a b', tag: 'c' }));
  });
});
