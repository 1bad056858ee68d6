import { z } from 'zod';
import { brokerEventSchema } from './broker-event.ts';
import { deathSchema } from './death.ts';
import { factSources, gapSchema, precisions, replayMarkSchema } from './fact.ts';
import { messageIdsSchema } from './ids.ts';
import { messageSchema } from './message.ts';
import { journeyStatuses } from './names.ts';
import { spanSchema } from './span.ts';

export { type JourneyStatus, journeyStatuses } from './names.ts';

/**
 * publish     into an exchange, with the queues it reached
 * queue       a wait in a queue, from entering until delivery (`until`), or still there
 * delivery    handed to a consumer; `attempt` counts from 1 in each queue
 * retry       went back for another try: requeued, or expired out of a retry queue
 * death       dead-lettered, with the broker's reason
 * return      no queue took it, the publisher got it back
 * replay      a replay job sent a copy
 * settlement  its consumer finished with it, as its span said; never guessed, since no ack can be seen
 */
export const hopKinds = [
  'publish',
  'queue',
  'delivery',
  'retry',
  'death',
  'return',
  'replay',
  'settlement',
] as const;
export type HopKind = (typeof hopKinds)[number];

export const provenances = ['observed', 'inferred'] as const;
export type Provenance = (typeof provenances)[number];

export const hopSchema = z.object({
  id: z.string(),
  kind: z.enum(hopKinds),
  /** The strip's row: `ex:NAME` or `q:NAME`. */
  row: z.string(),
  /** ms since 1970; null when it is known to have happened and not when. */
  at: z.number().nullable(),
  /** End of a wait (queue) or of the holding (delivery), when known. */
  until: z.number().nullable(),
  precision: z.enum(precisions),
  provenance: z.enum(provenances),
  source: z.enum(factSources),
  /** One sentence: how we know. For an inferred hop: why we think so. */
  why: z.string(),
  /** Hops that led here, in the same journey. */
  from: z.array(z.string()),
  vhost: z.string(),
  exchange: z.string().nullable(),
  queue: z.string().nullable(),
  routingKeys: z.array(z.string()),
  routedQueues: z.array(z.string()),
  attempt: z.number().nullable(),
  redelivered: z.boolean().nullable(),
  connection: z.string().nullable(),
  channel: z.number().nullable(),
  user: z.string().nullable(),
  node: z.string().nullable(),
  reason: z.string().nullable(),
  error: z.string().nullable(),
  death: deathSchema.nullable(),
  replay: replayMarkSchema.nullable(),
  /** What the broker answered our own publisher, where it was ours: confirmed, returned, refused, unanswered. */
  outcome: z.string().nullable(),
  ids: messageIdsSchema,
  message: messageSchema.nullable(),
  /** What the services reported of this step: producer spans of a publish, consumer spans (with those below) of a delivery. */
  spans: z.array(spanSchema),
  /** Things that happened on the broker and explain this step: its consumer's connection closed, its queue was deleted. */
  events: z.array(brokerEventSchema),
});
export type Hop = z.infer<typeof hopSchema>;

export const journeyRowSchema = z.object({
  id: z.string(),
  kind: z.enum(['exchange', 'queue']),
  /** '' is the default exchange. */
  name: z.string(),
  vhost: z.string(),
  /** True where the journey's dead letters wait in it. */
  deadLetters: z.boolean(),
});
export type JourneyRow = z.infer<typeof journeyRowSchema>;

/** A sentence in parts, so that names can be set in monospace and the cause in red without parsing prose. */
export const sentencePartSchema = z.object({
  text: z.string(),
  mark: z.enum(['name', 'dead', 'settled', 'returned', 'replayed', 'who']).optional(),
});
export type SentencePart = z.infer<typeof sentencePartSchema>;

/** One line per journey in lists. Folded from facts by sums, minima and maxima, so that order does not matter. */
export const journeySummarySchema = z.object({
  id: z.string(),
  vhost: z.string(),
  ids: messageIdsSchema,
  status: z.enum(journeyStatuses),
  firstAt: z.number(),
  lastAt: z.number(),
  exchange: z.string().nullable(),
  routingKey: z.string().nullable(),
  /** The queues it was seen in or routed to. */
  queues: z.array(z.string()),
  messages: z.number(),
  deliveries: z.number(),
  deaths: z.number(),
  replays: z.number(),
  /** Reason and error of the latest death. */
  reason: z.string().nullable(),
  error: z.string().nullable(),
  deathQueue: z.string().nullable(),
  /** Spans that services reported. A journey of spans alone (no message was seen) is left out of lists. */
  spans: z.number(),
  /** From the first publish to the first delivery of the same message, ms; null when one of them was not seen. */
  latencyMs: z.number().nullable(),
});
export type JourneySummary = z.infer<typeof journeySummarySchema>;

export const journeySchema = z.object({
  id: z.string(),
  ids: messageIdsSchema,
  vhost: z.string(),
  status: z.enum(journeyStatuses),
  /** The story in badges: `dead`, then `replayed`, then `settled`. */
  states: z.array(z.object({ status: z.enum(journeyStatuses), provenance: z.enum(provenances) })),
  sentence: z.array(sentencePartSchema),
  firstAt: z.number(),
  lastAt: z.number(),
  rows: z.array(journeyRowSchema),
  /** In order of time; hops whose order is not known share a time or have none. */
  hops: z.array(hopSchema),
  gaps: z.array(gapSchema),
  /** Spans of this trace that belong to no hop: of services before, after and between. */
  spans: z.array(spanSchema),
  /** Facts that it was put together from. */
  factCount: z.number(),
  /** True when the store holds more facts than were read. */
  truncated: z.boolean(),
});
export type Journey = z.infer<typeof journeySchema>;
