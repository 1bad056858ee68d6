import { planAnswerSchema, replayAnswerSchema, replayListSchema } from '@/lib/model/api.ts';
import { replayRequestSchema } from '@/lib/model/replay.ts';
import { parseRequestKey } from '@/lib/replay/once.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readBody } from '../_answer.ts';
import { requireSession, requireVhost } from '../_door.ts';
import { mayKnow, told } from './_job.ts';

const LATEST = 50;

/** Latest replay jobs of queues that the user may read. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const jobs = runtime().replays.list(LATEST, (job) => mayKnow(session, job));
    return json(replayListSchema, { replays: jobs.map(told) });
  });
}

/**
 * With `dryRun` the plan; without it the job, which goes on by itself after the answer (202). An `Idempotency-Key` that came
 * before, with the same request, gets the job that it began.
 */
export async function POST(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const asked = await readBody(request, replayRequestSchema);
    requireVhost(session, asked.vhost);
    const { replays } = runtime();
    if (asked.dryRun) return json(planAnswerSchema, { plan: await replays.plan(session, asked) });
    const header = request.headers.get('idempotency-key');
    const begun =
      header === null
        ? { job: await replays.start(session, asked), again: false }
        : await replays.startOnce(session, asked, parseRequestKey(header));
    const { job: replay, again } = begun;
    return json(
      replayAnswerSchema,
      { replay: told(replay), messages: [], progress: replays.progress(replay.id) },
      {
        status: 202,
        headers: {
          location: `/api/replays/${replay.id}`,
          ...(again ? { 'idempotency-replayed': 'true' } : {}),
        },
      },
    );
  });
}
