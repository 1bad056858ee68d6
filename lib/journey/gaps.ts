import type { Gap } from '../model/fact.ts';

/**
 * The gaps that touch the journey: of its vhosts (`vhost` '' is all of them), from its first fact to its last, and
 * beyond while the journey is `open` (something of it may have happened unseen since). Oldest first.
 */
export function gapsOf(
  gaps: readonly Gap[],
  vhosts: ReadonlySet<string>,
  firstAt: number,
  lastAt: number,
  open: boolean,
): Gap[] {
  const touching = gaps.filter(
    (g) =>
      (g.vhost === '' || vhosts.has(g.vhost)) &&
      (g.to === null || g.to >= firstAt) &&
      (open || g.from <= lastAt) &&
      !(g.to !== null && g.to < g.from),
  );
  const byId = new Map<string, Gap>();
  for (const gap of touching) {
    const known = byId.get(gap.id);
    // the same gap told twice: the telling with an end is the later one
    if (!known || (known.to ?? Number.NEGATIVE_INFINITY) < (gap.to ?? Number.NEGATIVE_INFINITY))
      byId.set(gap.id, gap);
  }
  return [...byId.values()].sort((a, b) => a.from - b.from || (a.id < b.id ? -1 : 1));
}

/**
 * The gap in which something at `from`..`to` (null: until now) may have happened unseen; the first, or null. Sampling hides
 * nothing of a journey that was kept: it keeps whole journeys or none.
 */
export function gapWithin(gaps: readonly Gap[], from: number, to: number | null): Gap | null {
  return (
    gaps.find(
      (g) => g.kind !== 'sampling' && (g.to === null || g.to >= from) && (to === null || g.from <= to),
    ) ?? null
  );
}
