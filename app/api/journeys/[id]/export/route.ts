import { journeyToOtlp } from '@/lib/journey/otlp.ts';
import { exportQuerySchema } from '@/lib/model/api.ts';
import { runtime } from '@/lib/runtime.ts';
import { answer, readQuery } from '../../../_answer.ts';
import { attachment } from '../../../_attachment.ts';
import { requireSession } from '../../../_door.ts';
import { journeyBy } from '../../_find.ts';

/** The journey as a file: as this API tells it, or its hops as OpenTelemetry spans in OTLP's JSON form. */
export async function GET(request: Request, context: { params: Promise<{ id: string }> }) {
  return answer(async () => {
    const session = await requireSession(request);
    const { id } = await context.params;
    const { format } = readQuery(request, exportQuerySchema);
    const journey = journeyBy(runtime(), session, id, Date.now());
    const content = format === 'otlp' ? journeyToOtlp(journey) : { journey };
    const name = `journey-${journey.id.slice(0, 96)}${format === 'otlp' ? '.otlp' : ''}.json`;
    return attachment(JSON.stringify(content, null, 2), 'application/json', name);
  });
}
