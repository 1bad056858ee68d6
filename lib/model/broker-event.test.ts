import { expect, test } from 'vitest';
import { type BrokerEvent, whyEnded } from './broker-event.ts';

const event = (change: Partial<BrokerEvent>): BrokerEvent => ({
  id: 'e',
  at: 1,
  kind: 'connection.closed',
  source: 'log',
  vhost: '/',
  queue: null,
  connection: 'c',
  consumerTag: null,
  user: null,
  node: null,
  words: '',
  ...change,
});

test('why a consumer ended is what the log says of its connection, else of its channel', () => {
  const channel = event({ kind: 'channel.closed', words: 'Channel 2 of connection c ended: not found.' });
  const closed = event({ words: 'Connection c ended: killed.' });
  const others = [event({ connection: 'd', words: 'd' }), event({ source: 'event', words: 'in good order' })];
  expect(whyEnded([channel, closed, ...others], 'c', 2)).toBe(closed.words);
  expect(whyEnded([channel, ...others], 'c', 2)).toBe(channel.words);
  expect(whyEnded([channel, ...others], 'c', 22)).toBeNull();
  expect(whyEnded(others, 'c', 2)).toBeNull();
});
