import { deadLetterListSchema } from '@/lib/model/api.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json } from '../_answer.ts';
import { requireSession } from '../_door.ts';

const DAY = 86_400_000;
const SLICES = 12;

/** Dead-letter queues that the user may read, with causes from the last reading or from what the tap saw in a day. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const { live, facts, replays, state } = runtime();
    const snapshot = live.snapshot();
    if (!snapshot)
      throw new HoplightError('management_unreachable', 'The broker has not been read yet.', {
        next: 'It is tried every few seconds.',
      });
    const oldest = facts.size().oldestAt;
    // a trend over time in which nothing was listened to would be an empty one
    const since = Math.max(Date.now() - DAY, oldest ?? 0);
    const list = replays.deadLetters({
      snapshot,
      deaths: facts.deaths(session.vhosts, since, SLICES),
      since: oldest === null ? null : since,
      mayRead: (vhost, queue) => session.mayRead(vhost, queue),
      notes: (vhost, queue) => state.causeNotes(vhost, queue),
    });
    return json(deadLetterListSchema, { ...live.freshness(), ...list });
  });
}
