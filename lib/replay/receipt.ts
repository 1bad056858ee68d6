/** The receipt as CSV (RFC 4180), safe to open in a spreadsheet. */
import type { ReplayMessage } from '../model/replay.ts';

const columns: [string, (m: ReplayMessage) => string | number | boolean | null][] = [
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

export const receiptHead = line(columns.map(([name]) => name));

export function receiptLine(message: ReplayMessage): string {
  return line(columns.map(([, of]) => of(message)));
}

function line(values: (string | number | boolean | null)[]): string {
  return `${values.map(cell).join(',')}\r\n`;
}

/**
 * Text that a spreadsheet would run as a formula (OWASP, CSV injection: = + - @ tab return at its start) gets an
 * apostrophe before it: names and reasons come from strangers.
 */
function cell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const safe = /^[\s]*[=+\-@|%]|^[\t\r\n]/.test(value) ? `'${value}` : value;
  return `"${safe.replaceAll('"', '""').replaceAll('\u0000', '')}"`;
}
