import { healthSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json } from '../_answer.ts';
import { requireOwnSite } from '../_door.ts';
import { health } from './_health.ts';

/** The state of all parts; 503 when DOWN. Without a session only the word itself. */
export async function GET(request: Request) {
  return answer(async () => {
    requireOwnSite(request);
    const { live, sessions } = runtime();
    const session = await sessions.fromRequest(request.headers).catch(() => null);
    const whole = health(live.state(session?.vhosts ?? 'all'));
    return json(
      healthSchema,
      { status: whole.status, components: session ? whole.components : {} },
      { status: whole.status === 'DOWN' ? 503 : 200 },
    );
  });
}
