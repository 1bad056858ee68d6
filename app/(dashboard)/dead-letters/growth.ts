/** How fast a queue grows, out of its depth of late. Pure. */

/** Minutes that are looked at: shorter tells of noise, longer of what is over. */
const MINUTES = 10;

export interface Grown {
  /** Messages more than at the beginning; negative: it empties. */
  by: number;
  minutes: number;
}

/** Over the last 10 minutes or as much of them as is known, from the depth of each minute, oldest first; null: not known. */
export function growthOf(depths: readonly (number | null)[]): Grown | null {
  const known = depths
    .slice(-(MINUTES + 1))
    .map((depth, minute) => ({ depth, minute }))
    .filter((p): p is { depth: number; minute: number } => p.depth !== null);
  const [first] = known;
  const last = known.at(-1);
  if (!first || !last || last.minute === first.minute) return null;
  return { by: last.depth - first.depth, minutes: last.minute - first.minute };
}
