import { expect, test } from 'vitest';
import { parseAmqpUrl, parseAmqpUrls } from './url.ts';

test.each([
  [
    'amqp://localhost',
    { tls: false, host: 'localhost', port: 5672, user: 'guest', password: 'guest', vhost: '/' },
  ],
  ['amqp://a:b@h:1/', { tls: false, host: 'h', port: 1, user: 'a', password: 'b', vhost: '/' }],
  ['amqps://a:b@h/%2F', { tls: true, host: 'h', port: 5671, user: 'a', password: 'b', vhost: '/' }],
  [
    'amqp://ann%40x:p%C3%A9%2F%3A%25@[::1]:5672/a%2Fb%2525',
    { tls: false, host: '::1', port: 5672, user: 'ann@x', password: 'pé/:%', vhost: 'a/b%25' },
  ],
])('%s', (text, address) => {
  expect(parseAmqpUrl(text)).toEqual(address);
});

test.each(['', 'localhost', 'http://h', 'amqp://', 'amqp:///v'])(
  '%j is refused without repeating it',
  (text) => {
    expect(() => parseAmqpUrl(text)).toThrow(/not of the form amqp:/);
  },
);

test('a list with commas gives each node’s address', () => {
  const hosts = parseAmqpUrls('amqp://u:a,b@one, amqps://u:p@two/v').map((a) => [a.host, a.password]);
  expect(hosts).toEqual([
    ['one', 'a,b'],
    ['two', 'p'],
  ]);
});
