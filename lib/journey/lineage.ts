import type { Death } from '../model/death.ts';

/**
 * The deaths that a copy of a message has behind it, as one text: '' for a copy that never died. Two facts with the
 * same lineage speak of the same copy between the same two deaths, whatever the order in which they came in.
 *
 * x-death has one entry per queue and reason with a count; its `time` is that of the first of them, so an entry keeps
 * its time while its count grows, and the list before the newest death can be told exactly: see `before`.
 */
export type Lineage = string;

const known = new WeakMap<readonly Death[], Lineage>();

/** Lists are never changed once they are made: each is put into words once. */
export function lineageOf(deaths: readonly Death[]): Lineage {
  if (deaths.length === 0) return '';
  const before = known.get(deaths);
  if (before !== undefined) return before;
  const parts = deaths.map((d) => JSON.stringify([d.queue, d.reason, d.count, d.at]));
  const lineage = parts.sort().join('\n');
  known.set(deaths, lineage);
  return lineage;
}

/**
 * The list as it was before its newest death. Which of several deaths was the newest then is not always written in
 * it: the entry that grew is put last, which is right for rings of any length.
 */
export function before(deaths: readonly Death[]): Death[] {
  const [newest, ...rest] = deaths;
  if (!newest) return [];
  return newest.count > 1 ? [...rest, { ...newest, count: newest.count - 1 }] : rest;
}

/** All deaths in the list together: how often the copy was dead-lettered. */
export function totalDeaths(deaths: readonly Death[]): number {
  return deaths.reduce((sum, d) => sum + d.count, 0);
}

/** When the newest death happened, ms, or null: x-death gives the time of the first death of a kind only. */
export function newestAt(deaths: readonly Death[]): number | null {
  const [newest] = deaths;
  return newest?.count === 1 ? newest.at : null;
}
