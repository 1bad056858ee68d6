/** How fast a queue grows, out of its depth of late. Pure. */

/** Minutes that are looked at: shorter tells of noise, longer of what is over. */
const MINUTES = 10;

/**
 * Messages per minute over the last 10 minutes, from the depth of each minute, oldest first; null where fewer than
 * two of these are known. Negative while it empties.
 */
export function growthOf(depths: readonly (number | null)[]): number | null {
  const known = depths
    .slice(-(MINUTES + 1))
    .map((depth, minute) => ({ depth, minute }))
    .filter((p): p is { depth: number; minute: number } => p.depth !== null);
  const [first] = known;
  const last = known.at(-1);
  if (!first || !last || last.minute === first.minute) return null;
  return (last.depth - first.depth) / (last.minute - first.minute);
}
