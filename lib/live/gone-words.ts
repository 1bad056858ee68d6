/**
 * Why a consumer went, in words for whoever is on call: what happened and what likely made it (`reason`), and what to look at
 * first (`check`). Pure.
 */
import type { Consumer, GoneConsumer } from '../model/broker.ts';

/** What is known of an end. */
export interface Ending {
  cause: GoneConsumer['cause'];
  /** AMQP's; null: none, or not told. */
  code: number | null;
  source: GoneConsumer['source'];
  /** The broker's or the operator's own words; of a deleted queue: who deleted it. */
  text: string | null;
  /** Whose end took the consumer along, where it was a node's. */
  node: string | null;
}

export interface GoneWords {
  reason: string;
  check: string;
}

type About = Pick<Consumer, 'queue' | 'user' | 'unacked'>;

export function goneWords(e: Ending, one: About): GoneWords {
  const { reason, check } = wordsOf(e, one);
  const held =
    one.unacked && e.cause !== 'queue deleted'
      ? ` Its channel held ${one.unacked} unacked, which went back to the queue.`
      : '';
  return { reason: `${reason}${held}`, check };
}

function wordsOf(e: Ending, one: About): GoneWords {
  const told = e.source === 'told';
  switch (e.cause) {
    case 'cancelled':
      return told
        ? {
            reason: 'Its client cancelled it (basic.cancel); connection and channel live on.',
            check:
              'Nothing, where that was meant; else look in the service’s log for why it stopped consuming.',
          }
        : {
            reason:
              'It was cancelled; its connection and channel live. Its client did so itself, or the broker did when the queue moved to another node.',
            check:
              'Look in the service’s log for a basic.cancel: one that it received asks for a new subscription.',
          };
    case 'queue deleted':
      return queueDeleted(e, one);
    case 'client closed':
      return {
        reason: told
          ? 'Its client closed the connection in good order: most likely a shutdown, a deployment or a restart.'
          : 'Its connection was closed in good order: most likely its client shut down or was deployed anew; an operator’s close looks the same from outside.',
        check: 'Check that a new instance of the service came up, where one was to take its place.',
      };
    case 'client lost':
      return {
        reason: told
          ? 'Its client’s TCP connection broke off without AMQP’s goodbye: most likely the process crashed or was killed (out of memory, SIGKILL), else the network broke.'
          : 'Its connection ended without being closed: the process crashed or was killed, or it hung and missed its heartbeats, or the network broke.',
        check: told
          ? 'Check whether the process still runs, and how it ended: exit code, out-of-memory kill, the end of its log.'
          : 'Check whether the process still runs; the broker’s log tells a lost client from missed heartbeats.',
      };
    case 'heartbeat missed':
      return {
        reason: `The broker heard nothing from its client for longer than the heartbeat allows${e.text === null ? '' : ` (${e.text})`} and closed the connection: the client hangs or is overloaded, or the network drops packets.`,
        check:
          'Check whether the process still answers (a blocked event loop, long garbage collection, no CPU), then the network between it and the broker.',
      };
    case 'closed by operator':
      return operator(e);
    case 'connection error':
      return connectionError(e);
    case 'channel error':
      return channelError(e, one);
    case 'connection ended':
      return {
        reason: 'Why its connection ended is not known: neither the broker’s events nor its log told of it.',
        check:
          'Check whether the process still runs; then look in the broker’s log for “unexpectedly closed TCP connection” (process or network), “missed heartbeats” (a hung client) or CONNECTION_FORCED (an operator).',
      };
    case 'channel closed':
      return told
        ? {
            reason: 'Its client closed the channel in good order; the connection lives on.',
            check: 'Nothing, where that was meant; else look in the service’s log for why it closed it.',
          }
        : {
            reason:
              'Its channel was closed, the connection lives: most often the broker closes one for a mistake of its client, such as an ack that came twice or too late.',
            check:
              'Look in the service’s log, or the broker’s, for a channel error: 406 PRECONDITION_FAILED, 404 NOT_FOUND or 403 ACCESS_REFUSED.',
          };
    case 'node restarted':
      return {
        reason: `${e.node === null ? 'The broker’s node' : `Node ${e.node}`} stopped or restarted and took it along; it has not come back since.`,
        check: `Check that the service connects and subscribes again, and why ${e.node ?? 'the node'} stopped.`,
      };
    case 'broker away':
      return {
        reason: 'The broker was away, and this consumer has not come back since.',
        check: 'Check that its service connects and subscribes again.',
      };
  }
}

function queueDeleted({ source, text }: Ending, { queue }: About): GoneWords {
  const what = `Queue ${queue} was deleted${text === null ? '' : ` by ${text}`}, and its messages with it`;
  if (text !== null)
    return {
      reason: `${what}.`,
      check: `Ask ${text} whether that was meant, before anybody declares it again.`,
    };
  return source === 'told'
    ? {
        reason: `${what}: the broker did so itself, as a queue that is exclusive, auto-delete or expires asks for.`,
        check: 'Check that the service’s queue is meant to be one of these.',
      }
    : {
        reason: `${what}. Who deleted it is not known.`,
        check:
          'Find out who deleted it before the consumer starts again; the broker’s events would name the user.',
      };
}

function operator({ code, text }: Ending): GoneWords {
  const said = text ? `: “${text}”` : '';
  const forced = `${code ?? 320} CONNECTION_FORCED`;
  if (/^user '.*' is deleted$/.test(text ?? ''))
    return {
      reason: `Its connection was closed because its user was deleted (${forced}${said}).`,
      check: 'Give the service a user that exists; it cannot come back with this one.',
    };
  if (/^vhost '.*' is (?:deleted|down)$/.test(text ?? ''))
    return {
      reason: `Its connection was closed because its vhost went (${forced}${said}).`,
      check: 'Check whether that vhost was meant to go; its queues went with it.',
    };
  if (/maintenance mode/i.test(text ?? ''))
    return {
      reason: `Its connection was closed to drain its node (${forced}${said}).`,
      check: 'Check that the service came back at another node.',
    };
  return {
    reason: `An operator closed its connection (${forced}${said}).`,
    check: 'Ask whoever did so before it comes back: most clients connect again by themselves.',
  };
}

function connectionError({ code, text }: Ending): GoneWords {
  const reason = `The broker closed its connection for an error${said(code, text)}.`;
  switch (code) {
    case 501:
    case 502:
    case 503:
    case 505:
      return {
        reason: `${reason} What came was not the AMQP that it expects.`,
        check:
          'Check the client library’s version, and what stands between client and broker; threads that share a channel do this too.',
      };
    case 504:
      return {
        reason: `${reason} Its client used a channel that was not open.`,
        check: 'Look in the service for a channel that is used after its close, or by several threads.',
      };
    case 506:
    case 541:
      return {
        reason: `${reason} The broker could not go on.`,
        check: 'Look in the broker’s log for what failed there: the client did nothing wrong.',
      };
    default:
      return {
        reason,
        check: 'Look in the service for what it asked of the broker last: it will be refused again.',
      };
  }
}

function channelError({ code, text }: Ending, { user }: About): GoneWords {
  const reason = `The broker closed its channel for a mistake of its client${said(code, text)}; the connection lives on.`;
  const why = text ?? '';
  switch (code) {
    case 403:
      return {
        reason,
        check: `Give user ${user ?? 'of the service'} the permission that it lacks, or take the call out of the service.`,
      };
    case 404:
      return {
        reason: `${reason} What it asked for does not exist.`,
        check:
          'Declare it, or mend its name in the service; if it was there before, look for who deleted it.',
      };
    case 405:
      return {
        reason: `${reason} Another connection holds that queue for itself.`,
        check: 'Look for the connection that holds it, most often an older instance of the same service.',
      };
    case 406:
      return precondition(reason, why);
    default:
      return { reason, check: 'Look in the service for what it asked of the broker on that channel.' };
  }
}

function precondition(reason: string, text: string): GoneWords {
  if (/timed out/.test(text))
    return {
      reason: `${reason} It held a message unacked for longer than consumer_timeout.`,
      check: 'Find out what its handler hung on; where such long work is meant, raise consumer_timeout.',
    };
  if (/unknown delivery tag/.test(text))
    return {
      reason: `${reason} It acked twice, or on another channel than the delivery came on.`,
      check:
        'Look in the service for an ack that runs twice, on another channel, or for a consumer without acks.',
    };
  if (/inequivalent arg/.test(text))
    return {
      reason: `${reason} It declared something that exists with other properties.`,
      check:
        'Make the service’s declaration equal to what exists, or delete that and let the service declare it.',
    };
  return { reason, check: 'Look in the service for what it asked of the broker on that channel.' };
}

/** `: 404 NOT_FOUND, no queue 'x'` */
function said(code: number | null, text: string | null): string {
  const words = [code, text].filter((part) => part !== null).join(' ');
  return words === '' ? '' : `: ${words}`;
}
