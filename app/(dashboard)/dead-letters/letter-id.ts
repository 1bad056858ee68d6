import type { DeadLetter } from '@/lib/model/replay';

/** The ID by which people know it best; a message without any has the name of its journey, as everywhere. */
export function idOf({ ids, journey }: Pick<DeadLetter, 'ids' | 'journey'>): string {
  return (
    ids.messageId ??
    ids.correlationId ??
    ids.traceId ??
    ids.xTraceId ??
    journey.slice(journey.indexOf(':') + 1)
  );
}
