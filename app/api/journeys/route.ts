import { journeyListSchema, journeyQuerySchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../_answer.ts';
import { requireSession, requireVhost } from '../_door.ts';
import { listJourneys } from './_find.ts';

/** The latest journeys, newest first; `q` finds those that an ID belongs to. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const query = readQuery(request, journeyQuerySchema);
    if (query.vhost !== undefined) requireVhost(session, query.vhost);
    return json(journeyListSchema, await listJourneys(runtime(), session, query));
  });
}
