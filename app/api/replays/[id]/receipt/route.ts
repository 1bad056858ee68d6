import { receiptHead, receiptLine } from '@/lib/replay/receipt.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders } from '../../../_answer.ts';
import { requireSession } from '../../../_door.ts';
import { requireJob } from '../../_job.ts';

const PAGE = 1_000;

/** The whole receipt as CSV, a page at a time from the store, so that its size does not matter. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { id } = await context.params;
    requireJob(session, id);
    const { replays } = runtime();
    const encoder = new TextEncoder();
    let offset = -1;
    const rows = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (offset < 0) {
          controller.enqueue(encoder.encode(receiptHead));
          offset = 0;
          return;
        }
        const messages = replays.messages(id, PAGE, offset);
        offset += messages.length;
        if (messages.length > 0) controller.enqueue(encoder.encode(messages.map(receiptLine).join('')));
        if (messages.length < PAGE) controller.close();
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
