import { receiptHead, receiptLine } from '@/lib/replay/receipt.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders } from '../../../_answer.ts';
import { requireSession } from '../../../_door.ts';
import { requireJob } from '../../_job.ts';

/** The whole receipt as CSV, a page at a time from the store, so that its size does not matter. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { id } = await context.params;
    requireJob(session, id);
    const pages = runtime().replays.receipt(id);
    const encoder = new TextEncoder();
    let begun = false;
    const rows = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (!begun) {
          controller.enqueue(encoder.encode(receiptHead));
          begun = true;
          return;
        }
        const { done, value } = pages.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value.map(receiptLine).join('')));
      },
    });
    return new Response(rows, {
      headers: {
        ...apiHeaders,
        'content-type': 'text/csv; charset=utf-8; header=present',
        'content-disposition': `attachment; filename="replay-${id}.csv"`,
      },
    });
  });
}
