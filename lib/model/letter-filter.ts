/** Which dead letters are meant, by what they carry. Every part that is given must hold. */
import { z } from 'zod';
import { parseJsonPath } from './json-path.ts';

const text = (max: number) => z.string().min(1).max(max);

export const letterFilterSchema = z
  .object({
    /** The header is there; with `value`: its value as text is this one (numbers and booleans as they are written in JSON). */
    headers: z
      .array(z.object({ name: text(255), value: z.string().max(1_000).optional() }).strict())
      .max(16)
      .optional(),
    /** The JSON body has something at this path (`$.order.id`, `$.items[*].sku`); with `value`: equal to it, as text. */
    json: z
      .array(
        z
          .object({
            path: text(500).refine((p) => parseJsonPath(p) !== null, 'Not a JSON path such as $.order.id'),
            value: z.string().max(1_000).optional(),
          })
          .strict(),
      )
      .max(16)
      .optional(),
    /** Stands in the body, a header's value or an ID; upper and lower case are the same. */
    text: text(1_000).optional(),
    /** The queue that it died in last. */
    origin: text(255).optional(),
    reason: text(64).optional(),
    /** Stands in the error that a service wrote into a header. */
    error: text(1_000).optional(),
    exchange: z.string().max(255).optional(),
    key: z.string().max(255).optional(),
    /** Died at or after / before, ms since 1970. */
    from: z.number().int().nonnegative().optional(),
    to: z.number().int().nonnegative().optional(),
    /** Keys of causes, any of them. */
    causes: z.array(text(4_096)).min(1).max(200).optional(),
  })
  .strict();
export type LetterFilter = z.infer<typeof letterFilterSchema>;
