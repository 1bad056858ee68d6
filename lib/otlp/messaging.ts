/**
 * What a span says of a message, in whatever year's words: the messaging conventions changed their names several times
 * and instrumentations followed at their own pace. Read are those of amqplib (Node), pika and aio-pika (Python),
 * the Java agent and Spring, RabbitMQ.Client (.NET), amqp091 (Go), and the current conventions.
 */
import { MAX_ID_LENGTH } from '../model/ids.ts';
import type { MessagingSpan, Span } from '../model/span.ts';
import type { RawAttribute } from './raw.ts';

const names = {
  system: ['messaging.system'],
  type: ['messaging.operation.type'],
  operation: ['messaging.operation.name', 'messaging.operation'],
  destination: ['messaging.destination.name', 'messaging.destination', 'messaging.source.name'],
  kind: ['messaging.destination_kind', 'messaging.destination.kind'],
  exchange: ['messaging.rabbitmq.exchange', 'messaging.rabbitmq.destination.exchange'],
  queue: ['messaging.rabbitmq.queue', 'messaging.rabbitmq.destination.queue', 'messaging.source'],
  routingKey: ['messaging.rabbitmq.destination.routing_key', 'messaging.rabbitmq.routing_key'],
  messageId: ['messaging.message.id', 'messaging.message_id'],
  conversationId: ['messaging.message.conversation_id', 'messaging.conversation_id'],
} as const;

/** First words of operations, of spans' names too. */
const operations: readonly [MessagingSpan['operation'], RegExp][] = [
  ['send', /^(?:send|publish|basic[._]publish|produce)$/],
  ['create', /^create$/],
  ['process', /^(?:process|deliver|consume|handle|basic[._]deliver)$/],
  ['receive', /^(?:receive|get|poll|fetch|basic[._]get)$/],
  ['settle', /^(?:settle|ack|nack|reject|commit|basic[._](?:ack|nack|reject))$/],
];

/** How instrumentations write the default exchange. */
const DEFAULT_EXCHANGE = new Set(['', 'amq.default', '<default>', '(default)']);

/**
 * Callbacks of consumers that call their whole work `receive`, as the first conventions did: Python's, and Micrometer's
 * for Spring's listeners.
 */
const RECEIVES_BY_WORKING =
  /^opentelemetry\.instrumentation\.(?:pika|aio_pika)$|^org\.springframework\.boot$/;
const NAMES_EXCHANGE = /^opentelemetry\.instrumentation\.(?:pika|aio_pika)$/;
const QUEUE_IN_NAME = /instrumentation-amqplib$|rabbitmq/i;
const LAST_WORD = / (?:process|receive|deliver)$/;

export function messagingOf(
  span: Pick<Span, 'name' | 'kind'>,
  scope: string,
  attributes: readonly RawAttribute[],
): MessagingSpan | null {
  if (!attributes.some((a) => a.name.startsWith('messaging.'))) return null;
  const read = (keys: readonly string[]) => firstOf(attributes, keys);
  const operation = operationOf(span, scope, read(names.type), read(names.operation));
  const destination = read(names.destination);
  const routingKey = read(names.routingKey);
  const isConsumer = operation === null ? span.kind === 'consumer' : !['send', 'create'].includes(operation);
  const queue = read(names.queue);
  const exchange = read(names.exchange);
  const place = isConsumer
    ? consumed(span.name, scope, destination, routingKey, read(names.kind))
    : produced(destination, routingKey, read(['messaging.destination.name']) !== null);
  return {
    system: read(names.system),
    operation,
    destination,
    exchange: exchange === null ? place.exchange : exchangeName(exchange),
    queue: queue || place.queue,
    routingKey: routingKey ?? place.routingKey,
    messageId: id(read(names.messageId)),
    conversationId: id(read(names.conversationId)),
  };
}

/** The first of the names that is there. Null when it is not, or too long to be compared. */
function firstOf(attributes: readonly RawAttribute[], keys: readonly string[]): string | null {
  for (const key of keys) {
    const found = attributes.find((a) => a.name === key);
    if (found) return found.cut ? null : found.value;
  }
  return null;
}

/** An ID too long is left out, never cut: two cut IDs could meet. */
function id(value: string | null): string | null {
  return value === null || value === '' || value.length > MAX_ID_LENGTH ? null : value;
}

function operationOf(
  span: Pick<Span, 'name' | 'kind'>,
  scope: string,
  type: string | null,
  name: string | null,
): MessagingSpan['operation'] {
  const told = named(type) ?? named(name) ?? byKind(span);
  return told === 'receive' && span.kind === 'consumer' && RECEIVES_BY_WORKING.test(scope) ? 'process' : told;
}

function named(word: string | null): MessagingSpan['operation'] {
  const lower = word?.toLowerCase() ?? '';
  return operations.find(([, words]) => words.test(lower))?.[0] ?? null;
}

/** `orders publish`, `publish orders`, `billing process`; else what its kind is for. */
function byKind(span: Pick<Span, 'name' | 'kind'>): MessagingSpan['operation'] {
  const words = span.name.split(' ');
  const told = named(words.at(-1) ?? null) ?? named(words[0] ?? null);
  if (span.kind === 'producer') return told === 'create' ? told : 'send';
  if (span.kind === 'consumer') return told && told !== 'send' && told !== 'create' ? told : 'process';
  return told;
}

type Place = Pick<MessagingSpan, 'exchange' | 'queue' | 'routingKey'>;

function exchangeName(text: string): string {
  return DEFAULT_EXCHANGE.has(text) ? '' : text;
}

/**
 * `exchange`, `exchange:key`. The current conventions (`isCurrent`, by the attribute's name) write the key alone for the
 * default exchange; the older ones always wrote the exchange.
 */
function produced(destination: string | null, routingKey: string | null, isCurrent: boolean): Place {
  const unknown = { exchange: null, queue: null, routingKey: null };
  if (destination === null) return unknown;
  if (routingKey !== null && routingKey !== '') {
    if (destination === routingKey) return { ...unknown, exchange: isCurrent ? '' : destination };
    const end = `:${routingKey}`;
    const exchange = destination.endsWith(end) ? destination.slice(0, -end.length) : destination;
    return { ...unknown, exchange: exchangeName(exchange) };
  }
  const [exchange = '', key, more] = destination.split(':');
  if (key === undefined || more !== undefined) return { ...unknown, exchange: exchangeName(destination) };
  return { ...unknown, exchange: exchangeName(exchange), routingKey: key };
}

/**
 * `exchange:key:queue` of the current conventions, which leave out what is empty or twice; the exchange, of those
 * that give a routing key beside it; else the queue. What may be either stays unknown: a wrong queue would part the span
 * from its delivery.
 */
function consumed(
  name: string,
  scope: string,
  destination: string | null,
  routingKey: string | null,
  kind: string | null,
): Place {
  const unknown = { exchange: null, queue: null, routingKey: null };
  const queue = QUEUE_IN_NAME.test(scope) && LAST_WORD.test(name) ? name.replace(LAST_WORD, '') : null;
  if (destination === null) return { ...unknown, queue };
  const parts = destination.split(':');
  const [exchange = '', key = '', last = ''] = parts;
  if (parts.length === 3 && (routingKey === null || key === routingKey))
    return { exchange: exchangeName(exchange), queue: last, routingKey: key };
  if (parts.length > 1) return { ...unknown, queue: queue === destination ? null : queue };
  if (kind === 'queue' && !NAMES_EXCHANGE.test(scope)) return { ...unknown, queue: destination };
  if (routingKey === null && !NAMES_EXCHANGE.test(scope))
    return { ...unknown, queue: DEFAULT_EXCHANGE.has(destination) ? queue : destination };
  if (destination === routingKey) return { ...unknown, queue: queue ?? null };
  return { ...unknown, exchange: exchangeName(destination), queue: queue === destination ? null : queue };
}
