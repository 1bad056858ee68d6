import { deadLetterPageSchema, deadLetterQuerySchema } from '@/lib/model/api.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import type { LetterFilter } from '@/lib/model/letter-filter.ts';
import { parseWhere } from '@/lib/model/where.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../../../../_answer.ts';
import { requireSession, requireVhost } from '../../../../_door.ts';

/** Reads messages on the user's own connection and puts them back: the broker decides whether the user may. */
export async function GET(request: Request, context: { params: Promise<{ vhost: string; queue: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { vhost, queue } = await context.params;
    const { limit, after, where } = readQuery(request, deadLetterQuerySchema);
    const mine = requireVhost(session, vhost);
    const page = await runtime().replays.readDeadLetters(session, mine, queue, limit, {
      // nobody waits for a page whose tab was closed, and its messages go back at once
      signal: request.signal,
      ...(after === undefined ? {} : { after }),
      ...(where === undefined ? {} : { filter: filterOf(where) }),
    });
    return json(deadLetterPageSchema, page);
  });
}

function filterOf(where: string): LetterFilter {
  const read = parseWhere(where);
  if ('filter' in read) return read.filter;
  throw new HoplightError('bad_input', `The filter is not valid: ${read.error}`, {
    errors: [{ path: 'where', message: `${read.error} (at ${read.at})` }],
    notDone: 'Nothing was read.',
    next: 'Correct it: terms such as origin=billing header.x-tenant=acme $.order.id=9871 "timeout".',
  });
}
