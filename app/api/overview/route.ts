import { overviewSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json } from '../_answer.ts';
import { requireSession } from '../_door.ts';
import { overview } from './_overview.ts';

/** Health, totals, what needs a look, causes of death, latest acts: over the vhosts that the user may see. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    return json(overviewSchema, overview(runtime(), session, Date.now()));
  });
}
