/**
 * One message of `amq.rabbitmq.trace` to a fact. Pure. The traced message's exchange, keys, properties and headers lie
 * in the trace message's own header table (https://www.rabbitmq.com/docs/firehose); they are read from the wire bytes, so
 * that header types survive. There is no time in it: `at` is when it arrived here.
 */
import { eachEntry, fieldValue, headersIn } from '../amqp/table-read.ts';
import { isOwnQueue } from '../model/broker.ts';
import type { Fact } from '../model/fact.ts';
import type { Header, Properties } from '../model/message.ts';
import { aboutMessage, type Seen } from './message-of.ts';

export interface TraceMessage {
  /** `publish.EXCHANGE` or `deliver.QUEUE` */
  routingKey: string;
  /** the trace message's header table, without its 4 length bytes */
  table: Buffer;
  /** the traced message's whole body */
  body: Buffer;
}

export interface FirehoseContext extends Seen {
  /** True for a connection (as the broker names it) on which Hoplight itself reads queues and asks whether it may publish. */
  isOwnConnection: (name: string) => boolean;
}

/** `own traffic`: Hoplight's own reading and asking, not a client's. `malformed`: not a trace message (anybody may publish to that exchange). */
export type Parsed = { fact: Fact } | { dropped: 'own traffic' | 'malformed' };

/** Never throws, whatever the bytes. */
export function parseFirehose(trace: TraceMessage, context: FirehoseContext): Parsed {
  const kind = trace.routingKey.startsWith('publish.')
    ? 'published'
    : trace.routingKey.startsWith('deliver.')
      ? 'delivered'
      : null;
  const envelope = readEnvelope(trace.table);
  if (kind === null || envelope === null || envelope.vhost === undefined) return { dropped: 'malformed' };
  const { exchange, routingKeys, node, vhost, connection, channel, user } = envelope;
  const about = {
    source: 'firehose' as const,
    vhost,
    exchange,
    routingKeys,
    node,
    connection,
    channel,
    user,
  };

  if (connection !== undefined && context.isOwnConnection(connection)) return { dropped: 'own traffic' };

  if (kind === 'published') {
    const routed = envelope.routedQueues;
    // Nothing of ours is published to our queues alone: a message that only our tap got was unroutable.
    const routedQueues = routed?.filter((q) => !isOwnQueue(q));
    const message = aboutMessage(envelope.properties, envelope.headers, trace.body, context);
    return { fact: { ...message, kind, ...about, routedQueues } };
  }
  const queue = trace.routingKey.slice('deliver.'.length);
  if (isOwnQueue(queue)) return { dropped: 'own traffic' };
  const message = aboutMessage(envelope.properties, envelope.headers, trace.body, context);
  return { fact: { ...message, kind, ...about, queue, redelivered: envelope.redelivered } };
}

interface Envelope {
  exchange?: string;
  routingKeys?: string[];
  routedQueues?: string[];
  node?: string;
  vhost?: string;
  connection?: string;
  channel?: number;
  user?: string;
  redelivered?: boolean;
  properties: Properties;
  headers: Header[];
}

/** Null when the table breaks off: half an envelope would make a fact that is wrong. */
function readEnvelope(table: Buffer): Envelope | null {
  const envelope: Envelope = { properties: {}, headers: [] };
  try {
    eachEntry(table, 0, table.length, (name, tag, from, to) => {
      if (name === 'properties' && tag === 'F') readProperties(table, from, to, envelope);
      else readField(name, fieldValue(table, tag, from, to), envelope);
    });
  } catch (error) {
    if (error instanceof RangeError) return null; // WireError, or a read past the end
    throw error;
  }
  return envelope;
}

function readField(name: string, value: Header['value'] | undefined, into: Envelope): void {
  switch (name) {
    case 'exchange_name':
      into.exchange = text(value);
      break;
    case 'routing_keys':
      into.routingKeys = texts(value);
      break;
    case 'routed_queues':
      into.routedQueues = texts(value);
      break;
    case 'node':
      into.node = text(value);
      break;
    case 'vhost':
      into.vhost = text(value);
      break;
    case 'connection':
      into.connection = text(value);
      break;
    case 'channel':
      if (typeof value === 'number') into.channel = value;
      break;
    case 'user':
      into.user = text(value);
      break;
    case 'redelivered':
      into.redelivered = value === 1 || value === true;
      break;
  }
}

const textProperties = new Map<string, Exclude<keyof Properties, 'deliveryMode' | 'priority' | 'timestamp'>>([
  ['content_type', 'contentType'],
  ['content_encoding', 'contentEncoding'],
  ['correlation_id', 'correlationId'],
  ['reply_to', 'replyTo'],
  ['expiration', 'expiration'],
  ['message_id', 'messageId'],
  ['type', 'type'],
  ['user_id', 'userId'],
  ['app_id', 'appId'],
  ['cluster_id', 'clusterId'],
]);
const numberProperties = new Map<string, 'deliveryMode' | 'priority' | 'timestamp'>([
  ['delivery_mode', 'deliveryMode'],
  ['priority', 'priority'],
  ['timestamp', 'timestamp'],
]);

function readProperties(table: Buffer, from: number, to: number, into: Envelope): void {
  eachEntry(table, from, to, (name, tag, at, end) => {
    if (name === 'headers' && tag === 'F') {
      into.headers = headersIn(table, at, end);
      return;
    }
    const value = fieldValue(table, tag, at, end);
    const asText = textProperties.get(name);
    const asNumber = numberProperties.get(name);
    if (asText && typeof value === 'string') into.properties[asText] = value;
    if (asNumber && (typeof value === 'number' || typeof value === 'string'))
      into.properties[asNumber] = Number(value);
  });
}

function text(value: Header['value'] | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function texts(value: Header['value'] | undefined): string[] | undefined {
  return Array.isArray(value) ? value.flatMap((v) => (typeof v === 'string' ? [v] : [])) : undefined;
}
