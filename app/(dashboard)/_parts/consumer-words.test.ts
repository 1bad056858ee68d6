import { describe, expect, it } from 'vitest';
import {
  clientOf,
  conditionWords,
  connectionOf,
  consumerKey,
  goneLook,
  parseCondition,
} from './consumer-words.ts';

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
  it('says something of one at rest, and leaves a broken word in the URL alone', () => {
    const row = { condition: 'idle' as const, words: '', activity: 'single_active' };
    expect(conditionWords(row)).toBe('Nothing waits for it. It is the single active consumer of its queue.');
    expect(conditionWords({ ...row, condition: 'stuck', words: '12 unacked.' })).toBe('12 unacked.');
    expect(parseCondition('idle with messages waiting')).toBe('idle with messages waiting');
    expect(parseCondition('broken')).toBeNull();
    expect(goneLook({ cause: 'channel error', code: 406 })).toEqual({
      hop: 'warn',
      word: 'channel error 406',
    });
  });
  it('has a key that no clever tag can forge', () => {
    const one = { vhost: '/', queue: 'a', tag: 'b c', connection: 'x', channel: 1 };
    expect(consumerKey(one)).not.toBe(consumerKey({ ...one, queue: 'a b', tag: 'c' }));
  });
});
