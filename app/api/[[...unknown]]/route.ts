import { HoplightError } from '@/lib/model/errors.ts';
import { answer } from '../_answer.ts';
import { requireOwnSite } from '../_door.ts';

/** An address at or below /api that is no door: a problem, as from every door, and not a page. */
function nothingHere(request: Request) {
  return answer(async () => {
    requireOwnSite(request);
    throw new HoplightError('not_found', 'The API has nothing at this address.', {
      notDone: 'Nothing was read or changed.',
      next: 'Look at docs/api.md; a slash within a name is written %2F.',
    });
  });
}

export const GET = nothingHere;
export const POST = nothingHere;
export const PUT = nothingHere;
export const PATCH = nothingHere;
export const DELETE = nothingHere;
