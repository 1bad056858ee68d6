import { describe, expect, test } from 'vitest';
import { isHoplightError } from '../model/errors.ts';
import { amqpProblem, closeCause } from './close-causes.ts';

const failed = (message: string, code?: number | string) =>
  Object.assign(new Error(message), code === undefined ? {} : { code });

/** Errors as amqplib gave them on RabbitMQ 3.10.8 and 4.3.6. */
const seen: [string, Error, number | null, string, string][] = [
  [
    'bad password',
    failed(
      'Handshake terminated by server: 403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile."',
    ),
    403,
    'unauthenticated',
    'The broker refused the user name or the password',
  ],
  [
    'missing or forbidden vhost',
    failed('Expected ConnectionOpenOk; got <ConnectionClose channel:0>'),
    530,
    'forbidden',
    'The vhost does not exist, or this user may not use it',
  ],
  [
    'port closed',
    failed('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'),
    null,
    'broker_unreachable',
    'Nothing listens at the broker’s AMQP address',
  ],
  [
    'silent server',
    failed('connect ETIMEDOUT'),
    null,
    'broker_unreachable',
    'The broker did not answer in time',
  ],
  [
    'reset',
    failed('read ECONNRESET', 'ECONNRESET'),
    null,
    'broker_unreachable',
    'The connection was reset by the other side',
  ],
  [
    'unknown host',
    failed('getaddrinfo ENOTFOUND broker', 'ENOTFOUND'),
    null,
    'broker_unreachable',
    'The broker’s host name is not known',
  ],
  [
    'no queue',
    failed(
      "Operation failed: QueueDeclare; 404 (NOT-FOUND) with message \"NOT_FOUND - no queue 'nope' in vhost 'er'\"",
      404,
    ),
    404,
    'not_found',
    "It does not exist on the broker: no queue 'nope' in vhost 'er'",
  ],
  [
    'no write permission (4.3)',
    failed(
      "Channel closed by server: 403 (ACCESS-REFUSED) with message \"ACCESS_REFUSED - write access to exchange 'amq.direct' in vhost 'er' refused for user 'u_limited'\"",
      403,
    ),
    403,
    'forbidden',
    "The broker refused access: write access to exchange 'amq.direct' in vhost 'er' refused for user 'u_limited'",
  ],
  [
    'exclusive queue',
    failed(
      "Channel closed by server: 405 (RESOURCE-LOCKED) with message \"RESOURCE_LOCKED - cannot obtain exclusive access to locked queue 'excl' in vhost 'er'.\"",
      405,
    ),
    405,
    'conflict',
    "The queue is locked by another connection: cannot obtain exclusive access to locked queue 'excl' in vhost 'er'.",
  ],
  [
    'unknown delivery tag',
    failed(
      'Channel closed by server: 406 (PRECONDITION-FAILED) with message "PRECONDITION_FAILED - unknown delivery tag 99"',
      406,
    ),
    406,
    'conflict',
    'The broker refused a precondition: unknown delivery tag 99',
  ],
  [
    'closed by an operator',
    failed(
      'Connection closed: 320 (CONNECTION-FORCED) with message "CONNECTION_FORCED - Closed via management plugin"',
      320,
    ),
    320,
    'broker_unreachable',
    'The broker closed the connection on purpose: Closed via management plugin',
  ],
  [
    'a NaN header',
    failed('Connection closed: 541 (INTERNAL-ERROR) with message "INTERNAL_ERROR"', 541),
    541,
    'broker_unreachable',
    'The broker failed inside: INTERNAL_ERROR',
  ],
  [
    'basic.get on a stream',
    failed(
      'Connection closed: 540 (NOT-IMPLEMENTED) with message "NOT_IMPLEMENTED - basic.get not supported by stream queues"',
      540,
    ),
    540,
    'bad_input',
    'The broker cannot do this with that kind of queue: basic.get not supported by stream queues',
  ],
  [
    'heartbeat',
    failed('Heartbeat timeout'),
    null,
    'broker_unreachable',
    'The broker was silent for two heartbeats',
  ],
  [
    'node killed',
    failed('Unexpected close'),
    null,
    'broker_unreachable',
    'The connection ended without a word',
  ],
  [
    'an HTTP port',
    failed('Frame size 791740976 exceeds maxFrameSize 67108864'),
    null,
    'broker_unreachable',
    'What answered does not speak AMQP 0-9-1',
  ],
];

describe('an AMQP failure says why and what to do', () => {
  test.each(seen)('%s', (_name, error, code, problem, words) => {
    const cause = closeCause(error);
    expect(cause).toMatchObject({ code, problem, words });
    expect(cause.next).not.toBe('');
  });

  test.each([402, 501, 502, 503, 504, 505, 506, 530, 599])('reply code %i has words', (code) => {
    expect(closeCause(failed('x', code))).toMatchObject({ code, words: expect.stringMatching(/^(The|A) /) });
  });

  test.each([undefined, null, '', 'text', 7, {}, { code: {} }, new Error('')])('takes %j', (anything) => {
    expect(closeCause(anything).words).not.toBe('');
  });

  test('two refused addresses of one name are one refusal', () => {
    // what node:net raises for localhost with nothing on ::1 and 127.0.0.1: the message is empty
    const both = Object.assign(new AggregateError([], ''), { code: 'ECONNREFUSED' });
    expect(closeCause(both).words).toBe('Nothing listens at the broker’s AMQP address');
  });
});

test('as an error it keeps the cause and says what was not done', () => {
  const error = failed('connect ECONNREFUSED', 'ECONNREFUSED');
  const problem = amqpProblem(error, { notDone: 'Nothing was sent.' });
  expect(isHoplightError(problem)).toBe(true);
  expect(problem).toMatchObject({
    code: 'broker_unreachable',
    status: 503,
    cause: error,
    more: { notDone: 'Nothing was sent.', next: expect.stringContaining('5672') },
  });
});
