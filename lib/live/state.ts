/** One viewer's share of the live picture: what lies in the vhosts that it may see. Pure. */
import type { ConsumerRow, GoneConsumer, Queue, Snapshot, Totals } from '../model/broker.ts';
import { queueKey } from '../model/broker.ts';
import type { DeadLetterTopology } from '../model/dead-letter-topology.ts';
import type { Attention, LiveState, Point, QueueRow, ReadingCost, StatusCorner } from '../model/live.ts';
import { noTotals, sumTotals } from './snapshot.ts';

const pointFields = ['ready', 'unacked', 'publish', 'deliver', 'ack', 'redeliver', 'consumers'] as const;

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
  consumers: readonly ConsumerRow[];
  readings: readonly ReadingCost[];
  gone: readonly GoneConsumer[];
  attention: readonly Attention[];
  topology: DeadLetterTopology;
  /** By `queueKey`: dead letters of causes that somebody muted. */
  muted: ReadonlyMap<string, number>;
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
      readings: [],
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
    consumers: whole.consumers.filter((c) => sees(c.vhost)),
    gone: whole.gone.filter((g) => sees(g.vhost)),
    attention: attentionFor(whole.attention, whole.rows, sees),
    deadLetters: deadLettersIn(snapshot.queues, whole.topology, sees, whole.muted),
    readings: [...whole.readings],
  };
}

/** Enough to see what follows from a cause; a node's five hundred queues would be sent at each change of any figure. */
const MOST_SYMPTOMS = 50;

/**
 * What is about the broker or a node concerns everybody, its symptoms those who see their vhosts. Where a symptom may be
 * seen and its cause may not, the symptom's queue speaks for itself.
 */
function attentionFor(
  lines: readonly Attention[],
  rows: readonly QueueRow[],
  sees: (vhost: string) => boolean,
): Attention[] {
  const alone = (queues: readonly { vhost: string; queue: string }[]) => {
    const keys = new Set(queues.filter((q) => sees(q.vhost)).map((q) => queueKey(q.vhost, q.queue)));
    if (keys.size === 0) return [];
    const own = rows.filter((row) => keys.has(queueKey(row.vhost, row.name))).map((row) => row.attention);
    return own.filter((a) => a !== null).slice(0, MOST_SYMPTOMS);
  };
  return lines.flatMap((line) => {
    if (line.vhost !== '' && !sees(line.vhost)) return alone(line.symptoms ?? []);
    const { symptoms, ...bare } = line;
    if (!symptoms) return [line];
    const seen = symptoms.filter((s) => s.vhost === '' || sees(s.vhost));
    if (seen.length === 0) return [bare];
    const more = seen.length - MOST_SYMPTOMS;
    return [{ ...bare, symptoms: seen.slice(0, MOST_SYMPTOMS), ...(more > 0 ? { moreSymptoms: more } : {}) }];
  });
}

/** The broker's own totals for those who see all of it, else the sum over what they see. */
export function totalsFor(snapshot: Snapshot, scope: Scope): Totals {
  if (seesAll(snapshot, scope)) return snapshot.totals;
  const sees = seer(scope);
  return sumTotals(snapshot.queues.filter((q) => sees(q.vhost)));
}

/** False while the vhosts are unknown: then a viewer gets the sum over what it surely may see. */
export function seesAll(snapshot: Snapshot, scope: Scope): boolean {
  const sees = seer(scope);
  return scope === 'all' || (snapshot.vhosts.length > 0 && snapshot.vhosts.every((v) => sees(v.name)));
}

/** The past of several queues as one, at the times of `frame`. Unknown as soon as one is; a queue that was not there adds nothing. */
export function sumPoints(frame: readonly Point[], queues: readonly (readonly Point[])[]): Point[] {
  const empty = { ready: 0, unacked: 0, publish: 0, deliver: 0, ack: 0, redeliver: 0, consumers: 0 };
  const unknown = {
    ready: null,
    unacked: null,
    publish: null,
    deliver: null,
    ack: null,
    redeliver: null,
    consumers: null,
  };
  const sums = new Map<number, Point>(
    // What is null for the whole broker was not read.
    frame.map((p) => [p.at, { at: p.at, ...(p.ready === null ? unknown : empty) }]),
  );
  for (const points of queues)
    for (const p of points) {
      const sum = sums.get(p.at);
      if (!sum) continue;
      for (const field of pointFields) {
        const [one, other] = [sum[field], p[field]];
        sum[field] = one === null || other === null ? null : one + other;
      }
    }
  return [...sums.values()];
}

export function seer(scope: Scope): (vhost: string) => boolean {
  if (scope === 'all') return () => true;
  const set = new Set(scope);
  return (vhost) => set.has(vhost);
}

/** Messages that lie in dead-letter queues, those on a retry loop and those of muted causes not counted; null: unknown. */
export function deadLettersIn(
  queues: readonly Queue[],
  topology: DeadLetterTopology,
  sees: (vhost: string) => boolean,
  muted: ReadonlyMap<string, number>,
): number | null {
  const dead = topology.queues.filter((q) => !q.retry && sees(q.vhost));
  if (dead.length === 0) return 0;
  const names = Map.groupBy(dead, (q) => q.vhost);
  const lying = new Map([...names].map(([vhost, its]) => [vhost, new Set(its.map((q) => q.queue))]));
  return queues
    .filter((q) => lying.get(q.vhost)?.has(q.name))
    .reduce<number | null>((sum, q) => {
      if (sum === null || q.total === null) return null;
      return sum + Math.max(0, q.total - (muted.get(queueKey(q.vhost, q.name)) ?? 0));
    }, 0);
}
