/** What one message is changed to before it is sent again. What is not named stays byte for byte. */
import { z } from 'zod';
import { headerSchema, wireTags } from './message.ts';

const short = z.string().max(255).nullable().optional();

/** `null` takes a property off. `timestamp` in seconds since 1970, `expiration` in ms as text. */
export const letterEditSchema = z
  .object({
    headers: z
      .object({
        /** Added, or put in the place of all headers of that name. */
        set: z
          .array(headerSchema.extend({ name: z.string().min(1).max(255), type: z.enum(wireTags) }))
          .max(200)
          .default([]),
        remove: z.array(z.string().min(1).max(255)).max(200).default([]),
      })
      .strict()
      .optional(),
    properties: z
      .object({
        contentType: short,
        contentEncoding: short,
        deliveryMode: z
          .union([z.literal(1), z.literal(2)])
          .nullable()
          .optional(),
        priority: z.number().int().min(0).max(255).nullable().optional(),
        correlationId: short,
        replyTo: short,
        messageId: short,
        timestamp: z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER).nullable().optional(),
        type: short,
        appId: short,
      })
      .strict()
      .optional(),
    /** The whole new body, as text (UTF-8) or base64. */
    body: z
      .union([z.object({ text: z.string() }).strict(), z.object({ base64: z.base64() }).strict()])
      .optional(),
  })
  .strict();
export type LetterEdit = z.infer<typeof letterEditSchema>;
