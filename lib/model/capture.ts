/** What is captured, how much of it, and what is never stored. */
import { z } from 'zod';

const name = z.string().max(255);

/** What the firehose tap of one vhost listens to. Publishes of `exchanges` and deliveries of `queues`; `all`: everything. */
export const tapScopeSchema = z.discriminatedUnion('mode', [
  z.object({ mode: z.literal('all') }).strict(),
  z
    .object({
      mode: z.literal('chosen'),
      /** '' is the default exchange. */
      exchanges: z.array(name).max(500),
      queues: z.array(name.min(1)).max(500),
    })
    .strict(),
]);
export type TapScope = z.infer<typeof tapScopeSchema>;

export const bodyModes = ['off', 'first', 'full'] as const;
/** More of a body is never kept, also when it is kept in full. */
export const bodyMaxBytes = 16_777_216;

/** Changed by an administrator at run time and remembered; the environment gives what holds until then. */
export const captureSettingsSchema = z
  .object({
    /** By vhost; one that is not named is tapped whole. */
    scopes: z.record(name, tapScopeSchema),
    /** 0 < share ≤ 1 of journeys that are kept, chosen by their key: whole journeys or none. */
    sampling: z.number().gt(0).max(1),
    body: z
      .object({ mode: z.enum(bodyModes), firstBytes: z.number().int().min(1).max(bodyMaxBytes) })
      .strict(),
    retention: z
      .object({
        days: z.number().positive().max(3_650),
        bytes: z
          .number()
          .int()
          .min(16_777_216)
          .max(2 ** 50),
      })
      .strict(),
  })
  .strict();
export type CaptureSettings = z.infer<typeof captureSettingsSchema>;

/** Built-in patterns by name, since a user's own expression could run without end. */
export const redactionPatterns = ['card', 'iban', 'jwt', 'bearer', 'email'] as const;

/** From the environment alone, so that nobody at the dashboard can lift it. */
export interface Redaction {
  /** Header names in lower case; `*` at the end stands for any rest. Their values are replaced. */
  headers: string[];
  /** Paths into JSON bodies: `$.customer.iban`, `$.items[*].card`, `$..password`. */
  jsonPaths: string[];
  patterns: (typeof redactionPatterns)[number][];
}

export { REDACTED } from './names.ts';
