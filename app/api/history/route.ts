import { historyQuerySchema, historySchema } from '@/lib/model/history.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../_answer.ts';
import { requireSession } from '../_door.ts';
import { historyOf } from './_history.ts';

/** Depth, rates and consumers over minutes to months: of a queue, of a vhost, or of all that the user may see. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const asked = readQuery(request, historyQuerySchema);
    return json(historySchema, historyOf(runtime(), session, asked, Date.now()));
  });
}
