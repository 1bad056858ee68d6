/** The receipt as CSV. */
import { type Cell, csvLine } from '../model/csv.ts';
import type { ReplayMessage } from '../model/replay.ts';

const columns: [string, (m: ReplayMessage) => Cell][] = [
  ['seq', (m) => m.seq],
  ['outcome', (m) => m.outcome],
  ['possibly_duplicated', (m) => m.possiblyDuplicated],
  ['reason', (m) => m.reason],
  ['at', (m) => new Date(m.at).toISOString()],
  ['replay_id', (m) => m.replayId],
  ['attempt', (m) => m.attempt],
  ['dead_letter_id', (m) => m.deadLetterId],
  ['journey', (m) => m.journey],
  ['trace_id', (m) => m.ids.traceId ?? m.ids.xTraceId ?? null],
  ['message_id', (m) => m.ids.messageId ?? null],
  ['correlation_id', (m) => m.ids.correlationId ?? null],
  ['origin_queue', (m) => m.originQueue],
  ['exchange', (m) => m.exchange],
  ['routing_key', (m) => m.routingKey],
];

export const receiptHead = csvLine(columns.map(([name]) => name));

export function receiptLine(message: ReplayMessage): string {
  return csvLine(columns.map(([, of]) => of(message)));
}
