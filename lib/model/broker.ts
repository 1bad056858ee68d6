/** The broker as one reading of its management API shows it. A figure that could not be read is null: unknown, never 0. */
import { z } from 'zod';

export { queueKey } from './names.ts';

const figure = z.number().nullable();

export const queueTypes = ['classic', 'quorum', 'stream', 'other'] as const;
export type QueueType = (typeof queueTypes)[number];

export const queueSchema = z.object({
  vhost: z.string(),
  name: z.string(),
  type: z.enum(queueTypes),
  durable: z.boolean(),
  autoDelete: z.boolean(),
  exclusive: z.boolean(),
  /** running, idle, flow, down, minority, … as the broker says; null unknown. */
  state: z.string().nullable(),
  node: z.string().nullable(),
  ready: figure,
  unacked: figure,
  total: figure,
  consumers: figure,
  /** 0..1, share of time in which the queue could deliver at once; null unknown. */
  utilisation: figure,
  /** messages per second */
  rates: z.object({ publish: figure, deliver: figure, ack: figure, redeliver: figure }),
  policy: z.string().nullable(),
  arguments: z.record(z.string(), z.json()),
  /** Where its dead letters go. `routingKey` null: the message's own keys are kept. */
  deadLetter: z
    .object({
      exchange: z.string(),
      routingKey: z.string().nullable(),
      from: z.enum(['argument', 'policy']),
      /** `at-most-once` or `at-least-once` (quorum only); absent: the broker's default, at most once. */
      strategy: z.string().optional(),
    })
    .nullable(),
  limits: z.object({
    maxLength: figure,
    maxLengthBytes: figure,
    overflow: z.string().nullable(),
    /** -1 unlimited; null: none set or not shown by this broker */
    deliveryLimit: figure,
    messageTtlMs: figure,
  }),
  bytes: figure,
  idleSince: z.string().nullable(),
});
export type Queue = z.infer<typeof queueSchema>;

export const exchangeSchema = z.object({
  vhost: z.string(),
  name: z.string(),
  type: z.string(),
  durable: z.boolean(),
  internal: z.boolean(),
  /** By argument `alternate-exchange` or by policy. */
  alternate: z.string().nullable(),
  policy: z.string().nullable(),
});
export type Exchange = z.infer<typeof exchangeSchema>;

export const bindingSchema = z.object({
  vhost: z.string(),
  source: z.string(),
  destination: z.string(),
  destinationType: z.enum(['queue', 'exchange']),
  routingKey: z.string(),
  arguments: z.record(z.string(), z.json()),
});
export type Binding = z.infer<typeof bindingSchema>;

export const consumerSchema = z.object({
  vhost: z.string(),
  queue: z.string(),
  tag: z.string(),
  /** The broker's name of the connection, `10.0.3.4:51022 -> 10.0.0.1:5672`. */
  connection: z.string(),
  channel: figure,
  peer: z.string().nullable(),
  user: z.string().nullable(),
  /** From the client's connection properties: `connection_name`, product, version, platform. */
  client: z.object({
    name: z.string().nullable(),
    product: z.string().nullable(),
    version: z.string().nullable(),
    platform: z.string().nullable(),
  }),
  /** 0 is no limit. */
  prefetch: figure,
  ackRequired: z.boolean(),
  exclusive: z.boolean(),
  active: z.boolean().nullable(),
  /** up, single_active, waiting, … */
  activity: z.string().nullable(),
  /** Of its channel: other consumers on the same channel share it. */
  unacked: figure,
  deliverRate: figure,
  ackRate: figure,
  connectedAt: z.number().nullable(),
});
export type Consumer = z.infer<typeof consumerSchema>;

/**
 * How a consumer that is there does. idle: nothing waits for it. idle with messages waiting: it has room for them and takes
 * none. saturated: it holds all that its prefetch allows, and acks. stuck: it holds messages and has acked none for long.
 * flapping: it goes and comes back again and again. waiting: another consumer is the single active one. unknown: its
 * figures cannot be read.
 */
export const conditions = [
  'working',
  'idle',
  'idle with messages waiting',
  'saturated',
  'stuck',
  'flapping',
  'waiting',
  'unknown',
] as const;
export type Condition = (typeof conditions)[number];

/** A consumer as lists show it. */
export const consumerRowSchema = consumerSchema.extend({
  condition: z.enum(conditions),
  /** Evidence, and what to do, in words; empty where nothing is to be said. */
  words: z.string(),
  /** ms since 1970: since when it does so, as far as readings tell; null: it did when Hoplight began to look. */
  since: figure,
  /**
   * When the oldest message that its channel holds unacked was delivered, ms since 1970: not after `latest`, not before
   * `earliest` (null: that cannot be known). Null as a whole: it holds none, or that is unknown.
   */
  oldestUnacked: z.object({ earliest: figure, latest: z.number() }).nullable(),
});
export type ConsumerRow = z.infer<typeof consumerRowSchema>;

/**
 * Why a consumer went. Where the broker's log is not heard, an ended connection or channel may be all that is known:
 * `connection ended`, `channel closed`.
 */
export const goneCauses = [
  'cancelled',
  'queue deleted',
  'client closed',
  'client lost',
  'heartbeat missed',
  'closed by operator',
  'connection error',
  'connection ended',
  'channel error',
  'channel closed',
  'node restarted',
  'broker away',
] as const;
export type GoneCause = (typeof goneCauses)[number];

/** A consumer that was there and is not any more. */
export const goneConsumerSchema = consumerSchema.extend({
  lastSeenAt: z.number(),
  goneAt: z.number(),
  /** What can be said from outside: connection gone, channel gone, cancelled, queue deleted. */
  how: z.enum(['connection', 'channel', 'cancelled', 'queue-deleted', 'broker']),
  cause: z.enum(goneCauses),
  /** AMQP's, of a channel or connection error: 404, 406, 320; null: none, or not told. */
  code: figure,
  /** `told`: by the broker's log or events; `deduced`: from what was and was not there at two readings. */
  source: z.enum(['told', 'deduced']),
  /** In words: what happened, and the likely cause. */
  reason: z.string(),
  /** In words: what to check or do first; empty: nothing, it was meant. */
  check: z.string(),
});
export type GoneConsumer = z.infer<typeof goneConsumerSchema>;

export const nodeSchema = z.object({
  name: z.string(),
  running: z.boolean(),
  memoryUsed: figure,
  memoryLimit: figure,
  diskFree: figure,
  diskFreeLimit: figure,
  memoryAlarm: z.boolean().nullable(),
  diskAlarm: z.boolean().nullable(),
  uptimeMs: figure,
});
export type Node = z.infer<typeof nodeSchema>;

export const vhostSchema = z.object({
  name: z.string(),
  tracing: z.boolean().nullable(),
});
export type Vhost = z.infer<typeof vhostSchema>;

/** messages and messages per second, over all that the reader may see */
export const totalsSchema = z.object({
  ready: figure,
  unacked: figure,
  total: figure,
  publish: figure,
  deliver: figure,
  ack: figure,
  redeliver: figure,
});
export type Totals = z.infer<typeof totalsSchema>;

/** What could not be read, why and since when (ms since 1970), and what to do about it. */
export const missingSchema = z.object({
  what: z.string(),
  why: z.string(),
  since: z.number(),
  mend: z.string(),
});
export type Missing = z.infer<typeof missingSchema>;

export const snapshotSchema = z.object({
  /** ms since 1970, when the reading was complete. */
  readAt: z.number(),
  /** How long the reading took, ms. */
  tookMs: z.number(),
  cluster: z.string().nullable(),
  version: z.string(),
  totals: totalsSchema,
  nodes: z.array(nodeSchema),
  /** A memory or disk alarm stops publishers somewhere in the cluster; known also to those who may not list nodes. */
  alarm: z.boolean().nullable().optional(),
  /** Connections that an alarm keeps from publishing; null or absent: unknown. */
  blockedConnections: figure.optional(),
  vhosts: z.array(vhostSchema),
  queues: z.array(queueSchema),
  exchanges: z.array(exchangeSchema),
  bindings: z.array(bindingSchema),
  consumers: z.array(consumerSchema),
  missing: z.array(missingSchema),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

/** Hoplight's own private queues (its taps). They are left out wherever it is asked where a message goes. */
export const OWN_QUEUE_PREFIX = 'hoplight.';
export function isOwnQueue(name: string): boolean {
  return name.startsWith(OWN_QUEUE_PREFIX);
}

/** The parts of `4.3.6`; unreadable parts are 0. */
export function versionParts(version: string): { major: number; minor: number; patch: number } {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.+-]/).map((p) => Number.parseInt(p, 10) || 0);
  return { major, minor, patch };
}
