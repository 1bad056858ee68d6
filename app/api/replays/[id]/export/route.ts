import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders } from '../../../_answer.ts';
import { requireSession } from '../../../_door.ts';
import { requireJob } from '../../_job.ts';

const NEWLINE = Buffer.from('\n');

/** What a deletion took out of its queue, a line of JSON for each message; who fetched it is in the audit log. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { id } = await context.params;
    const job = requireJob(session, id);
    const { audit, exports } = runtime();
    const lines = await exports.lines(job);
    const end = audit.begin({
      by: session.user,
      kind: 'export download',
      words: `Download what deletion ${id} took out of ${job.queue}`,
      intent: { vhost: job.vhost, queue: job.queue, job: id, exported: job.exported },
      href: `/replays/${id}`,
    });
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        try {
          const { done, value } = await lines.next();
          if (done) {
            end(`done: ${sent} messages sent`);
            controller.close();
            return;
          }
          sent++;
          controller.enqueue(Buffer.concat([value, NEWLINE]));
        } catch (error) {
          end(`failed after ${sent} messages`);
          controller.error(error);
        }
      },
      async cancel() {
        end(`cancelled after ${sent} messages`);
        await lines.return(undefined);
      },
    });
    return new Response(body, {
      headers: {
        ...apiHeaders,
        'content-type': 'application/x-ndjson',
        'content-disposition': `attachment; filename="deleted-${id}.ndjson"`,
      },
    });
  });
}
