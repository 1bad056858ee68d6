import { consumerListSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json } from '../_answer.ts';
import { requireSession } from '../_door.ts';
import { unattended } from './_unattended.ts';

/** Consumers that are there, those that went with why, and the queues that wait for one. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const state = runtime().live.state(session.vhosts);
    const { freshness, readAt, since, reason, consumers, gone, status } = state;
    return json(consumerListSchema, {
      freshness,
      readAt,
      since,
      reason,
      consumers,
      gone,
      unattended: unattended(state),
      missing: status.missing,
    });
  });
}
