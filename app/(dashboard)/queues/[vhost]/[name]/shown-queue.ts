/** Which of two readings of a queue is shown. Pure. */
import type { QueueDetail } from '@/lib/model/api';
import type { QueueRow } from '@/lib/model/live';

/**
 * The live row is a second old at most, the detail five. Where the queue was asked for by itself, its own answer says how
 * it is declared, and what the row leaves out.
 */
export function shownQueue(
  row: QueueRow | undefined,
  { queue, details }: Pick<QueueDetail, 'queue' | 'details'>,
): QueueRow {
  if (!row) return queue;
  if (!details) return row;
  const { node, ready, unacked, total, consumers, rates, spark, attention } = row;
  return { ...queue, node, ready, unacked, total, consumers, rates, spark, attention };
}
