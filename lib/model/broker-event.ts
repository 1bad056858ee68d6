/**
 * Something that happened on the broker and explains a message's way: it is no fact about one message. Told by the event
 * exchange (`rabbitmq_event_exchange`) or the broker's log (`log.exchange = true`), where they are switched on.
 */
import { z } from 'zod';
import { goneCauses } from './broker.ts';

export const brokerEventKinds = [
  'queue.created',
  'queue.deleted',
  'consumer.created',
  'consumer.deleted',
  'connection.created',
  'connection.closed',
  'channel.closed',
  'policy.changed',
  'alarm.set',
  'alarm.cleared',
  'node.started',
  'node.stopped',
] as const;

export const brokerEventSchema = z.object({
  id: z.string(),
  /** ms since 1970, by the broker's clock. */
  at: z.number(),
  kind: z.enum(brokerEventKinds),
  /** `event`: the event exchange; `log`: the broker's log, or its last word to us. */
  source: z.enum(['event', 'log']),
  /** '' where it is about the node or the cluster. */
  vhost: z.string(),
  queue: z.string().nullable(),
  /** As the firehose names it: `10.0.0.1:50000 -> 10.0.0.2:5672`. */
  connection: z.string().nullable(),
  consumerTag: z.string().nullable(),
  user: z.string().nullable(),
  node: z.string().nullable(),
  /** One plain sentence, with the reason where it is known. */
  words: z.string(),
  /** Of an end: what made it. Absent: it is no end, or was written down before this was known. */
  cause: z.enum(goneCauses).optional(),
  /** AMQP's, where the cause has one: 404, 320. */
  code: z.number().optional(),
  /** The broker's or the operator's own words on it. */
  text: z.string().optional(),
  /** Nobody told the cause: it follows from the order of events. */
  deduced: z.boolean().optional(),
});
export type BrokerEvent = z.infer<typeof brokerEventSchema>;
