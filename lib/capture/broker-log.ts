/**
 * Lines of the broker's log that say why something ended. Pure. They come over `amq.rabbitmq.log` where `log.exchange` is
 * on, as they stand in the file; RabbitMQ 3.10 to 4.3 word them alike. What clients write into them (their names) is
 * hostile text: it is matched so that it cannot pass for the broker's own words.
 */

/** Who a line is about. */
export interface LogConnection {
  /** `127.0.0.1:50000 -> 127.0.0.1:5672` */
  name: string;
  client: string | null;
  vhost: string | null;
  user: string | null;
}

export type LogNews =
  /** `reason` null: it was closed in good order. */
  | { about: 'connection'; connection: LogConnection; reason: string | null }
  | { about: 'channel'; connection: LogConnection; channel: number; reason: string }
  /** An operator closes the connection whose process this is (`842.0`, of the node that wrote the line). */
  | { about: 'process'; pid: string; reason: string }
  | { about: 'node'; node: string };

const PREFIX = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+[+-]\d\d:\d\d \[\w+\] <[\d.]+> ?/;
const ADDRESS = String.raw`[0-9a-zA-Z.:[\]-]{1,100}:\d{1,5}`;
/** The head is the first line, up to its last bracket: a client's name stands before that. */
const HEAD = new RegExp(
  String.raw`^(?<what>closing AMQP connection|Error on AMQP connection|Channel error on connection) (?:<[\d.]+> )?\((?<name>${ADDRESS} -> ${ADDRESS})(?<who>[^\n]*)\)(?:, channel (?<channel>\d+))?(?::\s*(?<reason>.*))?$`,
  'is',
);
const NODE = /^rabbit on node (?<node>[^\s']{1,255}) up$/;

/** All that 3.10 says of `close_connection`; later versions say it again with the connection's name. */
const FORCED = /^Closing connection <0\.(?<pid>\d+\.\d+)> because (?:<<)?"(?<reason>[^"]*)"(?:>>)?$/;

/** Beyond this a line is no news but an attempt on our time. */
const MOST = 4_000;

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
    return head.channel === undefined
      ? { about: 'connection', connection, reason: endOf(reason) }
      : { about: 'channel', connection, channel: Number(head.channel), reason: failureOf(reason) };
  }
  const forced = FORCED.exec(line)?.groups;
  if (forced)
    return { about: 'process', pid: forced.pid ?? '', reason: `the broker closed it: ${forced.reason}` };
  const node = NODE.exec(line)?.groups?.node;
  return node ? { about: 'node', node } : null;
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

function endOf(reason: string): string | null {
  if (reason === '') return null;
  if (reason.includes('client unexpectedly closed TCP connection'))
    return 'the client closed the TCP connection without closing AMQP: its process ended or was killed, or the network broke';
  const silent = /missed heartbeats from client, timeout: (\d+)s/.exec(reason);
  if (silent)
    return `the client missed its heartbeats (timeout ${silent[1]} s): it hangs, is overloaded, or the network broke`;
  if (/connection_forced|caused a connection exception/.test(reason)) return failureOf(reason);
  return `the broker closed it: ${reason}`;
}

/** Of `operation queue.declare caused a channel exception not_found: no queue 'x' in vhost '/'`. */
function failureOf(text: string): string {
  const parts = /^operation (\S+) caused a (?:channel|connection) exception (\w+):\s*(.*)$/s.exec(
    text.trim(),
  );
  if (!parts) return `the broker closed it: ${text.trim()}`;
  const [, operation, code, why] = parts;
  const by = operation === 'none' ? '' : ` at ${operation}`;
  return `the broker closed it${by}: ${code?.toUpperCase()}, ${why}`;
}
