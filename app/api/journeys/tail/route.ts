import { journeyQuerySchema } from '@/lib/model/api.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, build, readQuery } from '../../_answer.ts';
import { requireSession, requireVhost } from '../../_door.ts';
import { eventStream, streamAnswer } from '../../_stream.ts';
import { enterStream } from '../../_streams.ts';
import { lookForJourneys } from '../_find.ts';
import { createTail } from '../_tail.ts';

/** At most four events a second. */
const EVERY_MS = 250;

/** Journeys as they come in and change, by the filters of the list, for as long as the session lasts. */
export async function GET(request: Request) {
  return answer(async () => {
    const caller = await requireSession(request);
    const query = readQuery(request, journeyQuerySchema);
    if (query.vhost !== undefined) requireVhost(caller, query.vhost);
    if (query.cursor !== undefined)
      throw new HoplightError('bad_input', 'A tail has no older pages: it takes no cursor.', {
        notDone: 'No stream was opened.',
        next: 'Leave the cursor out, or ask /api/journeys.',
      });
    const rt = runtime();
    let session = caller;
    const tail = createTail({ query, list: (asked) => lookForJourneys(rt, session, asked), clock: Date.now });
    // the first look answers a question that cannot be asked with a problem, not with a stream that ends
    let first = JSON.stringify(tail.look(true));
    const leave = enterStream(caller);
    const body = eventStream({
      event: 'journeys',
      build,
      encode(due) {
        if (first !== '') {
          const text = first;
          first = '';
          return text;
        }
        const change = tail.look(due);
        return change && JSON.stringify(change);
      },
      subscribe: (listener) => rt.capture.onCommitted(listener),
      async check() {
        session = await requireSession(request);
        if (query.vhost !== undefined) requireVhost(session, query.vhost);
      },
      signal: request.signal,
      onEnd: leave,
      everyMs: EVERY_MS,
    });
    return streamAnswer(body);
  });
}
