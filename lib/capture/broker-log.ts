/**
 * Lines of the broker's log that say why something ended. Pure. They come over `amq.rabbitmq.log` where `log.exchange` is
 * on, as they stand in the file; RabbitMQ 3.10 to 4.3 word them alike. What clients write into them (their names) is
 * hostile text: it is matched so that it cannot pass for the broker's own words.
 */
import type { End } from './broker-ends.ts';

/** Who a line is about. */
export interface LogConnection {
  /** `127.0.0.1:50000 -> 127.0.0.1:5672` */
  name: string;
  client: string | null;
  vhost: string | null;
  user: string | null;
}

export type LogNews =
  /** `end` null: it was closed in good order. */
  | { about: 'connection'; connection: LogConnection; end: End | null }
  | { about: 'channel'; connection: LogConnection; channel: number; end: End }
  /** An operator closes the connection whose process this is (`842.0`, of the node that wrote the line). */
  | { about: 'process'; pid: string; end: End }
  /** `node` null: the one that wrote the line. */
  | { about: 'node'; node: string | null; up: boolean };

const PREFIX = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d \[\w+\] <[\d.]+> ?/;
const ADDRESS = String.raw`[0-9a-zA-Z.:[\]-]{1,100}:\d{1,5}`;
/** The head is the first line, up to its last bracket: a client's name stands before that. */
const HEAD = new RegExp(
  String.raw`^(?<what>[Cc]losing AMQP connection|Error on AMQP connection|Channel error on connection) (?:<[\d.]+> )?\((?<name>${ADDRESS} -> ${ADDRESS})(?<who>[^\n]*)\)(?:, channel (?<channel>\d+))?(?::\s*(?<reason>.*))?$`,
  's',
);
const NODE = /^rabbit on node '?(?<node>[^\s']{1,255})'? (?<how>up|down)$/;
const STOPS = /^RabbitMQ is asked to stop\b/;

/** All that 3.10 says of `close_connection`; later versions say it again with the connection's name. */
const FORCED = /^Closing connection <0\.(?<pid>\d+\.\d+)> because (?:<<)?"(?<reason>[^"]*)"(?:>>)?$/;

/** Beyond this a line is no news but an attempt on our time. */
const MOST = 4_000;
/** Of what is kept of the broker's words. */
const MOST_TEXT = 500;

/** AMQP 0-9-1, 1.1 “Constants”. */
const replyCodes: Readonly<Record<string, number>> & { connection_forced: 320 } = {
  content_too_large: 311,
  connection_forced: 320,
  access_refused: 403,
  not_found: 404,
  resource_locked: 405,
  precondition_failed: 406,
  frame_error: 501,
  syntax_error: 502,
  command_invalid: 503,
  channel_error: 504,
  unexpected_frame: 505,
  resource_error: 506,
  not_allowed: 530,
  not_implemented: 540,
  internal_error: 541,
};

export function readLog(text: string): LogNews | null {
  if (text.length > MOST) return null;
  const line = text
    .trim()
    .split('\n')
    .map((part) => part.replace(PREFIX, ''))
    .join('\n');
  const head = HEAD.exec(line)?.groups;
  if (head) {
    const connection = connectionOf(head.name ?? '', head.who ?? '');
    const reason = head.reason?.trim() ?? '';
    if (head.what?.startsWith('Channel'))
      return head.channel === undefined
        ? null
        : {
            about: 'channel',
            connection,
            channel: Number(head.channel),
            end: failure('channel error', reason),
          };
    // with a capital it is 4.x's line of an operator's close: then the operator's text follows, whatever it is
    const end = head.what?.startsWith('C') ? closed(reason) : endOf(reason);
    return { about: 'connection', connection, end };
  }
  const forced = FORCED.exec(line)?.groups;
  if (forced) return { about: 'process', pid: forced.pid ?? '', end: closed(forced.reason ?? '') };
  if (STOPS.test(line)) return { about: 'node', node: null, up: false };
  const { node, how } = NODE.exec(line)?.groups ?? {};
  return node ? { about: 'node', node, up: how === 'up' } : null;
}

/** Read from its end, so that a client that calls itself `x, vhost: 'other'` stays in its own vhost. */
function connectionOf(name: string, who: string): LogConnection {
  let rest = who.replace(/(?:, (?:state: \w+|duration: '[^']*'))+$/, '');
  const last = (key: string): string | null => {
    const found = new RegExp(`, ${key}: '([^']*)'$`).exec(rest);
    if (found) rest = rest.slice(0, found.index);
    return found?.[1] ?? null;
  };
  const user = last('user');
  const vhost = last('vhost');
  const client = rest.startsWith(' - ') ? rest.slice(3) : null;
  // 'none' stands for a vhost that was never entered
  return { name, client, vhost: vhost === 'none' ? null : vhost, user };
}

function endOf(reason: string): End | null {
  if (reason === '') return null;
  if (reason.includes('client unexpectedly closed TCP connection'))
    return {
      cause: 'client lost',
      words:
        'the client closed the TCP connection without closing AMQP: its process ended or was killed, or the network broke',
    };
  const silent = /missed heartbeats from client, timeout: (\d+)s/.exec(reason);
  if (silent)
    return {
      cause: 'heartbeat missed',
      text: `${silent[1]} s`,
      words: `the client missed its heartbeats (timeout ${silent[1]} s): it hangs, is overloaded, or the network broke`,
    };
  // Erlang's own terms for a socket that broke: {inet_error,etimedout}, {writer,send_failed,…}
  if (/^\{(?:inet_error|writer,\s*send_failed|socket_error)\b/.test(reason))
    return { cause: 'client lost', text: short(reason), words: `the TCP connection broke: ${short(reason)}` };
  return failure('connection error', reason);
}

/** By an operator, or because user or vhost were deleted: the text says which. */
function closed(text: string): End {
  const said = short(text.trim());
  return {
    cause: 'closed by operator',
    code: replyCodes.connection_forced,
    text: said,
    words: `the broker closed it: ${said}`,
  };
}

/** Of `operation queue.declare caused a channel exception not_found: no queue 'x' in vhost '/'`. */
function failure(cause: 'connection error' | 'channel error', said: string): End {
  const parts = /^operation (\S+) caused a (?:channel|connection) exception (\w+):\s*(.*)$/s.exec(
    said.trim(),
  );
  if (!parts) return { cause, text: short(said), words: `the broker closed it: ${short(said)}` };
  const [, operation, name = '', quoted = ''] = parts;
  const why = short(quoted.replace(/^"(.*)"$/s, '$1'));
  if (name === 'connection_forced') return forced(why);
  const by = operation === 'none' ? '' : ` at ${operation}`;
  const text = `${name.toUpperCase()}, ${why}`;
  const code = replyCodes[name];
  return {
    cause,
    ...(code === undefined ? {} : { code }),
    text,
    words: `the broker closed it${by}: ${text}`,
  };
}

/** 3.10's line of an operator's close, and every version's of a node that shuts down. */
function forced(why: string): End {
  if (!/broker forced connection closure with reason '?shutdown'?/.test(why)) return closed(why);
  const text = `CONNECTION_FORCED, ${why}`;
  const words = `its node was stopped: ${text}`;
  return { cause: 'node restarted', code: replyCodes.connection_forced, text, words };
}

function short(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text;
}
