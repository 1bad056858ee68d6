/** A live event, parsed in slices: ten thousand queues must not hold up the page that shows them. */
import { z } from 'zod';
import { type LiveState, liveStateSchema, queueRowSchema } from '@/lib/model/live';

const envelopeSchema = liveStateSchema.omit({ queues: true }).extend({ queues: z.array(z.unknown()) });
const sliceSchema = z.array(queueRowSchema);

/** Queues parsed in one go: a few milliseconds. */
const SLICE = 400;

const breathe = () => new Promise<void>((resolve) => setTimeout(resolve));

/**
 * Parses the text of a `live` event. Throws ZodError or SyntaxError. null when `stale()` turned true meanwhile: a newer
 * event has come, the older one is not worth finishing.
 */
export async function parseLive(text: string, stale: () => boolean): Promise<LiveState | null> {
  const envelope = envelopeSchema.parse(JSON.parse(text));
  const queues: LiveState['queues'] = [];
  for (let at = 0; at < envelope.queues.length; at += SLICE) {
    if (at > 0) await breathe();
    if (stale()) return null;
    for (const queue of sliceSchema.parse(envelope.queues.slice(at, at + SLICE))) queues.push(queue);
  }
  return { ...envelope, queues };
}
