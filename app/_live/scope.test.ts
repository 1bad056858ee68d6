import { describe, expect, it } from 'vitest';
import { queuePath, withParams } from './scope.ts';

describe('withParams', () => {
  it('sets, replaces and removes, and leaves the rest', () => {
    expect(withParams('/queues', { vhost: '/prod' })).toBe('/queues?vhost=%2Fprod');
    expect(withParams('/queues?vhost=a&sort=total', { vhost: 'b' })).toBe('/queues?vhost=b&sort=total');
    expect(withParams('/queues?vhost=a', { vhost: null, q: '' })).toBe('/queues');
  });
});

it('puts any queue name into one path segment each', () => {
  expect(queuePath('/', 'a/b?c#d %')).toBe('/queues/%2F/a%2Fb%3Fc%23d%20%25');
});
