/**
 * Words. A **fact** is one thing seen about one message. A **hop** is facts folded into one step of its way.
 * A **journey** is all hops of one message or of one trace. Facts are canonical and append-only: journeys are
 * assembled from them on read, and the order in which facts arrive must not matter.
 */
import { z } from 'zod';
import { deathSchema } from './death.ts';
import { messageIdsSchema } from './ids.ts';
import { messageSchema } from './message.ts';
import { spanSchema } from './span.ts';

/**
 * published  a client's publish reached an exchange (firehose), with the queues it was routed to
 * returned   our own mandatory publish came back: no queue took it
 * confirmed  the broker confirmed our own publish
 * refused    the broker nacked our own publish
 * unanswered our own publish got neither confirm nor nack before the connection went
 * delivered  a queue handed the message to a consumer or to a basic.get (`redelivered` says whether again)
 * died       the message was dead-lettered out of `death.queue`
 * replayed   a replay job of ours sent a copy (`replay`)
 * settled    its consumer finished with it (a consumer's span said so)
 * span       a service reported a span of this trace (`span`); assembly puts it where it belongs
 */
export const factKinds = [
  'published',
  'returned',
  'confirmed',
  'refused',
  'unanswered',
  'delivered',
  'died',
  'replayed',
  'settled',
  'span',
] as const;
export type FactKind = (typeof factKinds)[number];

/** How we know. */
export const factSources = [
  'firehose',
  'dead-letter-tap',
  'x-death',
  'publisher',
  'replay',
  'read',
  'otlp',
] as const;
export type FactSource = (typeof factSources)[number];

/**
 * How exact `at` is: `exact` (our own clock at the act), `arrival` (our clock when the tap's copy came in; the event
 * itself was a little earlier and carries no time), `second` (the broker's x-death, whole seconds).
 */
export const precisions = ['exact', 'arrival', 'second'] as const;
export type Precision = (typeof precisions)[number];

/** A replay as it travels in the copy's headers: `x-replay-id` is `job.sequence`. */
export const replayMarkSchema = z.object({
  jobId: z.string(),
  replayId: z.string(),
  attempt: z.number(),
  by: z.string().nullable(),
  fromQueue: z.string().nullable(),
});
export type ReplayMark = z.infer<typeof replayMarkSchema>;

export const factSchema = z.object({
  /** Unique and sortable by time of recording; the same ID twice is the same fact. */
  id: z.string(),
  kind: z.enum(factKinds),
  source: z.enum(factSources),
  /** ms since 1970, with a fraction where the clock gives one. */
  at: z.number(),
  precision: z.enum(precisions),
  vhost: z.string(),
  /** `JourneyKey` that the message's identifiers gave. */
  journey: z.string(),
  ids: messageIdsSchema,
  /** Hash of content (exchange-independent: properties, headers less the broker's own, body), hex. */
  fingerprint: z.string(),
  exchange: z.string().optional(),
  routingKeys: z.array(z.string()).optional(),
  /** For `published`: where the broker routed it. On the default exchange the broker names even a queue that is not there. */
  routedQueues: z.array(z.string()).optional(),
  /** For `delivered`: the queue it came from. For `died`: where it died. */
  queue: z.string().optional(),
  redelivered: z.boolean().optional(),
  node: z.string().optional(),
  connection: z.string().optional(),
  channel: z.number().optional(),
  user: z.string().optional(),
  /** The whole x-death list as this message carried it, newest first; absent when it carried none. */
  deaths: z.array(deathSchema).optional(),
  /** What a service wrote about the failure (`x-exception-message` and kin). */
  error: z.string().optional(),
  replay: replayMarkSchema.optional(),
  /** Broker's words for a return (312 NO_ROUTE), a nack, a lost connection. */
  detail: z.string().optional(),
  message: messageSchema.optional(),
  span: spanSchema.optional(),
});
export type Fact = z.infer<typeof factSchema>;

/** A stretch of time in which facts may be missing, and why. `to` null: still going on. */
export const gapSchema = z.object({
  id: z.string(),
  vhost: z.string(),
  from: z.number(),
  to: z.number().nullable(),
  /**
   * tap-off, not-running: nobody listened; dropped: events were lost on the way; scope: only some exchanges and queues were
   * listened to; sampling: only a share of the journeys was kept (those that are kept are whole).
   */
  kind: z.enum(['tap-off', 'dropped', 'not-running', 'scope', 'sampling']),
  reason: z.string(),
  /** How many events are known to be missing; null when nobody can know. */
  missing: z.number().nullable(),
});
export type Gap = z.infer<typeof gapSchema>;
