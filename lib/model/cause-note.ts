/** What people wrote about a cause: a note, and whether it is muted. */
import { z } from 'zod';

export const causeNoteSchema = z.object({
  /** Empty when there is only a mute. */
  text: z.string(),
  /** Until when it is set apart, ms since 1970; null: it is not muted. */
  mutedUntil: z.number().nullable(),
  by: z.string(),
  at: z.number(),
});
export type CauseNote = z.infer<typeof causeNoteSchema>;

/** `POST /api/dead-letters/notes`. Empty `text` and null `mutedUntil` take it away. */
export const causeNoteChangeSchema = z
  .object({
    vhost: z.string().min(1).max(255),
    queue: z.string().min(1).max(255),
    cause: z.string().min(1).max(4_096),
    text: z.string().max(2_000),
    mutedUntil: z.number().int().positive().nullable(),
  })
  .strict();
export type CauseNoteChange = z.infer<typeof causeNoteChangeSchema>;
/** All notes of the queue as they are now, by the cause's key. */
export const causeNoteAnswerSchema = z.object({ notes: z.record(z.string(), causeNoteSchema) });
export type CauseNoteAnswer = z.infer<typeof causeNoteAnswerSchema>;
