import { receiptPageSchema, receiptQuerySchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../../../_answer.ts';
import { requireSession } from '../../../_door.ts';
import { requireJob } from '../../_job.ts';

/** Rows of the receipt, a page at a time: of some outcomes, or those that possibly went twice. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { outcomes, twice, offset, limit } = readQuery(request, receiptQuerySchema);
    const { id } = await context.params;
    requireJob(session, id);
    // one more than is asked for says whether there is a next page
    const rows = runtime().replays.messages(id, limit + 1, offset, {
      outcomes,
      possiblyDuplicated: twice === 'possibly',
    });
    return json(receiptPageSchema, {
      messages: rows.slice(0, limit),
      next: rows.length > limit ? offset + limit : null,
    });
  });
}
