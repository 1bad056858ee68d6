/** The past of a queue, of vhosts, or of the broker. */
import { z } from 'zod';
import { pointSchema } from './live.ts';
import { momentKinds } from './moment.ts';

export const historyQuerySchema = z
  .object({
    vhost: z.string().min(1).max(255).optional(),
    queue: z.string().min(1).max(255).optional(),
    /** How far back from now, ms; or a stretch of time: `from` and `to`, ms since 1970. */
    last: z.coerce
      .number()
      .int()
      .min(60_000)
      .max(400 * 86_400_000)
      .optional(),
    from: z.coerce.number().int().positive().optional(),
    to: z.coerce.number().int().positive().optional(),
    /** Most points of the answer. */
    points: z.coerce.number().int().min(10).max(1_000).default(360),
  })
  .strict()
  .refine((q) => q.queue === undefined || q.vhost !== undefined, {
    path: ['vhost'],
    message: 'A queue is named with its vhost.',
  })
  .refine((q) => (q.last === undefined) === (q.from !== undefined && q.to !== undefined), {
    path: ['last'],
    message: 'Say how far back (last), or from when to when (from and to).',
  })
  .refine((q) => q.from === undefined || q.to === undefined || q.to - q.from >= 10_000, {
    path: ['to'],
    message: 'Must be at least ten seconds after from.',
  });
export type HistoryQuery = z.infer<typeof historyQuerySchema>;

/** Something that happened and may explain a bend of the line; what lies too near to be told apart is one mark. */
export const historyMarkSchema = z.object({
  /** Of the first and the last that it stands for, ms since 1970. */
  at: z.number(),
  until: z.number(),
  count: z.number(),
  /** Of the gravest. */
  kind: z.enum(momentKinds),
  words: z.string(),
  href: z.string().nullable(),
});
export type HistoryMark = z.infer<typeof historyMarkSchema>;

/** Why there are no figures for a while. */
export const historyGapSchema = z.object({ from: z.number(), to: z.number(), reason: z.string() });
export type HistoryGap = z.infer<typeof historyGapSchema>;

export const historySchema = z.object({
  from: z.number(),
  to: z.number(),
  /** ms that one point stands for: its figures are means over it. */
  stepMs: z.number(),
  /** One for each step from the first that is known; all figures null where the broker was not read. `peak`: the deepest within the step. */
  points: z.array(pointSchema.extend({ peak: z.number().nullable() })),
  /** Before this nothing is known; null: nothing at all. */
  since: z.number().nullable(),
  gaps: z.array(historyGapSchema),
  /** Oldest first. */
  marks: z.array(historyMarkSchema),
});
export type HistoryAnswer = z.infer<typeof historySchema>;
