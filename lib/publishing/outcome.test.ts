import { describe, expect, test } from 'vitest';
import { type Evidence, endingOf } from './outcome.ts';

const evidence = (more: Partial<Evidence>): Evidence => ({
  returned: null,
  answer: 'ack',
  channelError: null,
  connection: null,
  mandatory: true,
  waitedMs: 10_000,
  ...more,
});
const closedBy = (code: number, text: string) =>
  evidence({
    answer: 'closed',
    channelError: Object.assign(
      new Error(`Channel closed by server: ${code} (X) with message "X - ${text}"`),
      { code },
    ),
  });

describe('what the broker did becomes one outcome', () => {
  test('ack: confirmed', () => {
    expect(endingOf(evidence({}))).toMatchObject({
      outcome: 'confirmed',
      fact: 'confirmed',
      errorType: null,
    });
  });

  test('ack of a message that was not mandatory proves less, and says so', () => {
    expect(endingOf(evidence({ mandatory: false }))).toMatchObject({
      outcome: 'confirmed',
      words: expect.stringContaining('does not prove that any queue took it'),
    });
  });

  /** publish ──▶ return 312 ──▶ ack: the ack is only the end of the story */
  test('return before the ack: returned', () => {
    expect(endingOf(evidence({ returned: '312 NO_ROUTE' }))).toMatchObject({
      outcome: 'returned',
      fact: 'returned',
      errorType: 'no_route',
      detail: '312 NO_ROUTE',
    });
  });

  test('nack: rejected', () => {
    expect(endingOf(evidence({ answer: 'nack' }))).toMatchObject({ outcome: 'rejected', fact: 'refused' });
  });

  test('silence: unknown, with what blocks the connection', () => {
    const connection = 'The broker takes no publishes now: low on memory';
    expect(endingOf(evidence({ answer: 'none', connection }))).toMatchObject({
      outcome: 'unknown',
      fact: 'unanswered',
      errorType: 'timeout',
      words: expect.stringContaining('within 10 s (the broker takes no publishes now: low on memory)'),
    });
  });

  test('a lost connection: unknown, never a failure that invites a second send', () => {
    const ending = endingOf(
      evidence({ answer: 'closed', connection: 'The connection ended without a word' }),
    );
    expect(ending).toMatchObject({
      outcome: 'unknown',
      errorType: 'connection_lost',
      words: expect.stringContaining('look at its journey before sending it again'),
    });
  });

  test.each([
    [404, "no exchange 'nope' in vhost '/'", 'not_found'],
    [403, "write access to exchange 'orders' refused", 'forbidden'],
    [406, 'unacceptable type in CC header: longstr', 'bad_input'],
    [406, 'message size 20000000 is larger than configured max size 16777216', 'too_large'],
  ])('channel closed with %i %j: nothing was published', (code, text, problem) => {
    expect(endingOf(closedBy(code, text))).toMatchObject({
      name: 'HoplightError',
      code: problem,
      message: expect.stringContaining(text),
      more: { notDone: 'The message was not published.' },
    });
  });
});
