import { queueListSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json } from '../_answer.ts';
import { requireSession } from '../_door.ts';

/** Every queue of the vhosts that the user may see, as last read. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const { freshness, readAt, since, reason, queues, status } = runtime().live.state(session.vhosts);
    return json(queueListSchema, {
      freshness,
      readAt,
      since,
      reason,
      total: queues.length,
      queues,
      missing: status.missing,
    });
  });
}
