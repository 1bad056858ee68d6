import { purgeAnswerSchema, purgeRequestSchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readBody } from '../../_answer.ts';
import { requireSession } from '../../_door.ts';
import { requireAdministrator } from '../_capture.ts';

/** Forgets facts for good, of every vhost: the store does not keep them apart. */
export async function POST(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const { before } = await readBody(request, purgeRequestSchema, 4_096);
    requireAdministrator(session, 'Nothing was forgotten.');
    const { audit, capture } = runtime();
    const what =
      before === null
        ? 'everything that is stored'
        : `what was seen before ${new Date(before).toISOString()}`;
    const facts = await audit.act(
      { by: session.user, kind: 'purge facts', words: `Forget ${what}`, intent: { before }, href: '/status' },
      () => capture.purge(before),
      (gone) => `${gone} facts forgotten`,
    );
    const many = facts === 1 ? '1 fact was' : `${facts.toLocaleString('en')} facts were`;
    return json(purgeAnswerSchema, { facts, words: `${many} forgotten: ${what}.` });
  });
}
