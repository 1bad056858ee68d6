import { queueDetailSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json } from '../../../_answer.ts';
import { requireSession, requireVhost } from '../../../_door.ts';
import { queueDetail } from './_detail.ts';

/** One queue: its past, its consumers, the ways in and out, its latest journeys. */
export async function GET(request: Request, context: { params: Promise<{ vhost: string; name: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { vhost, name } = await context.params;
    const detail = await queueDetail(runtime(), session, requireVhost(session, vhost), name);
    return json(queueDetailSchema, detail);
  });
}
