/** Which of the broker's nodes stopped or were restarted a moment ago, as readings tell. */
import type { Node, Snapshot } from '../model/broker.ts';

/** A restarted node tells how long it has run some seconds after it takes connections; its clients' ends come in any order. */
const MOMENT_MS = 10_000;

export interface NodeWatch {
  /** After a reading: names of those that do not run, or were restarted within the last seconds. */
  after(snapshot: Pick<Snapshot, 'readAt' | 'nodes'>): ReadonlySet<string>;
}

export function createNodeWatch(): NodeWatch {
  const uptimes = new Map<string, number>();
  const restartedAt = new Map<string, number>();

  /** It has run for a shorter time than it had before. */
  function look({ name, uptimeMs }: Node, now: number): void {
    if (uptimeMs === null) return;
    if (uptimeMs < (uptimes.get(name) ?? 0)) restartedAt.set(name, now);
    uptimes.set(name, uptimeMs);
  }

  return {
    after({ readAt, nodes }) {
      for (const node of nodes) look(node, readAt);
      for (const [name, at] of restartedAt) if (readAt - at > MOMENT_MS) restartedAt.delete(name);
      return new Set([...nodes.filter((n) => !n.running).map((n) => n.name), ...restartedAt.keys()]);
    },
  };
}
