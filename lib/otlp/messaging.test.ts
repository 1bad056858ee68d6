/** One row an instrumentation: which words it uses, and what they mean here. */
import { expect, test } from 'vitest';
import type { Span } from '../model/span.ts';
import { messagingOf } from './messaging.ts';

type Row = [
  who: string,
  span: { name: string; kind: Span['kind']; scope?: string },
  attributes: Record<string, string>,
  expected: object,
];

const rows: Row[] = [
  [
    'current conventions, send',
    { name: 'send orders:order.created', kind: 'producer' },
    {
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'publish',
      'messaging.destination.name': 'orders:order.created',
      'messaging.rabbitmq.destination.routing_key': 'order.created',
      'messaging.message.id': 'm',
      'messaging.message.conversation_id': 'c',
    },
    {
      operation: 'send',
      exchange: 'orders',
      routingKey: 'order.created',
      queue: null,
      messageId: 'm',
      conversationId: 'c',
    },
  ],
  [
    'current conventions, process',
    { name: 'process billing', kind: 'consumer' },
    { 'messaging.operation.type': 'process', 'messaging.destination.name': 'orders:order.created:billing' },
    { operation: 'process', exchange: 'orders', routingKey: 'order.created', queue: 'billing' },
  ],
  [
    'current conventions, ack',
    { name: 'ack billing', kind: 'client' },
    { 'messaging.operation.name': 'ack', 'messaging.destination.name': 'orders:order.created:billing' },
    { operation: 'settle', queue: 'billing' },
  ],
  [
    'amqplib (Node), publish',
    { name: 'publish orders', kind: 'producer', scope: '@opentelemetry/instrumentation-amqplib' },
    {
      'messaging.system': 'rabbitmq',
      'messaging.destination': 'orders',
      'messaging.destination_kind': 'topic',
      'messaging.rabbitmq.routing_key': 'order.created',
      'messaging.message_id': 'm',
      'messaging.conversation_id': 'c',
    },
    {
      operation: 'send',
      exchange: 'orders',
      routingKey: 'order.created',
      messageId: 'm',
      conversationId: 'c',
    },
  ],
  [
    'amqplib (Node), publish to the default exchange',
    { name: 'publish <default>', kind: 'producer', scope: '@opentelemetry/instrumentation-amqplib' },
    { 'messaging.destination': '', 'messaging.rabbitmq.routing_key': 'billing' },
    { operation: 'send', exchange: '', routingKey: 'billing' },
  ],
  [
    'amqplib (Node), consume: the queue stands in the name alone',
    { name: 'billing process', kind: 'consumer', scope: '@opentelemetry/instrumentation-amqplib' },
    {
      'messaging.operation': 'process',
      'messaging.destination': 'orders',
      'messaging.destination_kind': 'topic',
      'messaging.rabbitmq.routing_key': 'order.created',
    },
    { operation: 'process', exchange: 'orders', routingKey: 'order.created', queue: 'billing' },
  ],
  [
    'pika (Python), publish',
    { name: 'orders send', kind: 'producer', scope: 'opentelemetry.instrumentation.pika' },
    { 'messaging.system': 'rabbitmq', 'messaging.destination': 'orders' },
    { operation: 'send', exchange: 'orders', queue: null },
  ],
  [
    'pika (Python), a callback, which it calls receive',
    { name: 'orders receive', kind: 'consumer', scope: 'opentelemetry.instrumentation.pika' },
    { 'messaging.operation': 'receive', 'messaging.destination': 'orders', 'messaging.message_id': 'm' },
    { operation: 'process', exchange: 'orders', queue: null, messageId: 'm' },
  ],
  [
    'Java agent, the client’s publish to the default exchange',
    { name: '<default> publish', kind: 'producer', scope: 'io.opentelemetry.rabbitmq-2.7' },
    {
      'messaging.operation': 'publish',
      'messaging.destination.name': '<default>',
      'messaging.rabbitmq.destination.routing_key': 'billing',
    },
    { operation: 'send', exchange: '', routingKey: 'billing' },
  ],
  [
    'Java agent, a delivery',
    { name: 'billing process', kind: 'consumer', scope: 'io.opentelemetry.rabbitmq-2.7' },
    {
      'messaging.operation': 'process',
      'messaging.destination.name': 'orders',
      'messaging.rabbitmq.destination.routing_key': 'order.created',
    },
    { operation: 'process', exchange: 'orders', queue: 'billing', routingKey: 'order.created' },
  ],
  [
    'Java agent, a listener of Spring, which names the queue',
    { name: 'billing process', kind: 'consumer', scope: 'io.opentelemetry.spring-rabbit-1.0' },
    { 'messaging.operation': 'process', 'messaging.destination.name': 'billing' },
    { operation: 'process', exchange: null, queue: 'billing' },
  ],
  [
    'Micrometer, a listener of Spring, which calls its work receive',
    { name: 'billing receive', kind: 'consumer', scope: 'org.springframework.boot' },
    { 'messaging.operation': 'receive', 'messaging.destination.name': 'billing' },
    { operation: 'process', queue: 'billing' },
  ],
  [
    'RabbitMQ.Client (.NET), publish',
    { name: 'publish order.created', kind: 'producer', scope: 'RabbitMQ.Client.Publisher' },
    {
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'publish',
      'messaging.destination.name': 'amq.default',
      'messaging.rabbitmq.destination.routing_key': 'billing',
    },
    { operation: 'send', exchange: '', routingKey: 'billing' },
  ],
  [
    'RabbitMQ.Client (.NET), deliver: no queue is named',
    { name: 'deliver', kind: 'consumer', scope: 'RabbitMQ.Client.Subscriber' },
    {
      'messaging.operation.type': 'process',
      'messaging.operation.name': 'deliver',
      'messaging.destination.name': 'orders',
      'messaging.rabbitmq.destination.routing_key': 'order.created',
    },
    { operation: 'process', exchange: 'orders', queue: null },
  ],
  [
    'amqp091 (Go), a publish told by its name',
    { name: 'orders publish', kind: 'producer' },
    {
      'messaging.system': 'rabbitmq',
      'messaging.destination': 'orders',
      'messaging.destination_kind': 'topic',
    },
    { operation: 'send', exchange: 'orders' },
  ],
  [
    'current conventions, to the default exchange',
    { name: 'publish', kind: 'producer' },
    { 'messaging.destination.name': 'billing', 'messaging.rabbitmq.destination.routing_key': 'billing' },
    { exchange: '', routingKey: 'billing' },
  ],
  [
    'older conventions, an exchange that is named as its key',
    { name: 'publish', kind: 'producer' },
    { 'messaging.destination': 'orders', 'messaging.rabbitmq.routing_key': 'orders' },
    { exchange: 'orders', routingKey: 'orders' },
  ],
  [
    'a message ID beyond any that search takes is left out',
    { name: 'send orders', kind: 'producer' },
    { 'messaging.message.id': 'm'.repeat(600) },
    { messageId: null },
  ],
];

test.each(rows)('%s', (_, span, attributes, expected) => {
  const list = Object.entries(attributes).map(([name, value]) => ({ name, value, cut: false }));
  expect(messagingOf(span, span.scope ?? '', list)).toMatchObject(expected);
});

test('a span of something else says nothing of messages', () => {
  const attributes = [{ name: 'http.route', value: '/orders', cut: false }];
  expect(messagingOf({ name: 'POST /orders', kind: 'server' }, 'http', attributes)).toBeNull();
});
