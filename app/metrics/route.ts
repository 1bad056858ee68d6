import { seesAllClients } from '@/lib/broker/permissions.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, apiHeaders } from '../api/_answer.ts';
import { requireSession } from '../api/_door.ts';

/**
 * Prometheus text, of all vhosts together: for who may see all clients (tags `monitoring`, `administrator`), as the names
 * of others' vhosts and queues stand in it. Give the scraper HTTP Basic.
 */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    if (!seesAllClients(session.tags))
      throw new HoplightError('forbidden', `${session.user} may not see the figures of every vhost.`, {
        notDone: 'Nothing was read.',
        next: `Give the scraper a user with the tag monitoring: rabbitmqctl set_user_tags ${session.user} monitoring`,
      });
    const { metrics } = runtime();
    return new Response(await metrics.text(), {
      headers: { ...apiHeaders, 'content-type': metrics.contentType },
    });
  });
}
