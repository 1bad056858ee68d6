/** What one message is changed to before it is sent again. What is not named stays byte for byte. */
import { z } from 'zod';
import { nameProblem, valueProblem } from './header-value.ts';
import { headerSchema, wireTags } from './message.ts';

const utf8 = new TextEncoder();
const short = z
  .string()
  .max(255)
  .refine((text) => utf8.encode(text).length <= 255, 'AMQP has room for 255 bytes here.')
  .nullable()
  .optional();

const name = z
  .string()
  .min(1)
  .max(255)
  .superRefine((text, context) => {
    const why = nameProblem(text);
    if (why !== null) context.addIssue({ code: 'custom', message: why });
  });

const set = headerSchema.extend({ name, type: z.enum(wireTags) }).superRefine(({ type, value }, context) => {
  const why = valueProblem(type, value);
  if (why !== null) context.addIssue({ code: 'custom', path: ['value'], message: why });
});

/** `null` takes a property off. `timestamp` in seconds since 1970. The expiration is an option of the replay. */
export const letterEditSchema = z
  .object({
    headers: z
      .object({
        /** In the place of the first header of that name, others of that name go; new names come at the end. */
        set: z
          .array(set)
          .max(200)
          .refine((all) => new Set(all.map((h) => h.name)).size === all.length, 'A header is set once.')
          .default([]),
        remove: z.array(name).max(200).default([]),
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
