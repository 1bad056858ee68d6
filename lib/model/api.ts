/** The public JSON API: request and answer of each door. docs/openapi.json is made from these. */
import { z } from 'zod';
import {
  bindingSchema,
  consumerRowSchema,
  goneConsumerSchema,
  missingSchema,
  nodeSchema,
  totalsSchema,
} from './broker.ts';
import { captureSettingsSchema } from './capture.ts';
import { causeSchema } from './death.ts';
import { MAX_ID_LENGTH } from './ids.ts';
import { journeySchema, journeyStatuses, journeySummarySchema } from './journey.ts';
import {
  attentionSchema,
  captureCountsSchema,
  freshness,
  pointSchema,
  queueRowSchema,
  storeStatusSchema,
  tapSchema,
} from './live.ts';
import {
  deadLetterQueueSchema,
  deadLetterSchema,
  planSchema,
  readingCostSchema,
  replayJobSchema,
  replayMessageSchema,
  replayOutcomes,
  replayProgressSchema,
} from './replay.ts';

const reading = z.object({
  freshness: z.enum(freshness),
  readAt: z.number().nullable(),
  since: z.number().nullable(),
  reason: z.string().nullable(),
});

/** One act on the broker, for Recent acts. */
export const actSchema = z.object({
  id: z.string(),
  at: z.number(),
  by: z.string(),
  kind: z.string(),
  words: z.string(),
  outcome: z.string().nullable(),
  href: z.string().nullable(),
});
export type Act = z.infer<typeof actSchema>;

export const overviewSchema = reading.extend({
  cluster: z.string().nullable(),
  version: z.string().nullable(),
  nodes: z.array(nodeSchema),
  totals: totalsSchema,
  attention: z.array(attentionSchema),
  /** Last 30 minutes, oldest first. */
  history: z.array(pointSchema),
  topQueues: z.array(
    z.object({
      vhost: z.string(),
      name: z.string(),
      depth: z.array(z.number().nullable()),
      total: z.number().nullable(),
    }),
  ),
  deadLetters: z.object({
    total: z.number().nullable(),
    causes: z.array(causeSchema.extend({ vhost: z.string(), queue: z.string() })),
  }),
  died: z.array(journeySummarySchema),
  acts: z.array(actSchema),
  missing: z.array(missingSchema),
});
export type Overview = z.infer<typeof overviewSchema>;

export const queueListSchema = reading.extend({
  total: z.number(),
  queues: z.array(queueRowSchema),
  missing: z.array(missingSchema),
});
export type QueueList = z.infer<typeof queueListSchema>;

/** Bytes, utilisation and idle time of one queue, where the common reading leaves them out. */
export const queueDetailsSchema = z.object({
  /** Where they are read, in words. */
  from: z.string(),
  /** When they were asked for, ms since 1970; null: they are unknown. */
  readAt: z.number().nullable(),
  /** The pace at present, ms. */
  everyMs: z.number(),
  /** Why they are unknown, in words; null: they are known. */
  why: z.string().nullable(),
});
export type QueueDetails = z.infer<typeof queueDetailsSchema>;

export const queueDetailSchema = reading.extend({
  queue: queueRowSchema,
  /** Null: the common reading tells bytes, utilisation and idle time with everything else. */
  details: queueDetailsSchema.nullable(),
  history: z.array(pointSchema),
  consumers: z.array(consumerRowSchema),
  gone: z.array(goneConsumerSchema),
  bindingsIn: z.array(bindingSchema),
  /** The queues in which its dead letters end up; empty with `deadLetterNote` when nowhere. */
  deadLettersTo: z.array(z.string()),
  deadLetterNote: z.string().nullable(),
  reading: readingCostSchema,
  journeys: z.array(journeySummarySchema),
});
export type QueueDetail = z.infer<typeof queueDetailSchema>;

export const consumerListSchema = reading.extend({
  consumers: z.array(consumerRowSchema),
  gone: z.array(goneConsumerSchema),
  /** Queues with messages and no consumer. */
  unattended: z.array(
    z.object({
      vhost: z.string(),
      queue: z.string(),
      messages: z.number().nullable(),
      since: z.number().nullable(),
    }),
  ),
  missing: z.array(missingSchema),
});
export type ConsumerList = z.infer<typeof consumerListSchema>;

export const journeyQuerySchema = z
  .object({
    /** Any ID: trace, X-Trace-ID, correlation, message, replay. */
    q: z.string().trim().max(MAX_ID_LENGTH).optional(),
    vhost: z.string().max(255).optional(),
    queue: z.string().max(255).optional(),
    status: z.enum(journeyStatuses).optional(),
    /** '' is the default exchange. */
    exchange: z.string().max(255).optional(),
    /** A routing key, or a pattern of words as topic bindings have them: `*` one word, `#` any number. */
    key: z.string().max(255).optional(),
    /** `name=value`, or `name` alone for any value; several must all hold. */
    header: z
      .union([z.string(), z.array(z.string())])
      .transform((v) => (Array.isArray(v) ? v : [v]))
      .pipe(z.array(z.string().min(1).max(1_024)).max(8))
      .optional(),
    /** Why it died: rejected, expired, maxlen, delivery_limit. */
    reason: z.string().max(255).optional(),
    /** Part of a user's, a connection's or a service's name. */
    client: z.string().trim().min(1).max(255).optional(),
    /** ms since 1970: journeys that were seen in [from, to]. */
    from: z.coerce.number().min(0).optional(),
    to: z.coerce.number().min(0).optional(),
    /** Text in the kept part of a body, in any case. */
    text: z.string().min(1).max(255).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
    /** From `next` of the page before. */
    cursor: z.string().max(200).optional(),
  })
  .strict();
export type JourneyQuery = z.infer<typeof journeyQuerySchema>;

export const journeyListSchema = z.object({
  journeys: z.array(journeySummarySchema),
  next: z.string().nullable(),
  /**
   * How far back this page has looked, ms since 1970: a search that finds little stops after a while, so that `next` goes on
   * from there. Null: to the end of what is stored.
   */
  searchedTo: z.number().nullable(),
  /** What the tap cannot tell, in words; null when it listens. */
  note: z.string().nullable(),
});
export type JourneyList = z.infer<typeof journeyListSchema>;

/** `GET /api/journeys/tail` takes the query of the list (no cursor); each event `journeys` is one of these. */
export const journeyTailSchema = z.object({
  /** Server's clock, ms since 1970. */
  at: z.number(),
  /** Lines that are new, or not what they were when they were last sent; newest first, at most 200. */
  journeys: z.array(journeySummarySchema),
  /** Further lines that came in since the last event and are not sent. */
  skipped: z.number(),
  /** There are more than `skipped`: counting stopped. */
  more: z.boolean(),
  /** As of the list. */
  note: z.string().nullable(),
});
export type JourneyTail = z.infer<typeof journeyTailSchema>;

const percentiles = {
  /** Messages measured: their publish and first delivery were both seen. */
  count: z.number(),
  /** ms; null when nothing was measured. Read off a histogram whose buckets are 9 % wide. */
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
};
/** `GET /api/latency`: from publish to first delivery, by queue, slowest first. */
export const latencyQuerySchema = z
  .object({
    vhost: z.string().max(255).optional(),
    queue: z.string().max(255).optional(),
    from: z.coerce.number().min(0).optional(),
    to: z.coerce.number().min(0).optional(),
    points: z.coerce.number().int().min(1).max(240).default(60),
  })
  .strict();
export type LatencyQuery = z.infer<typeof latencyQuerySchema>;
export const latencySchema = z.object({
  from: z.number(),
  to: z.number(),
  queues: z.array(
    z.object({
      vhost: z.string(),
      queue: z.string(),
      ...percentiles,
      /** Oldest first, evenly over [from, to]; one without messages has a count of 0. */
      points: z.array(z.object({ at: z.number(), ...percentiles })),
    }),
  ),
});
export type Latency = z.infer<typeof latencySchema>;

/** `GET /api/capture`: what is listened to and kept, and what it costs now. */
export const captureAnswerSchema = z.object({
  settings: captureSettingsSchema,
  /** From the environment: they hold until somebody changes them here. */
  defaults: captureSettingsSchema,
  /** Binding keys (HOPLIGHT_TAP_KEYS) of vhosts that no scope names. */
  tapKeys: z.array(z.string()),
  /** What is never stored. Set in the environment alone. */
  redaction: z.object({
    headers: z.array(z.string()),
    jsonPaths: z.array(z.string()),
    patterns: z.array(z.string()),
  }),
  mayChange: z.boolean(),
  taps: z.array(tapSchema),
  counts: captureCountsSchema,
  store: storeStatusSchema,
  /** Where the events of the last minute came from, most first: what a narrower scope would save. */
  cost: z.array(
    z.object({
      vhost: z.string(),
      kind: z.enum(['exchange', 'queue']),
      name: z.string(),
      eventsPerSecond: z.number(),
      bytesPerSecond: z.number(),
    }),
  ),
});
export type CaptureAnswer = z.infer<typeof captureAnswerSchema>;
/** `POST /api/capture`: the whole of the new settings. Needs the administrator tag. */
export const captureChangeSchema = z.object({ settings: captureSettingsSchema }).strict();
/** `POST /api/capture/purge`: forgets what is stored. Needs the administrator tag; audited. */
export const purgeRequestSchema = z
  .object({
    /** Everything, or what was stored before that time, ms since 1970. */
    before: z.number().min(0).max(8.64e15).nullable(),
  })
  .strict();
export const purgeAnswerSchema = z.object({ facts: z.number(), words: z.string() });
export type PurgeAnswer = z.infer<typeof purgeAnswerSchema>;

export const journeyAnswerSchema = z.object({ journey: journeySchema });
export type JourneyAnswer = z.infer<typeof journeyAnswerSchema>;
/** `GET /api/journeys/{id}/export`: json is the answer of the journey's own door, otlp an ExportTraceServiceRequest. */
export const exportFormats = ['json', 'otlp'] as const;
export const exportQuerySchema = z.object({ format: z.enum(exportFormats).default('json') }).strict();
/** `GET /api/journeys/{id}/body`: of the message that this hop carried. */
export const bodyQuerySchema = z.object({ hop: z.string().min(1).max(200) }).strict();

export const deadLetterListSchema = reading.extend({
  total: z.number().nullable(),
  queues: z.array(deadLetterQueueSchema),
  /** Queues whose dead letters are lost: the exchange is missing or nothing is bound. */
  lost: z.array(z.object({ vhost: z.string(), queue: z.string(), exchange: z.string(), words: z.string() })),
});
export type DeadLetterList = z.infer<typeof deadLetterListSchema>;

/** `where` is a filter as text, as people type it; `after`: position of the last message of the page before. */
export const deadLetterQuerySchema = z
  .object({
    limit: z.coerce.number().int().min(1).max(1000).default(200),
    after: z.coerce.number().int().min(0).optional(),
    where: z.string().max(4_000).optional(),
  })
  .strict();

export const deadLetterPageSchema = z.object({
  vhost: z.string(),
  queue: z.string(),
  readAt: z.number(),
  /** Messages that lay there when reading began; of a stream those behind `after`. */
  inQueue: z.number(),
  /** Those of this page that the filter lets pass, in the queue's order. */
  messages: z.array(deadLetterSchema),
  /** Messages that were looked at for this page: from where it begins to where it was full, or the time for it was over. */
  read: z.number(),
  /** Messages that were taken out and put back for it, those before the page too; none of a stream. */
  putBack: z.number(),
  /** `after` of the next page; null when the queue has no more. */
  next: z.number().nullable(),
  /** Of all messages that were read, those before the page and those that the filter leaves out too. */
  causes: z.array(causeSchema),
  reading: readingCostSchema,
});
export type DeadLetterPage = z.infer<typeof deadLetterPageSchema>;

/** `POST /api/replays` with dryRun. */
export const planAnswerSchema = z.object({ plan: planSchema });
export type PlanAnswer = z.infer<typeof planAnswerSchema>;
export const replayAnswerSchema = z.object({
  replay: replayJobSchema,
  /** The receipt so far; at most 500 rows, those that did not make it first. */
  messages: z.array(replayMessageSchema),
  progress: replayProgressSchema,
});
export type ReplayAnswer = z.infer<typeof replayAnswerSchema>;
export const replayListSchema = z.object({ replays: z.array(replayJobSchema) });
export type ReplayList = z.infer<typeof replayListSchema>;
/** resume goes on with a paused or an interrupted job; pace changes the rate from now on, null for as fast as confirms come. */
export const replayActionSchema = z.discriminatedUnion('action', [
  z.object({ action: z.enum(['cancel', 'pause', 'resume']) }).strict(),
  z.object({ action: z.literal('pace'), rate: z.number().positive().max(100_000).nullable() }).strict(),
]);
export type ReplayAction = z.infer<typeof replayActionSchema>;
/** `GET /api/replays/{id}/events`: each event `replay` is one of these, when something changed and every 15 s. */
export const replayEventSchema = replayAnswerSchema.omit({ messages: true });
export type ReplayEvent = z.infer<typeof replayEventSchema>;
/** Rows of a receipt: of some outcomes, those that did not make it first. */
export const receiptQuerySchema = z
  .object({
    /** Only those of which a second copy may exist. */
    twice: z.enum(['possibly']).optional(),
    outcomes: z
      .string()
      .max(200)
      .transform((text) => text.split(','))
      .pipe(z.array(z.enum(replayOutcomes)).min(1))
      .optional(),
    offset: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(1_000).default(200),
  })
  .strict();
export const receiptPageSchema = z.object({
  messages: z.array(replayMessageSchema),
  next: z.number().nullable(),
});
export type ReceiptPage = z.infer<typeof receiptPageSchema>;

const headerInput = z.union([z.string().max(65_536), z.number(), z.boolean(), z.null()]);
/** `POST /api/publish`. Give `exchange` and `routingKey`, or `queue` (then the default exchange is used). */
export const publishRequestSchema = z
  .object({
    vhost: z.string().min(1).max(255).default('/'),
    exchange: z.string().max(255).optional(),
    routingKey: z.string().max(255).optional(),
    queue: z.string().min(1).max(255).optional(),
    body: z.string().default(''),
    bodyEncoding: z.enum(['text', 'base64']).default('text'),
    headers: z.record(z.string().min(1).max(255), headerInput).default({}),
    properties: z
      .object({
        contentType: z.string().max(255).optional(),
        contentEncoding: z.string().max(255).optional(),
        priority: z.number().int().min(0).max(255).optional(),
        correlationId: z.string().max(255).optional(),
        replyTo: z.string().max(255).optional(),
        expiration: z
          .string()
          .regex(/^\d{1,10}$/, 'milliseconds as digits')
          .optional(),
        messageId: z.string().min(1).max(255).optional(),
        type: z.string().max(255).optional(),
        appId: z.string().max(255).optional(),
      })
      .strict()
      .default({}),
    persistent: z.boolean().default(true),
    mandatory: z.boolean().default(true),
  })
  .strict()
  .refine((r) => (r.queue === undefined) !== (r.exchange === undefined), {
    error: 'give either queue, or exchange with routingKey',
    path: ['exchange'],
  });
export type PublishRequest = z.infer<typeof publishRequestSchema>;

export const publishAnswerSchema = z.object({
  /** confirmed: a queue has it; returned: no queue took it; rejected: the broker refused it; unknown: no answer came. */
  outcome: z.enum(['confirmed', 'returned', 'rejected', 'unknown']),
  words: z.string(),
  traceId: z.string(),
  messageId: z.string(),
  /** The journey's ID, for `/journeys/{id}`. */
  journey: z.string(),
  exchange: z.string(),
  routingKey: z.string(),
  tookMs: z.number(),
});
export type PublishAnswer = z.infer<typeof publishAnswerSchema>;

/** `GET /api/publish/targets?vhost=&exchange=&routingKey=`: which queues it would reach now. */
export const publishTargetsQuerySchema = z
  .object({
    vhost: z.string().min(1).max(255).default('/'),
    /** '' is the default exchange: the routing key then names a queue. */
    exchange: z.string().max(255).default(''),
    routingKey: z.string().max(255).default(''),
  })
  .strict();
export const publishTargetsSchema = z.object({
  exists: z.boolean(),
  queues: z.array(z.string()),
  /** The alternate exchange that would take it when nothing else does. */
  alternate: z.string().nullable(),
  note: z.string().nullable(),
  exchanges: z.array(z.object({ name: z.string(), type: z.string() })),
});
export type PublishTargets = z.infer<typeof publishTargetsSchema>;

/** `POST /api/tap`: listen to a vhost, or stop listening. Needs the administrator tag, as tracing itself does. */
export const tapRequestSchema = z.object({ vhost: z.string().min(1).max(255), on: z.boolean() }).strict();
export const tapAnswerSchema = z.object({ tap: tapSchema });
export type TapAnswer = z.infer<typeof tapAnswerSchema>;

export const healthStates = ['UP', 'DEGRADED', 'DOWN', 'UNKNOWN'] as const;
export const healthSchema = z.object({
  status: z.enum(healthStates),
  components: z.record(
    z.string(),
    z.object({
      status: z.enum(healthStates),
      words: z.string(),
      details: z.record(z.string(), z.json()).optional(),
    }),
  ),
});
export type Health = z.infer<typeof healthSchema>;

export const sessionAnswerSchema = z.object({
  session: z.object({ user: z.string(), tags: z.array(z.string()), vhosts: z.array(z.string()) }).nullable(),
  autoSignIn: z.boolean(),
  /** Template of the user's own trace viewer with `{traceId}`, when configured. */
  traceUrl: z.string().nullable(),
});
export type SessionAnswer = z.infer<typeof sessionAnswerSchema>;
