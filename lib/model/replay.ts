import { z } from 'zod';
import { causeSchema, deathSchema } from './death.ts';
import { messageIdsSchema } from './ids.ts';
import { messageSchema } from './message.ts';

/** What reading a queue without taking from it does to its messages, on this broker version and queue type. */
export const readingCostSchema = z.object({
  /** none: nothing is lost by reading; counts: each read uses one of the message's lives; refused: reading is not possible here */
  level: z.enum(['none', 'counts', 'refused']),
  /** One sentence for people. */
  words: z.string(),
  /** How many more times the weakest message may be returned before the broker destroys it; null: no limit or not known. */
  limit: z.number().nullable(),
});
export type ReadingCost = z.infer<typeof readingCostSchema>;

/** A queue that receives dead letters, found from DLX arguments and policies. */
export const deadLetterQueueSchema = z.object({
  vhost: z.string(),
  queue: z.string(),
  type: z.string(),
  messages: z.number().nullable(),
  consumers: z.number().nullable(),
  /** The queues whose dead letters come here and by which way. */
  origins: z.array(
    z.object({
      queue: z.string(),
      exchange: z.string(),
      routingKey: z.string().nullable(),
      from: z.enum(['argument', 'policy']),
    }),
  ),
  reading: readingCostSchema,
  causes: z.array(causeSchema),
  /** Where the causes come from: deaths seen by the tap since `causesSince`, or the last reading of the queue at `causesSince`. */
  causesFrom: z.enum(['tap', 'read', 'unknown']),
  causesSince: z.number().nullable(),
  /** Why causes are unknown or incomplete; null when nothing is to be said. */
  causesNote: z.string().nullable(),
});
export type DeadLetterQueue = z.infer<typeof deadLetterQueueSchema>;

/**
 * One message lying in a dead-letter queue. `id` is a hash of its content (the broker's own counters left out)
 * and its ordinal among identical ones: `9f…e1.0`; it stays the same from reading to reading.
 */
export const deadLetterSchema = z.object({
  id: z.string(),
  position: z.number(),
  journey: z.string(),
  ids: messageIdsSchema,
  exchange: z.string(),
  routingKey: z.string(),
  originQueue: z.string().nullable(),
  reason: z.string().nullable(),
  error: z.string().nullable(),
  diedAt: z.number().nullable(),
  /** Sum of its deaths. */
  attempts: z.number(),
  /** How often a replay has sent it. */
  replays: z.number(),
  deaths: z.array(deathSchema),
  /** `x-delivery-count` where the queue keeps one. */
  deliveryCount: z.number().nullable(),
  message: messageSchema,
});
export type DeadLetter = z.infer<typeof deadLetterSchema>;

export const selectionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('all') }).strict(),
  z
    .object({ kind: z.literal('messages'), ids: z.array(z.string().min(1).max(200)).min(1).max(10_000) })
    .strict(),
  z
    .object({ kind: z.literal('causes'), keys: z.array(z.string().min(1).max(4_096)).min(1).max(200) })
    .strict(),
]);
export type Selection = z.infer<typeof selectionSchema>;

/** `origin`: each message back to the queue it died in, by the default exchange. */
export const replayTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('origin') }).strict(),
  z.object({ kind: z.literal('queue'), queue: z.string().min(1).max(255) }).strict(),
  z
    .object({
      kind: z.literal('exchange'),
      exchange: z.string().max(255),
      routingKey: z.string().max(255).optional(),
    })
    .strict(),
]);
export type ReplayTarget = z.infer<typeof replayTargetSchema>;

export const replayRequestSchema = z
  .object({
    vhost: z.string().min(1).max(255),
    queue: z.string().min(1).max(255),
    select: selectionSchema.default({ kind: 'all' }),
    target: replayTargetSchema.default({ kind: 'origin' }),
    /** true: plan only, nothing is sent. */
    dryRun: z.boolean().default(false),
    /** Codes of the plan's warnings that need consent and have it. */
    consent: z.array(z.string().max(64)).max(32).default([]),
    /** messages per second; absent: as fast as confirms come. */
    rate: z.number().positive().max(100_000).optional(),
    reason: z.string().max(500).optional(),
  })
  .strict();
export type ReplayRequest = z.infer<typeof replayRequestSchema>;

export const planWarningSchema = z.object({
  code: z.string(),
  /** refuse: cannot start; consent: starts only when `consent` names the code; note: to know. */
  level: z.enum(['refuse', 'consent', 'note']),
  words: z.string(),
});
export type PlanWarning = z.infer<typeof planWarningSchema>;

export const planSchema = z.object({
  vhost: z.string(),
  queue: z.string(),
  queueType: z.string(),
  brokerVersion: z.string(),
  /** The frozen count: how many messages are selected; of `inQueue` that lie there. */
  selected: z.number(),
  inQueue: z.number(),
  /** True: every one of the selected was read and counted; false: counted by the broker only (all). */
  exact: z.boolean(),
  targets: z.array(
    z.object({
      exchange: z.string(),
      routingKey: z.string(),
      messages: z.number().nullable(),
      /** Queues that it matches now. */
      reaches: z.array(
        z.object({
          queue: z.string(),
          type: z.string(),
          consumers: z.number().nullable(),
          depth: z.number().nullable(),
        }),
      ),
    }),
  ),
  /** Fields that will change, in words, each with how many messages (null: not counted). */
  changes: z.array(z.object({ field: z.string(), words: z.string(), messages: z.number().nullable() })),
  warnings: z.array(planWarningSchema),
  reading: readingCostSchema,
  keepsOrder: z.boolean(),
  plannedAt: z.number(),
});
export type Plan = z.infer<typeof planSchema>;

/**
 * planned → running → done | cancelled | failed | interrupted; interrupted → running (resume) | cancelled.
 * interrupted: the application died while it ran; nothing is lost, the journal says what is possibly duplicated.
 */
export const replayStates = ['planned', 'running', 'done', 'cancelled', 'failed', 'interrupted'] as const;
export type ReplayState = (typeof replayStates)[number];

/**
 * waiting      not yet sent
 * sending      written to the journal, sent, no answer yet
 * confirmed    the broker has the copy in a queue, the original is acknowledged; not yet seen delivered
 * delivered    a consumer got the copy · settled: its span said done · died again: with the new reason
 * returned     no queue took the copy; the original stays
 * skipped      cannot be moved: why; the original stays
 * unknown      cannot be proved, why; the original stays or was possibly sent
 */
export const replayOutcomes = [
  'waiting',
  'sending',
  'confirmed',
  'delivered',
  'settled',
  'died again',
  'returned',
  'skipped',
  'unknown',
] as const;
export type ReplayOutcome = (typeof replayOutcomes)[number];

export const replayMessageSchema = z.object({
  seq: z.number(),
  replayId: z.string(),
  deadLetterId: z.string(),
  journey: z.string(),
  ids: messageIdsSchema,
  originQueue: z.string().nullable(),
  exchange: z.string(),
  routingKey: z.string(),
  attempt: z.number(),
  outcome: z.enum(replayOutcomes),
  /** A crash or a lost connection came between its sending and its confirm: a second copy may exist. */
  possiblyDuplicated: z.boolean(),
  reason: z.string().nullable(),
  at: z.number(),
});
export type ReplayMessage = z.infer<typeof replayMessageSchema>;

export const replayCountsSchema = z.object({
  selected: z.number(),
  waiting: z.number(),
  sending: z.number(),
  confirmed: z.number(),
  delivered: z.number(),
  settled: z.number(),
  diedAgain: z.number(),
  returned: z.number(),
  skipped: z.number(),
  unknown: z.number(),
  possiblyDuplicated: z.number(),
});
export type ReplayCounts = z.infer<typeof replayCountsSchema>;

export const replayJobSchema = z.object({
  id: z.string(),
  state: z.enum(replayStates),
  by: z.string(),
  vhost: z.string(),
  queue: z.string(),
  request: replayRequestSchema,
  plan: planSchema,
  counts: replayCountsSchema,
  createdAt: z.number(),
  startedAt: z.number().nullable(),
  endedAt: z.number().nullable(),
  /** Why it failed, was interrupted, is waiting (broker blocked). */
  note: z.string().nullable(),
  steps: z.array(z.object({ at: z.number(), words: z.string() })),
  /** messages per second over the last seconds; null when it does not run */
  ratePerSecond: z.number().nullable(),
});
export type ReplayJob = z.infer<typeof replayJobSchema>;
