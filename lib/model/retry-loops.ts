/** Which queues are part of a retry loop. Pure. */

/** An edge: dead letters of the first go to the second. Both are keys of queues. */
export type Edge = readonly [from: string, to: string];

/**
 * Queues on a loop that turns by itself: it leads through another queue and through one whose messages expire (`expiring`).
 * A policy that gives every queue a DLX makes the dead-letter queue point at itself: that is no retry loop, since nothing
 * ever leaves it.
 */
export function inRetryLoop(edges: readonly Edge[], expiring: ReadonlySet<string>): Set<string> {
  const left = withoutEnds(edges.filter(([from, to]) => from !== to));
  const forward = new Map<string, string[]>();
  const backward = new Map<string, string[]>();
  for (const [from, to] of left) {
    forward.set(from, [...(forward.get(from) ?? []), to]);
    backward.set(to, [...(backward.get(to) ?? []), from]);
  }
  const found = new Set<string>();
  for (const start of forward.keys()) {
    if (!expiring.has(start) || found.has(start)) continue;
    const back = reachable(start, backward);
    for (const node of reachable(start, forward)) if (back.has(node)) found.add(node);
  }
  return found;
}

/** The loops through two queues or more, each once, in the order of its way from its first in the alphabet; a shortest one of each. */
export function circles(edges: readonly Edge[]): string[][] {
  const left = withoutEnds(edges.filter(([from, to]) => from !== to));
  const forward = new Map<string, string[]>();
  for (const [from, to] of left) forward.set(from, [...(forward.get(from) ?? []), to]);
  const told = new Set<string>();
  return [...forward.keys()].sort().flatMap((start) => {
    if (told.has(start)) return [];
    const way = wayBack(start, forward);
    for (const node of way) told.add(node);
    return way.length > 0 ? [way] : [];
  });
}

/** A shortest way from `start` to itself, `start` first and not repeated; empty when there is none. */
function wayBack(start: string, edges: ReadonlyMap<string, readonly string[]>): string[] {
  const before = new Map<string, string>();
  const todo = [start];
  for (const node of todo)
    for (const next of edges.get(node) ?? []) {
      if (next === start) {
        const way = [node];
        for (let at = before.get(node); at !== undefined; at = before.get(at)) way.unshift(at);
        return way;
      }
      if (before.has(next)) continue;
      before.set(next, node);
      todo.push(next);
    }
  return [];
}

/** Ends and beginnings taken away again and again: only loops, and ways between them, stay. */
function withoutEnds(edges: readonly Edge[]): readonly Edge[] {
  let left = edges;
  for (;;) {
    const out = new Set(left.map(([from]) => from));
    const into = new Set(left.map(([, to]) => to));
    const next = left.filter(([from, to]) => into.has(from) && out.has(to));
    if (next.length === left.length) return left;
    left = next;
  }
}

/** What can be reached from `start` in one step or more. */
function reachable(start: string, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const seen = new Set<string>();
  const todo = [start];
  for (let node = todo.pop(); node !== undefined; node = todo.pop())
    for (const next of edges.get(node) ?? []) {
      if (seen.has(next)) continue;
      seen.add(next);
      todo.push(next);
    }
  return seen;
}
