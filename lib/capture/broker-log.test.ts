/** Lines that 3.10 and 4.3 wrote when clients went, and what is made of them. */
import { expect, test } from 'vitest';
import { readLog } from './broker-log.ts';

const at = '127.0.0.1:4 -> 127.0.0.1:5';
const lead = '2026-11-21 01:22:23.755346+00:00 [error] <0.1.0> ';
const closing = (vhost: string, reason: string) =>
  `${lead}closing AMQP connection <0.1.0> (${at} - app${vhost}):\n${lead}${reason}`;
const error = (channel: number, reason: string) =>
  `${lead}Error on AMQP connection <0.1.0> (${at} - app, vhost: '/', user: 'guest', state: running), channel ${channel}:\n${lead} ${reason}`;
const channel = (reason: string) =>
  `${lead}Channel error on connection <0.1.0> (${at}, vhost: '/', user: 'guest'), channel 2:\n${lead}${reason}`;

test.each([
  [closing(", vhost: '/', user: 'guest'", 'client unexpectedly closed TCP connection'), 'client lost||'],
  [closing(", vhost: '/', user: 'guest'", '{inet_error,etimedout}'), 'client lost||{inet_error,etimedout}'],
  [closing(", duration: '3s'", 'missed heartbeats from client, timeout: 1s'), 'heartbeat missed||1 s'],
  [closing(", duration: '3s'", 'fatal_frame_error'), 'connection error||fatal_frame_error'],
  [`${lead}closing AMQP connection <0.1.0> (${at} - app, vhost: '/', user: 'guest')`, null],
  [
    `${lead}Closing AMQP connection <0.1.0> (${at} - app, vhost: '/', user: 'guest'): moving house`,
    'closed by operator|320|moving house',
  ],
  // the operator wrote it
  [
    `${lead}Closing AMQP connection <0.1.0> (${at} - app, vhost: '/', user: 'guest'): missed heartbeats from client, timeout: 1s`,
    'closed by operator|320|missed heartbeats from client, timeout: 1s',
  ],
  [
    error(0, 'operation none caused a connection exception connection_forced: "moving house"'),
    'closed by operator|320|moving house',
  ],
  [
    error(
      0,
      `operation none caused a connection exception connection_forced: "broker forced connection closure with reason 'shutdown'"`,
    ),
    "node restarted|320|CONNECTION_FORCED, broker forced connection closure with reason 'shutdown'",
  ],
  // names a channel, ends the connection
  [
    error(
      1,
      `operation basic.consume caused a connection exception not_allowed: "attempt to reuse consumer tag 't'"`,
    ),
    "connection error|530|NOT_ALLOWED, attempt to reuse consumer tag 't'",
  ],
  [
    channel("operation queue.declare caused a channel exception not_found: no queue 'nope' in vhost '/'"),
    "channel error|404|NOT_FOUND, no queue 'nope' in vhost '/'",
  ],
  [
    channel(
      'operation none caused a channel exception precondition_failed: delivery acknowledgement on channel 2 timed out. Timeout value used: 1000 ms.',
    ),
    'channel error|406|PRECONDITION_FAILED, delivery acknowledgement on channel 2 timed out. Timeout value used: 1000 ms.',
  ],
  [channel('operation none caused a channel exception made_up: x'), 'channel error||MADE_UP, x'],
])('%s', (line, expected) => {
  const news = readLog(line);
  const end = news && 'end' in news ? news.end : undefined;
  const about = line.includes('Channel error') ? 'channel' : 'connection';
  expect(news).toMatchObject({ about, connection: { name: at } });
  expect(end && [end.cause, end.code ?? '', end.text ?? ''].join('|')).toBe(expected);
});

test.each([
  ['RabbitMQ is asked to stop...', { about: 'node', node: null, up: false }],
  ['rabbit on node rabbit@b down', { about: 'node', node: 'rabbit@b', up: false }],
  ["rabbit on node 'rabbit-b@x' up", { about: 'node', node: 'rabbit-b@x', up: true }],
])('%s', (line, expected) => {
  expect(readLog(`${lead}${line}`)).toEqual(expected);
});
