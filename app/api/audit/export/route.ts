import { exportAudit } from '@/lib/audit/read.ts';
import { auditExportSchema } from '@/lib/model/audit.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders, readQuery } from '../../_answer.ts';
import { requireSession } from '../../_door.ts';

const types = { csv: 'text/csv; charset=utf-8; header=present', ndjson: 'application/x-ndjson' };

/** The log as a file, a part at a time from the store, so that its size does not matter. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const { format, ...query } = readQuery(request, auditExportSchema);
    const parts = exportAudit(runtime().state, query, session, format);
    const encoder = new TextEncoder();
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { done, value } = parts.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(value));
      },
    });
    return new Response(stream, {
      headers: {
        ...apiHeaders,
        'content-type': types[format],
        'content-disposition': `attachment; filename="audit.${format}"`,
      },
    });
  });
}
