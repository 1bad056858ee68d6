import { deadLetterPageSchema, deadLetterQuerySchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../../../../_answer.ts';
import { requireSession, requireVhost } from '../../../../_door.ts';

/** Reads messages on the user's own connection and puts them back: the broker decides whether the user may. */
export async function GET(request: Request, context: { params: Promise<{ vhost: string; queue: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { vhost, queue } = await context.params;
    const { limit } = readQuery(request, deadLetterQuerySchema);
    const mine = requireVhost(session, vhost);
    return json(deadLetterPageSchema, await runtime().replays.readDeadLetters(session, mine, queue, limit));
  });
}
