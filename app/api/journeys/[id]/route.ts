import { journeyAnswerSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json } from '../../_answer.ts';
import { requireSession } from '../../_door.ts';
import { journeyBy } from '../_find.ts';

/** One journey by its ID (`trace:…`) or by any ID that one of its messages carries. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { id } = await context.params;
    return json(journeyAnswerSchema, { journey: journeyBy(runtime(), session, id, Date.now()) });
  });
}
