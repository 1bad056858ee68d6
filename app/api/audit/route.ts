import { readAudit } from '@/lib/audit/read.ts';
import { auditListSchema, auditQuerySchema } from '@/lib/model/audit.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, json, readQuery } from '../_answer.ts';
import { requireSession } from '../_door.ts';

/** What was done, newest first, as far as this user may know of it, and whether the chain of seals is whole. */
export async function GET(request: Request) {
  return answer(async () => {
    const session = await requireSession(request);
    const query = readQuery(request, auditQuerySchema);
    return json(auditListSchema, readAudit(runtime().state, query, session));
  });
}
