import { latencyQuerySchema, latencySchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../_answer.ts';
import { requireSession, requireVhost } from '../_door.ts';

/** From publish to first delivery as percentiles over time, by queue, slowest first: of queues that the user may read. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const query = readQuery(request, latencyQuerySchema);
    if (query.vhost !== undefined) requireVhost(session, query.vhost);
    const { queues, ...range } = runtime().facts.latency(query, session.vhosts);
    return json(latencySchema, {
      ...range,
      queues: queues.filter((q) => session.mayRead(q.vhost, q.queue)),
    });
  });
}
