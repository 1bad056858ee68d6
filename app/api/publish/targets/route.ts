import { publishTargetsQuerySchema, publishTargetsSchema } from '@/lib/model/api.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { targetsOf } from '@/lib/publishing/targets.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../../_answer.ts';
import { requireSession, requireVhost } from '../../_door.ts';

/** Which queues a publish would reach now. Reads the last snapshot only: it costs the broker nothing. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const question = readQuery(request, publishTargetsQuerySchema);
    const vhost = requireVhost(session, question.vhost);
    const snapshot = runtime().live.snapshot();
    if (!snapshot) {
      throw new HoplightError('management_unreachable', 'The broker has not been read yet.', {
        notDone: 'Which queues it would reach is not known.',
        next: 'Try again in a few seconds.',
        retryAfterSeconds: 2,
      });
    }
    const mayRead = (queue: string) => session.mayRead(vhost, queue);
    return json(publishTargetsSchema, targetsOf(snapshot, { ...question, vhost }, mayRead));
  });
}
