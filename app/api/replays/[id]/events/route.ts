import { runtime } from '@/lib/runtime.ts';
import { answer, build } from '../../../_answer.ts';
import { requireSession } from '../../../_door.ts';
import { eventStream, streamAnswer } from '../../../_stream.ts';
import { enterStream } from '../../../_streams.ts';
import { createJobWatch } from '../../_changes.ts';
import { requireJob, told } from '../../_job.ts';

/** At most four events a second. */
const EVERY_MS = 250;

/** The job as it changes, for as long as the session lasts and the user may read its queue. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { id } = await context.params;
    requireJob(session, id);
    const { replays } = runtime();
    const watch = createJobWatch({
      job: () => told(replays.get(id)),
      progress: () => replays.progress(id),
      clock: () => performance.now(),
    });
    const leave = enterStream(session);
    const body = eventStream({
      event: 'replay',
      build,
      encode: (due) => watch.look(due),
      subscribe(listener) {
        const timer = setInterval(listener, EVERY_MS);
        return () => clearInterval(timer);
      },
      async check() {
        requireJob(await requireSession(request), id);
      },
      signal: request.signal,
      onEnd: leave,
      everyMs: EVERY_MS,
    });
    return streamAnswer(body);
  });
}
