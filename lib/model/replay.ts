import { z } from 'zod';
import { causeNoteSchema } from './cause-note.ts';
import { causeSchema, deathSchema } from './death.ts';
import { messageIdsSchema } from './ids.ts';
import { letterEditSchema } from './letter-edit.ts';
import { letterFilterSchema } from './letter-filter.ts';
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
      /** Who takes from the origin now, and what waits there; null: not known. */
      consumers: z.number().nullable(),
      messages: z.number().nullable(),
    }),
  ),
  reading: readingCostSchema,
  /** How far somebody's reading of it is at this moment, of how many messages; null: nobody reads it. */
  readingNow: z.object({ read: z.number(), of: z.number(), since: z.number() }).nullable().optional(),
  causes: z.array(causeSchema),
  /** Where the causes come from: deaths seen by the tap since `causesSince`, or the last reading of the queue at `causesSince`. */
  causesFrom: z.enum(['tap', 'read', 'unknown']),
  causesSince: z.number().nullable(),
  /** Why causes are unknown or incomplete; null when nothing is to be said. */
  causesNote: z.string().nullable(),
  /** What people wrote, by the cause's key. */
  notes: z.record(z.string(), causeNoteSchema),
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
  /** Key of the cause under which it is counted. */
  cause: z.string(),
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
  z.object({ kind: z.literal('filter'), filter: letterFilterSchema }).strict(),
]);
export type Selection = z.infer<typeof selectionSchema>;

/**
 * `origin`: each message back to the queue it died in last, by the default exchange; `first origin`: to the one it died in
 * first, which differs where it went through waiting queues.
 */
export const replayTargetSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('origin') }).strict(),
  z.object({ kind: z.literal('first origin') }).strict(),
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

/**
 * replay  each copy goes with its lineage, and is followed
 * move    into another queue, to be kept there: deaths stay as they are read, no lineage, nothing is followed
 * delete  written to a file of the job, then taken out of the queue
 */
export const replayActs = ['replay', 'move', 'delete'] as const;
export type ReplayAct = (typeof replayActs)[number];

/** The first few alone: what becomes of them decides. */
export const canarySchema = z
  .object({
    messages: z.number().int().min(1).max(1_000).default(1),
    /** How long each may take to be settled or to die again, s. */
    waitSeconds: z.number().int().min(1).max(3_600).default(30),
    /** Whether the rest follows by itself when all were settled; when one died again or nobody can say, the job pauses. */
    goOn: z.boolean().default(true),
  })
  .strict();
export type Canary = z.infer<typeof canarySchema>;

/** When the job pauses by itself. What is absent does not brake. */
export const brakeSchema = z
  .object({
    /** So many copies of this job died again. */
    diedAgain: z.number().int().min(1).max(1_000_000).optional(),
    /** A target holds more than so many messages, ready and unacknowledged; goes on below half of it. */
    depth: z.number().int().min(1).max(1_000_000_000).optional(),
    /** A target's consumers hold more than so many unacknowledged; goes on below half of it. */
    unacked: z.number().int().min(1).max(1_000_000_000).optional(),
  })
  .strict();
export type Brake = z.infer<typeof brakeSchema>;

export const replayRequestSchema = z
  .object({
    act: z.enum(replayActs).default('replay'),
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
    canary: canarySchema.optional(),
    brake: brakeSchema.optional(),
    /** One at a time, each confirmed and acknowledged before the next: slow, and in the order of the queue. */
    keepOrder: z.boolean().default(false),
    /** keep: as it lies there (dead-lettering takes an expiration off) · drop: none · original: as before its death. */
    expiration: z.enum(['keep', 'drop', 'original']).default('keep'),
    /** Sends the copies with delivery-mode 2, whatever the originals have. */
    persistent: z.boolean().default(false),
    /** A message that replays have sent so often already stays. */
    maxReplays: z.number().int().min(1).max(1_000).default(10),
    /** How long the copies are followed after the last was confirmed, s; ends at once when nothing more can be learnt. */
    followSeconds: z.number().int().min(0).max(86_400).default(60),
    /** Of one message: `select` names it alone. */
    edit: letterEditSchema.optional(),
    reason: z.string().max(500).optional(),
  })
  .strict()
  .refine((r) => r.edit === undefined || (r.select.kind === 'messages' && r.select.ids.length === 1), {
    path: ['edit'],
    message: 'An edit is of one message: select it alone.',
  })
  .refine((r) => r.edit === undefined || r.act === 'replay', {
    path: ['edit'],
    message: 'Only a replay sends an edited message.',
  })
  .refine((r) => r.act !== 'move' || r.target.kind === 'queue', {
    path: ['target'],
    message: 'Messages are moved into one queue: name it.',
  });
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
  /** Of a stream: the offsets of its first and its last message then. What comes later does not join. */
  offsets: z.object({ first: z.number(), last: z.number() }).optional(),
  /** True: every one of the selected was read and counted; false: counted by the broker only (all). */
  exact: z.boolean(),
  /** SHA-256, hex, over the IDs of the selected in their order; null where they were counted only. */
  fingerprint: z.string().nullable(),
  /** What the origins were read from, and for how many of those that were read: a guess that can be seen. `queue` is empty where nothing tells it. */
  origins: z.array(z.object({ queue: z.string(), evidence: z.string(), messages: z.number() })),
  /** Which of the selected will stay, and why; counted over those that were read. */
  stays: z.array(z.object({ words: z.string(), messages: z.number() })),
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
          /** What its consumers acknowledge now, messages per second. */
          ackRate: z.number().nullable(),
        }),
      ),
      /** Whether this user may write there; unknown: the broker did not say. */
      mayWrite: z.enum(['yes', 'no', 'unknown']),
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
 * planned → running ⇄ paused; running → following → done; running | paused → cancelled | failed | interrupted;
 * interrupted → running (resume) | cancelled.
 *
 * paused: nothing is sent and nothing is held; `hold` says by whom and why. following: all were sent; what becomes of the
 * copies is waited for. interrupted: the application died while it ran; nothing is lost, the journal says what is
 * possibly duplicated.
 */
export const replayStates = [
  'planned',
  'running',
  'paused',
  'following',
  'done',
  'cancelled',
  'failed',
  'interrupted',
] as const;
export type ReplayState = (typeof replayStates)[number];

/** Why a job is paused. `goesOn`: by itself, when what is named is over; else somebody must say so. */
export const holdSchema = z.object({
  by: z.enum(['user', 'canary', 'brake', 'target full', 'order']),
  words: z.string(),
  at: z.number(),
  goesOn: z.boolean(),
});
export type Hold = z.infer<typeof holdSchema>;

/**
 * waiting      not yet sent
 * sending      written to the journal, sent, no answer yet
 * confirmed    the broker has the copy in a queue, the original is acknowledged; not yet seen delivered
 * delivered    a consumer got the copy · settled: its span said done · died again: with the new reason
 * returned     no queue took the copy; the original stays
 * skipped      cannot be moved: why; the original stays
 * deleted      written to the job's file, then taken out of the queue
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
  'deleted',
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
  deleted: z.number(),
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
  hold: holdSchema.nullable(),
  /** canary: only the first few may go; rest: all. */
  phase: z.enum(['canary', 'rest']),
  /** Until when the copies are followed; null before all were sent. */
  followUntil: z.number().nullable(),
  /** The rate that holds now, messages per second; null: as fast as confirms come. */
  rate: z.number().nullable(),
  /** Of a deletion: the file that holds what was taken out. */
  exported: z.object({ messages: z.number(), bytes: z.number() }).nullable(),
  /** messages per second over the last seconds; null when it does not run */
  ratePerSecond: z.number().nullable(),
});
export type ReplayJob = z.infer<typeof replayJobSchema>;

/** What happened to the messages of a job, in at most 120 slices of `sliceMs` from its start to its end or to now. */
export const replayProgressSchema = z.object({
  sliceMs: z.number(),
  slices: z.array(
    z.object({ at: z.number(), confirmed: z.number(), settled: z.number(), diedAgain: z.number() }),
  ),
});
export type ReplayProgress = z.infer<typeof replayProgressSchema>;
