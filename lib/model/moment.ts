/**
 * Something that happened at a time and may explain what came after it: a row of a timeline, a mark on a chart. Kept as long
 * as the history (`HOPLIGHT_HISTORY_DAYS`), whether it was told by the broker or seen between two readings.
 */
import { z } from 'zod';

export const momentKinds = [
  'consumer came',
  'consumer gone',
  'connection opened',
  'connection gone',
  'channel closed',
  'queue declared',
  'queue deleted',
  'node restarted',
  'node down',
  'broker away',
  'broker back',
  'alarm set',
  'alarm cleared',
  'policy changed',
  'hoplight started',
  'replay',
  'publish',
  'purge',
] as const;
export type MomentKind = (typeof momentKinds)[number];

/** `hoplight started`: before it nobody looked, and what happened then is not known. */
export const momentSchema = z.object({
  /** Unique; the same moment told again has the same. */
  id: z.string(),
  /** ms since 1970: the broker's clock where it told it, else when the reading that showed it was complete. */
  at: z.number(),
  kind: z.enum(momentKinds),
  /** Empty: it is about a node or the whole broker, and everybody's concern. */
  vhost: z.string(),
  queue: z.string().nullable(),
  /** The broker's name of the connection. */
  connection: z.string().nullable(),
  consumerTag: z.string().nullable(),
  /** One plain sentence, with the reason where it is known. */
  words: z.string(),
  /** `told`: by the broker's events or log; `read`: from the difference of two readings; `done`: by somebody through Hoplight. */
  source: z.enum(['told', 'read', 'done']),
  /** How many it stands for: of a storm, one row tells. */
  count: z.number(),
  /** The page that shows more of it; null: none. */
  href: z.string().nullable(),
});
export type Moment = z.infer<typeof momentSchema>;

/**
 * Of one queue, one connection, or of all that the user may see; newest first. A queue's and a connection's have those of
 * its broker and its vhost as a whole beside them: they may be why.
 */
export const momentQuerySchema = z
  .object({
    vhost: z.string().min(1).max(255).optional(),
    queue: z.string().min(1).max(255).optional(),
    connection: z.string().min(1).max(1_000).optional(),
    /** ms since 1970, exclusive: those before it. */
    before: z.coerce.number().int().positive().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  })
  .strict()
  .refine((q) => q.queue === undefined || q.vhost !== undefined, {
    path: ['vhost'],
    message: 'A queue is named with its vhost.',
  });
export type MomentQuery = z.infer<typeof momentQuerySchema>;

export const momentListSchema = z.object({
  moments: z.array(momentSchema),
  /** Older ones are there: ask again with `before` of the last. */
  more: z.boolean(),
});
export type MomentList = z.infer<typeof momentListSchema>;
