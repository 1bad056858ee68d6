import { bodyQuerySchema } from '@/lib/model/api.ts';
import { HoplightError } from '@/lib/model/errors.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, readQuery } from '../../../_answer.ts';
import { attachment } from '../../../_attachment.ts';
import { requireSession } from '../../../_door.ts';
import { journeyBy } from '../../_find.ts';

/** The body that one hop of a journey carried, as it was kept, as octets: never shown, never run. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { id } = await context.params;
    const { hop } = readQuery(request, bodyQuerySchema);
    const journey = journeyBy(runtime(), session, id, Date.now());
    const body = journey.hops.find((h) => h.id === hop)?.message?.body;
    if (!body || body.data === null)
      throw new HoplightError(
        'not_found',
        body ? 'Its body was not kept.' : 'The journey has no such hop with a message.',
        { notDone: 'Nothing is sent.', next: 'Open the journey and choose a hop that has a body.' },
      );
    return attachment(
      Uint8Array.from(Buffer.from(body.data, 'base64')),
      'application/octet-stream',
      `${hop}${body.truncated ? '.first-part' : ''}.bin`,
    );
  });
}
