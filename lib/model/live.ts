/**
 * What the browser subscribes to: `/api/live` (SSE). The first event, `live`, is a `LiveState`, filtered for its viewer
 * and with its queues told by what differs (`LiveWhole`, read by `stateOf`);
 * those after it, `change`, are what is new since the event before (`LiveChange`, put upon it by `withChange`).
 */
import { z } from 'zod';
import {
  consumerRowSchema,
  goneConsumerSchema,
  missingSchema,
  nodeSchema,
  queueSchema,
  totalsSchema,
} from './broker.ts';

export { setAsideReasons } from './names.ts';

/** live: read within the last few seconds; stale: the last readings failed; away: the broker does not answer. */
export const freshness = ['live', 'stale', 'away'] as const;

/** Something that needs a look: one line, its evidence in the words. */
export const attentionSchema = z.object({
  code: z.enum([
    'no_consumer',
    'growing',
    'dead_letters',
    'dead_letters_rising',
    'unknown',
    'alarm',
    'unacked_stuck',
    'queue_down',
    'dlx_leads_nowhere',
    'redelivery_storm',
    'publishers_blocked',
    'near_limit',
    'consumers_flapping',
    'node_down',
  ]),
  level: z.enum(['dead', 'warn', 'unknown']),
  vhost: z.string(),
  /** Empty when it is about the broker or a node. */
  queue: z.string(),
  /** The node that it is about; absent: none. With code, vhost and queue it tells one from the other: see `attentionKey`. */
  node: z.string().optional(),
  words: z.string(),
  /** The figure at the right, "3,120 ready". */
  figure: z.string(),
  since: z.number().nullable(),
  /** What follows from it and is not said beside it: "dead letters rising" under "no consumer". Absent: nothing. */
  symptoms: z.array(z.object({ vhost: z.string(), queue: z.string(), words: z.string() })).optional(),
  /** How many symptoms are left out where they are too many to send; absent: none. */
  moreSymptoms: z.number().optional(),
});
export type Attention = z.infer<typeof attentionSchema>;

/** One point of the history: ms since 1970 and figures; null draws a gap. */
export const pointSchema = z.object({
  at: z.number(),
  ready: z.number().nullable(),
  unacked: z.number().nullable(),
  publish: z.number().nullable(),
  deliver: z.number().nullable(),
  ack: z.number().nullable(),
  redeliver: z.number().nullable(),
  consumers: z.number().nullable(),
});
export type Point = z.infer<typeof pointSchema>;

export const tapStates = ['off', 'starting', 'on', 'failed'] as const;
export const tapSchema = z.object({
  vhost: z.string(),
  state: z.enum(tapStates),
  since: z.number().nullable(),
  /** In words, with how to mend it when it is not on. */
  words: z.string(),
  eventsPerSecond: z.number(),
  bytesPerSecond: z.number(),
  /** Exchanges whose dead letters are seen as they happen, and those that cannot be tapped, with why. */
  deadLetterExchanges: z.array(z.object({ exchange: z.string(), tapped: z.boolean(), words: z.string() })),
});
export type Tap = z.infer<typeof tapSchema>;

/** received = stored + dropped + inMemory, exact at any moment. `dropped` by reason. */
export const captureCountsSchema = z.object({
  received: z.number(),
  stored: z.number(),
  inMemory: z.number(),
  dropped: z.record(z.string(), z.number()),
});
export type CaptureCounts = z.infer<typeof captureCountsSchema>;

export const storeStatusSchema = z.object({
  facts: z.number(),
  bytes: z.number(),
  limitBytes: z.number(),
  segments: z.number(),
  oldestAt: z.number().nullable(),
  words: z.string(),
  ok: z.boolean(),
});
export type StoreStatus = z.infer<typeof storeStatusSchema>;

export const amqpStates = ['connecting', 'open', 'blocked', 'backing off', 'closed'] as const;
export const amqpStatusSchema = z.object({
  state: z.enum(amqpStates),
  since: z.number(),
  /** Reason of the last close in plain words, null when none. */
  reason: z.string().nullable(),
});
export type AmqpStatus = z.infer<typeof amqpStatusSchema>;

/** What the broker tells of itself: its events (`rabbitmq_event_exchange`) and its log (`log.exchange`). */
export const eventSourceSchema = z.object({
  source: z.enum(['event', 'log']),
  state: z.enum(['on', 'off']),
  /** When off: why, and how to switch it on. */
  words: z.string(),
});
export type EventSource = z.infer<typeof eventSourceSchema>;

/** Whether what needs a look is told elsewhere, by a webhook. */
export const notificationStatusSchema = z.object({
  state: z.enum(['off', 'on', 'failing']),
  /** Host of the webhook, never its whole address; null: none is set. */
  to: z.string().nullable(),
  /** Since when it fails, and when something arrived last, ms since 1970. */
  since: z.number().nullable(),
  lastSentAt: z.number().nullable(),
  /** Changes that are to be told and have not arrived yet. */
  waiting: z.number(),
  /** Why it fails, in words. */
  words: z.string().nullable(),
});
export type NotificationStatus = z.infer<typeof notificationStatusSchema>;

export const statusCornerSchema = z.object({
  taps: z.array(tapSchema),
  capture: captureCountsSchema,
  store: storeStatusSchema,
  amqp: amqpStatusSchema,
  /** Absent while nothing listens. */
  events: z.array(eventSourceSchema).optional(),
  /** Absent: nobody says. */
  notifications: notificationStatusSchema.optional(),
  missing: z.array(missingSchema),
});
export type StatusCorner = z.infer<typeof statusCornerSchema>;

/** One of the questions that the broker is asked again and again: how fresh its answer is, and what it costs. */
export const readingSchema = z.object({
  what: z.enum([
    'depths',
    'rates',
    'definitions',
    'bytes',
    'details',
    'consumers',
    'channels',
    'connections',
    'nodes',
    'topology',
  ]),
  /** Where it is read, in words: `Prometheus of 3 nodes`, `/api/queues in totals mode`. */
  from: z.string(),
  /** When the shown answer was asked for, ms since 1970; null: never had. */
  readAt: z.number().nullable(),
  /** How long the broker took, ms. */
  tookMs: z.number(),
  /** The pace at present, ms: longer where an answer takes the broker long. */
  everyMs: z.number(),
});
export type ReadingCost = z.infer<typeof readingSchema>;

/** A queue as lists show it: the queue, its depth of late (oldest first, null is a gap), and what needs a look. */
export const queueRowSchema = queueSchema.extend({
  spark: z.array(z.number().nullable()),
  attention: attentionSchema.nullable(),
});
export type QueueRow = z.infer<typeof queueRowSchema>;

export const liveStateSchema = z.object({
  /** Server's clock at sending, ms since 1970. */
  now: z.number(),
  freshness: z.enum(freshness),
  /** When the shown snapshot was read; null before the first. */
  readAt: z.number().nullable(),
  /** Since when it is stale or away, and why, in words. */
  since: z.number().nullable(),
  reason: z.string().nullable(),
  cluster: z.string().nullable(),
  version: z.string().nullable(),
  nodes: z.array(nodeSchema),
  vhosts: z.array(z.string()),
  totals: totalsSchema,
  queues: z.array(queueRowSchema),
  consumers: z.array(consumerRowSchema),
  gone: z.array(goneConsumerSchema),
  attention: z.array(attentionSchema),
  /** Messages lying in dead-letter queues, those of muted causes left out; null unknown. */
  deadLetters: z.number().nullable(),
  /** What each figure is read from, how fresh it is and what it costs. */
  readings: z.array(readingSchema),
  status: statusCornerSchema,
});
export type LiveState = z.infer<typeof liveStateSchema>;

/** The first event: a live state whose queues are told by how each differs from one of them. */
export const liveWholeSchema = liveStateSchema.omit({ queues: true }).extend({
  queues: z.object({
    /** A queue like many; null when there is none. */
    like: queueRowSchema.nullable(),
    /** Every queue, in order: the fields in which it differs from `like`. */
    rows: z.array(queueRowSchema.partial()),
  }),
});

const listChange = <Row extends z.ZodObject>(row: Row) =>
  z.object({
    /** By the row's key (vhost, NUL, name of a queue; JSON of vhost, queue, tag, connection, channel of a consumer): fields that are new. */
    changed: z.array(z.tuple([z.string(), row.partial()])),
    /** New rows, each with its place in the list, ascending; to be put in when those that went are out. */
    came: z.array(z.tuple([z.number(), row])),
    went: z.array(z.string()),
  });

/** What is new since the event before. */
export const liveChangeSchema = z.object({
  now: z.number(),
  /** Fields of the state that are new, whole. */
  set: liveStateSchema.omit({ now: true, queues: true, consumers: true }).partial(),
  queues: listChange(queueRowSchema),
  consumers: listChange(consumerRowSchema),
});
