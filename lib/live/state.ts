/** One viewer's share of the live picture: what lies in the vhosts that it may see. Pure. */
import type { GoneConsumer, Queue, Snapshot, Totals } from '../model/broker.ts';
import { queueKey } from '../model/broker.ts';
import type { DeadLetterTopology } from '../model/dead-letter-topology.ts';
import type { Attention, LiveState, QueueRow, StatusCorner } from '../model/live.ts';
import { noTotals, sumTotals } from './snapshot.ts';

export type Scope = readonly string[] | 'all';

export interface Freshness {
  freshness: LiveState['freshness'];
  readAt: number | null;
  since: number | null;
  reason: string | null;
}

export interface Whole {
  snapshot: Snapshot;
  rows: readonly QueueRow[];
  gone: readonly GoneConsumer[];
  attention: readonly Attention[];
  topology: DeadLetterTopology;
}

export function toState(
  whole: Whole | null,
  scope: Scope,
  now: number,
  fresh: Freshness,
  status: StatusCorner,
): LiveState {
  const sees = seer(scope);
  const taps = status.taps.filter((t) => sees(t.vhost));
  const read = whole?.snapshot.missing ?? [];
  const others = status.missing.filter((m) => !read.some((r) => r.what === m.what));
  const common = { now, ...fresh, status: { ...status, taps, missing: [...read, ...others] } };
  if (whole === null)
    return {
      ...common,
      cluster: null,
      version: null,
      nodes: [],
      vhosts: [],
      totals: noTotals,
      queues: [],
      consumers: [],
      gone: [],
      attention: [],
      deadLetters: null,
    };
  const { snapshot } = whole;
  return {
    ...common,
    cluster: snapshot.cluster,
    version: snapshot.version,
    nodes: snapshot.nodes,
    vhosts: snapshot.vhosts.map((v) => v.name).filter(sees),
    totals: totalsFor(snapshot, scope),
    queues: whole.rows.filter((q) => sees(q.vhost)),
    consumers: snapshot.consumers.filter((c) => sees(c.vhost)),
    gone: whole.gone.filter((g) => sees(g.vhost)),
    // What is about the broker or a node concerns everybody.
    attention: whole.attention.filter((a) => a.vhost === '' || sees(a.vhost)),
    deadLetters: deadLettersIn(snapshot.queues, whole.topology, sees),
  };
}

/** The broker's own totals for those who see all of it, else the sum over what they see. */
export function totalsFor(snapshot: Snapshot, scope: Scope): Totals {
  const sees = seer(scope);
  if (snapshot.vhosts.length > 0 && snapshot.vhosts.every((v) => sees(v.name))) return snapshot.totals;
  return sumTotals(snapshot.queues.filter((q) => sees(q.vhost)));
}

export function seer(scope: Scope): (vhost: string) => boolean {
  if (scope === 'all') return () => true;
  const set = new Set(scope);
  return (vhost) => set.has(vhost);
}

/** Messages that lie in dead-letter queues, those on their way round a retry loop not counted; null: unknown. */
export function deadLettersIn(
  queues: readonly Queue[],
  topology: DeadLetterTopology,
  sees: (vhost: string) => boolean,
): number | null {
  const dead = new Set(
    topology.queues.filter((q) => !q.retry && sees(q.vhost)).map((q) => queueKey(q.vhost, q.queue)),
  );
  return queues
    .filter((q) => dead.has(queueKey(q.vhost, q.name)))
    .reduce<number | null>((sum, q) => (sum === null || q.total === null ? null : sum + q.total), 0);
}
