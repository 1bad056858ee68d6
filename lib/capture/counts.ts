import type { CaptureCounts } from '../model/live.ts';
import type { WorkerStatus } from './protocol.ts';

export const emptyCounts: CaptureCounts = { received: 0, stored: 0, inMemory: 0, dropped: {} };

export function addCounts(a: CaptureCounts, b: CaptureCounts): CaptureCounts {
  const dropped = { ...a.dropped };
  for (const [reason, n] of Object.entries(b.dropped)) dropped[reason] = (dropped[reason] ?? 0) + n;
  return {
    received: a.received + b.received,
    stored: a.stored + b.stored,
    inMemory: a.inMemory + b.inMemory,
    dropped,
  };
}

/**
 * What remains true of a worker that ended: what lay in its memory is dropped, except for our own facts (`kept`), which
 * the next worker gets again and counts itself.
 */
export function closedCounts(last: WorkerStatus['counts'], kept: number): CaptureCounts {
  const lost = Math.max(0, last.inMemory - kept);
  const dropped =
    lost === 0
      ? last.dropped
      : addCounts(last, { ...emptyCounts, dropped: { 'worker ended': lost } }).dropped;
  const known = Object.values(dropped).reduce((sum, n) => sum + n, last.stored);
  return { received: known, stored: last.stored, inMemory: 0, dropped };
}
