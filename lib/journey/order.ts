import type { Hop, HopKind } from '../model/journey.ts';

const RANK: Record<HopKind, number> = {
  publish: 0,
  replay: 1,
  return: 2,
  queue: 3,
  retry: 4,
  delivery: 5,
  settlement: 6,
  death: 7,
};

/**
 * A time for every hop, for drawing and sorting, ms: its own; for a hop with none the latest of those that led to it,
 * else the earliest of those that it led to, else `otherwise`. It is a place on the axis, not a claim.
 */
export function placeInTime(hops: readonly Hop[], otherwise: number): Map<string, number> {
  const byId = new Map(hops.map((h) => [h.id, h]));
  const next = new Map<string, string[]>();
  for (const hop of hops) for (const from of hop.from) push(next, from, hop.id);
  const place = new Map<string, number>();
  for (const hop of hops) if (hop.at !== null) place.set(hop.id, hop.at);

  // hops without a time are few and in short chains; each pass places at least one more
  let open = hops.filter((h) => h.at === null);
  while (open.length > 0) {
    const before = open.length;
    open = open.filter((hop) => {
      const led = hop.from.flatMap((id) => place.get(id) ?? []);
      if (led.length === 0 || hop.from.some((id) => byId.has(id) && !place.has(id))) return true;
      place.set(hop.id, Math.max(...led));
      return false;
    });
    if (open.length < before) continue;
    open = open.filter((hop) => {
      const leads = (next.get(hop.id) ?? []).flatMap((id) => place.get(id) ?? []);
      if (leads.length === 0) return true;
      place.set(hop.id, Math.min(...leads));
      return false;
    });
    if (open.length < before) continue;
    for (const hop of open) place.set(hop.id, otherwise);
    break;
  }
  return place;
}

/** Hops in order of time, none before one that led to it, ties by kind and then ID: the same for the same hops. */
export function inOrder(hops: readonly Hop[], place: ReadonlyMap<string, number>): Hop[] {
  const byTime = hops
    .map((hop) => ({ hop, at: place.get(hop.id) ?? 0 }))
    .sort((a, b) => a.at - b.at || RANK[a.hop.kind] - RANK[b.hop.kind] || (a.hop.id < b.hop.id ? -1 : 1))
    .map(({ hop }) => hop);
  const next = new Map<string, Hop[]>();
  /** How many of those that led to it are not yet in order. */
  const waiting = new Map<string, number>();
  for (const hop of byTime) {
    waiting.set(hop.id, hop.from.length);
    for (const id of hop.from) push(next, id, hop);
  }

  const ordered: Hop[] = [];
  const done = new Set<string>();
  const take = (hop: Hop) => {
    const stack = [hop];
    for (let one = stack.pop(); one; one = stack.pop()) {
      if (done.has(one.id)) continue;
      done.add(one.id);
      ordered.push(one);
      const after = next.get(one.id) ?? [];
      for (const { id } of after) waiting.set(id, (waiting.get(id) ?? 1) - 1);
      // those that were held back for this one alone, earlier ones last on the stack so that they come first
      for (const hop of after.toReversed())
        if (held.has(hop.id) && waiting.get(hop.id) === 0) stack.push(hop);
    }
  };
  const held = new Set<string>();
  for (const hop of byTime) {
    if (waiting.get(hop.id)) held.add(hop.id);
    else take(hop);
  }
  // edges never run in a circle; should they, nothing is lost
  for (const hop of byTime) if (!done.has(hop.id)) ordered.push(hop);
  return ordered;
}

/** True when `early` is among the hops that led to `late`. */
export function leadsTo(early: Hop, late: Hop, byId: ReadonlyMap<string, Hop>): boolean {
  const seen = new Set<string>();
  const stack = [late.id];
  for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
    if (id === early.id) return true;
    if (seen.has(id)) continue;
    seen.add(id);
    stack.push(...(byId.get(id)?.from ?? []));
  }
  return false;
}

function push<T>(lists: Map<string, T[]>, key: string, one: T): void {
  const list = lists.get(key);
  if (list) list.push(one);
  else lists.set(key, [one]);
}
