import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders } from '../api/_answer.ts';
import { requireSession } from '../api/_door.ts';

/** Prometheus text. Queue names and traffic are not for everybody: give the scraper HTTP Basic. */
export async function GET(request: Request) {
  return answer(async () => {
    await requireSession(request);
    const { metrics } = runtime();
    return new Response(await metrics.text(), {
      headers: { ...apiHeaders, 'content-type': metrics.contentType },
    });
  });
}
