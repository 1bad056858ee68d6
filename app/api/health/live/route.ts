import { answer, apiHeaders } from '../../_answer.ts';
import { requireOwnSite } from '../../_door.ts';

/** 200 as long as the process answers at all; nothing is looked at. */
export async function GET(request: Request) {
  return answer(async () => {
    requireOwnSite(request);
    return new Response('{"status":"UP"}', {
      headers: { ...apiHeaders, 'content-type': 'application/json' },
    });
  });
}
