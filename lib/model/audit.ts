/** What was done, by whom, with what result: each entry seals the one before it. */
import { z } from 'zod';

export const auditEntrySchema = z.object({
  number: z.number(),
  id: z.string(),
  at: z.number(),
  by: z.string(),
  kind: z.string(),
  words: z.string(),
  /** Request, plan, consent: what was to be done. */
  intent: z.json(),
  outcome: z.string().nullable(),
  outcomeAt: z.number().nullable(),
  href: z.string().nullable(),
  /** SHA-256, hex, over the seal of the entry before it and what this one intends; null for entries from before there were seals. */
  seal: z.string().nullable(),
  /** SHA-256, hex, over `seal` and the outcome; null while there is none. */
  outcomeSeal: z.string().nullable(),
});
export type AuditEntryView = z.infer<typeof auditEntrySchema>;

export const auditQuerySchema = z
  .object({
    by: z.string().min(1).max(255).optional(),
    kind: z.string().min(1).max(64).optional(),
    /** Stands in the words, the outcome or the intent; or is a whole seal. */
    text: z.string().min(1).max(200).optional(),
    from: z.coerce.number().int().nonnegative().optional(),
    to: z.coerce.number().int().nonnegative().optional(),
    /** Entries with a smaller number: the next page. */
    before: z.coerce.number().int().positive().optional(),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  })
  .strict();
export type AuditQuery = z.infer<typeof auditQuerySchema>;

export const auditFormats = ['csv', 'ndjson'] as const;
export type AuditFormat = (typeof auditFormats)[number];
/** `GET /api/audit/export`: all that the filter lets pass, oldest first. */
export const auditExportSchema = auditQuerySchema
  .omit({ before: true, limit: true })
  .extend({ format: z.enum(auditFormats).default('csv') });

export const auditListSchema = z.object({
  /** Newest first. Who is no administrator sees what they did, and what was done to queues that they may read. */
  entries: z.array(auditEntrySchema),
  /** `before` of the next page; null at the end. A page may be short and still have a next. */
  next: z.number().nullable(),
  users: z.array(z.string()),
  kinds: z.array(z.string()),
  chain: z.object({
    state: z.enum(['whole', 'broken']),
    /** Sealed entries that were checked. */
    checked: z.number(),
    /** Number of the first entry that does not fit. */
    brokenAt: z.number().nullable(),
    /** The last seal: note it elsewhere to prove later that nothing was cut off the end. */
    head: z.string().nullable(),
  }),
});
export type AuditList = z.infer<typeof auditListSchema>;
