import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders } from '../../_answer.ts';
import { requireOwnSite } from '../../_door.ts';

/**
 * 200 when pages and the store can be served, else 503. The broker's absence does not make Hoplight unready: showing it
 * is when people need it.
 */
export async function GET(request: Request) {
  return answer(async () => {
    requireOwnSite(request);
    const ready = runtime().capture.status().store.ok;
    return new Response(JSON.stringify({ status: ready ? 'UP' : 'DOWN' }), {
      status: ready ? 200 : 503,
      headers: { ...apiHeaders, 'content-type': 'application/json' },
    });
  });
}
