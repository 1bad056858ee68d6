/** How a publish ended, from what the broker did. Pure. */
import { amqpProblem, closeCause } from '../amqp/close-causes.ts';
import type { PublishAnswer } from '../model/api.ts';
import { HoplightError } from '../model/errors.ts';
import type { FactKind } from '../model/fact.ts';

/**
 *   publish ──▶ (return) ──▶ ack            returned: basic.return always comes before the ack of the same message
 *   publish ──▶ ack                         confirmed
 *   publish ──▶ nack                        rejected
 *   publish ──▶ channel closed by a reply   an error: the broker names it (404, 403, 406, …), nothing was taken
 *   publish ──▶ connection lost, or silence unknown
 */
export interface Evidence {
  /** Of basic.return: `312 NO_ROUTE`. */
  returned: string | null;
  answer: 'ack' | 'nack' | 'closed' | 'none';
  /** The channel's 'error', when the broker closed it. */
  channelError: unknown;
  /** Why the connection went, or what blocks it, in words; null when neither. */
  connection: string | null;
  mandatory: boolean;
  waitedMs: number;
}

export interface Ending {
  outcome: PublishAnswer['outcome'];
  words: string;
  fact: FactKind;
  /** For `error.type` of the span; null when it went well. */
  errorType: string | null;
  /** Broker's words, for the fact. */
  detail: string | null;
}

export function endingOf(e: Evidence): Ending | HoplightError {
  if (e.answer === 'ack') return e.returned === null ? confirmed(e.mandatory) : returned(e.returned);
  if (e.answer === 'nack') {
    return {
      outcome: 'rejected',
      words:
        'The broker refused it: a queue that it was routed to is full and rejects publishes, or could not store it. Other queues of the same exchange may have taken it.',
      fact: 'refused',
      errorType: 'nack',
      detail: 'basic.nack',
    };
  }
  if (e.answer === 'closed' && e.channelError) return refusal(e.channelError);
  const lost = e.answer === 'closed';
  const why = e.connection ? ` (${lowerFirst(e.connection)})` : '';
  const seconds = Math.round(e.waitedMs / 1000);
  return {
    outcome: 'unknown',
    words: lost
      ? `The connection was lost before the broker answered${why}. The message may or may not have arrived: look at its journey before sending it again.`
      : `The broker did not answer within ${seconds} s${why}. The message may or may not arrive: look at its journey before sending it again.`,
    fact: 'unanswered',
    errorType: lost ? 'connection_lost' : 'timeout',
    detail: e.connection ?? (lost ? 'connection lost' : `no answer within ${seconds} s`),
  };
}

function confirmed(mandatory: boolean): Ending {
  return {
    outcome: 'confirmed',
    words: mandatory
      ? 'The broker confirmed it: every queue that it was routed to has it.'
      : 'The broker confirmed it. It was not mandatory, so this does not prove that any queue took it.',
    fact: 'confirmed',
    errorType: null,
    detail: null,
  };
}

function returned(detail: string): Ending {
  return {
    outcome: 'returned',
    words: `No queue took it: the broker returned it (${detail}). It was stored nowhere.`,
    fact: 'returned',
    errorType: 'no_route',
    detail,
  };
}

/** The broker closed the channel over this message: it says what is wrong, and has taken nothing. */
function refusal(error: unknown): HoplightError {
  const { code, words } = closeCause(error);
  const notDone = 'The message was not published.';
  if (code !== 406) return amqpProblem(error, { notDone });
  // 406 for a publish: a body over the broker's maximum, a CC header that is not an array, an expiration, a user-id
  const tooLarge = /larger than|max(imum)? size/.test(words);
  return new HoplightError(tooLarge ? 'too_large' : 'bad_input', words, {
    notDone,
    next: tooLarge ? 'Send a smaller body.' : 'Correct the property or header that the broker names.',
    cause: error,
  });
}

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);
