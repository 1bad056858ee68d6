import { z } from 'zod';

export { causeKey } from './names.ts';

/**
 * One entry of `x-death`: newest first, one per queue and reason. `at` is ms since 1970 (the broker gives whole
 * seconds); `exchange` and `routingKeys` are where the message had been published before it died.
 */
export const deathSchema = z.object({
  queue: z.string(),
  reason: z.string(),
  count: z.number(),
  exchange: z.string(),
  routingKeys: z.array(z.string()),
  at: z.number().nullable(),
  originalExpiration: z.string().optional(),
});
export type Death = z.infer<typeof deathSchema>;

/**
 * A cause groups dead letters that died alike: origin queue, reason, and the shape of the error that a service wrote into a
 * header (`x-exception-message`, `x-error`, …; numbers, IDs and quoted values are `…`), null where none did. `key` is stable
 * and goes into URLs.
 */
export const causeSchema = z.object({
  key: z.string(),
  originQueue: z.string(),
  reason: z.string(),
  error: z.string().nullable(),
  count: z.number(),
  firstAt: z.number().nullable(),
  lastAt: z.number().nullable(),
  /** Deaths per slice of time, oldest first, for the small trend; empty where the times are not known. */
  trend: z.array(z.number()),
});
export type Cause = z.infer<typeof causeSchema>;
