/**
 * Why AMQP failed, in words with what to do next. The broker's reply codes stand in the AMQP 0-9-1 specification;
 * what RabbitMQ means by them: https://www.rabbitmq.com/docs/channels#error-handling
 */
import { HoplightError, type ProblemCode, type ProblemMore } from '../model/errors.ts';
import { replyCodes } from './reply-codes.ts';

export interface CloseCause {
  /** AMQP reply code; null for causes outside AMQP (socket, TLS, this process). */
  code: number | null;
  /** One sentence without a full stop at its end. */
  words: string;
  /** What to do about it. */
  next: string;
  problem: ProblemCode;
}

const away = (words: string, next: string): CloseCause => ({
  code: null,
  words,
  next,
  problem: 'broker_unreachable',
});

const socketCodes: Record<string, CloseCause> = {
  ECONNREFUSED: away(
    'Nothing listens at the broker’s AMQP address',
    'Check that RabbitMQ runs, and its host and port (5672).',
  ),
  ECONNRESET: away(
    'The connection was reset by the other side',
    'The node or a proxy between ended it; the broker’s log may say why.',
  ),
  EPIPE: away('The connection was closed while it was written to', 'The broker’s log may say why.'),
  ETIMEDOUT: away('The broker did not answer in time', 'Check host, port and firewalls between.'),
  ENOTFOUND: away('The broker’s host name is not known', 'Correct the host in the AMQP address.'),
  EAI_AGAIN: away('The broker’s host name could not be looked up', 'Check the name service of this machine.'),
  EHOSTUNREACH: away('There is no way to the broker’s host', 'Check the network between.'),
  ENETUNREACH: away('There is no way to the broker’s network', 'Check the network of this machine.'),
};

const texts: { pattern: RegExp; cause: CloseCause }[] = [
  {
    // amqplib drops the broker's own text here, so that the two cannot be told apart
    pattern: /^Expected ConnectionOpenOk; got/,
    cause: {
      code: 530,
      words: 'The vhost does not exist, or this user may not use it',
      next: 'Correct the vhost; or an administrator creates it, grants it (rabbitmqctl set_permissions -p VHOST USER …), or raises its connection limit.',
      problem: 'forbidden',
    },
  },
  {
    pattern: /Login was refused|Handshake terminated by server: 403/,
    cause: {
      code: 403,
      words: 'The broker refused the user name or the password',
      next: 'Correct them. The user guest may sign in from the broker’s own machine only.',
      problem: 'unauthenticated',
    },
  },
  {
    pattern: /^Heartbeat timeout/,
    cause: away(
      'The broker was silent for two heartbeats',
      'The network between, or the node, hangs; check both.',
    ),
  },
  {
    pattern: /ETIMEDOUT/,
    cause: away('The broker did not answer in time', 'Check host, port and firewalls between.'),
  },
  {
    pattern: /^Unexpected close|^Socket closed abruptly/,
    cause: away('The connection ended without a word', 'The node was killed, or a proxy between cut it.'),
  },
  {
    pattern: /^Invalid frame|exceeds maxFrameSize|Unknown frame type/,
    cause: away(
      'What answered does not speak AMQP 0-9-1',
      'Check the port: 5672 is AMQP, 5671 AMQP over TLS, 15672 the management API.',
    ),
  },
  {
    pattern: /certificate|SSL|TLS/i,
    cause: away(
      'TLS with the broker failed',
      'Check the certificate, its authority, and that the port speaks TLS (amqps, 5671).',
    ),
  },
  {
    pattern: /channel closed|Channel ended|Channel closing/i,
    cause: away('The channel closed before the broker answered', 'Try again.'),
  },
  {
    pattern: /Connection clos/,
    cause: away('The connection closed before the broker answered', 'Try again once it is open.'),
  },
];

/** Reply code and the broker's own text, from `403 (ACCESS-REFUSED) with message "ACCESS_REFUSED - …"`. */
function reply(message: string): { code: number; text: string } | null {
  const match = /(\d{3}) \([A-Z-]+\) with message "([\s\S]*)"$/.exec(message);
  if (!match) return null;
  return { code: Number(match[1]), text: (match[2] ?? '').replace(/^[A-Z_]+ - /, '') };
}

function codeOf(error: unknown): number | string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'number' || typeof error.code === 'string' ? error.code : null;
}

/** What an error of amqplib, of its events or of the socket means. Takes anything; never throws. */
export function closeCause(error: unknown): CloseCause {
  const message = error instanceof Error ? error.message : String(error ?? '');
  const code = codeOf(error);
  const said = reply(message);
  const known = texts.find((t) => t.pattern.test(message));
  // a refused login carries 403 like a missing permission does, though only here the password is what is wrong
  if (known && (known.cause.problem === 'unauthenticated' || !said)) return { ...known.cause };
  const number = typeof code === 'number' ? code : said?.code;
  if (number !== undefined) {
    const meaning = replyCodes.get(number) ?? {
      words: 'The broker closed it',
      next: 'Its log says more.',
      problem: 'broker_unreachable' as const,
    };
    return {
      code: number,
      words: said?.text ? `${meaning.words}: ${said.text}` : meaning.words,
      next: meaning.next,
      problem: meaning.problem,
    };
  }
  const socket = typeof code === 'string' ? socketCodes[code] : undefined;
  if (socket) return { ...socket };
  return away(message ? `AMQP failed: ${message}` : 'The connection closed', 'The broker’s log may say why.');
}

/** The same as an error for the person who asked; `more` says what was not done. */
export function amqpProblem(error: unknown, more: Omit<ProblemMore, 'cause'> = {}): HoplightError {
  const { words, next, problem } = closeCause(error);
  return new HoplightError(problem, words, { next, ...more, cause: error });
}
