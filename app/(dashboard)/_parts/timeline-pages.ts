/** Pages of moments put together, newest first: the first is read again and again, older ones are asked for. Pure. */
import type { Moment, MomentList } from '@/lib/model/moment';

export interface Older {
  /** What was shown when the first older page was asked for. */
  first: readonly Moment[];
  moments: readonly Moment[];
  more: boolean;
}

/**
 * The latest page over what is kept of before. Null `older`, or so much that happened since that the pages do not meet (a
 * hole would look like nothing happened): the latest page alone.
 */
export function joined(latest: MomentList, older: Older | null): MomentList & { kept: boolean } {
  const known = new Set(older?.first.map((m) => m.id));
  const meets = older !== null && (latest.moments.some((m) => known.has(m.id)) || older.first.length === 0);
  if (!meets) return { ...latest, kept: false };
  // told again with better words, a moment keeps its ID: the latest word wins
  const byId = new Map([...older.moments, ...older.first, ...latest.moments].map((m) => [m.id, m]));
  return { moments: [...byId.values()].sort((a, b) => b.at - a.at), more: older.more, kept: true };
}
