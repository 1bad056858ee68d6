import { momentListSchema, momentQuerySchema } from '@/lib/model/moment.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../_answer.ts';
import { requireSession } from '../_door.ts';
import { momentsOf } from './_moments.ts';

/** What happened to a queue, at a connection, or to all that the user may see; newest first. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const asked = readQuery(request, momentQuerySchema);
    return json(momentListSchema, momentsOf(runtime(), session, asked));
  });
}
