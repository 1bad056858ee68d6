import { replayActionSchema, replayAnswerSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readBody } from '../../_answer.ts';
import { requireSession } from '../../_door.ts';
import { requireJob, requireSteering, told } from '../_job.ts';

type Context = { params: Promise<{ id: string }> };

/** Rows of the receipt that come along; the whole of it is the CSV. */
const ROWS = 500;

/** State, counts and the first rows of the receipt, those that did not make it first. */
export async function GET(request: Request, context: Context) {
  return answer(async () => {
    const session = await requireSession(request);
    const { id } = await context.params;
    const replay = requireJob(session, id);
    return json(replayAnswerSchema, {
      replay: told(replay),
      messages: runtime().replays.messages(id, ROWS),
      progress: runtime().replays.progress(id),
    });
  });
}

/** Cancels and pauses (answers when that is done), goes on, or changes the pace. */
export async function POST(request: Request, context: Context) {
  return answer(async () => {
    const session = await requireSession(request);
    const asked = await readBody(request, replayActionSchema, 1_024);
    const { id } = await context.params;
    requireSteering(session, requireJob(session, id), asked);
    const { replays } = runtime();
    const replay = await replays.act(session, id, asked);
    return json(replayAnswerSchema, {
      replay: told(replay),
      messages: replays.messages(id, ROWS),
      progress: replays.progress(id),
    });
  });
}
