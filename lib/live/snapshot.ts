/** Parts in, one coherent snapshot out. Pure. What could not be read is null and named in `missing`. */
import { joinConsumers } from '../broker/consumers.ts';
import { seesAllClients } from '../broker/permissions.ts';
import {
  type Consumer,
  isOwnQueue,
  type Node,
  type Queue,
  queueKey,
  type Snapshot,
  type Totals,
} from '../model/broker.ts';
import { withFigures, withMore } from './metrics.ts';
import { missingOf } from './missing.ts';
import { type Figures, needsLists, type Reading } from './reading.ts';
import { toldTotals } from './told-totals.ts';

/** `startedAt` and `readAt`: when the reading began and was complete, ms since 1970. */
export function toSnapshot(r: Reading, startedAt: number, readAt: number): Snapshot {
  const consumers = consumersOf(r);
  const all = queuesOf(r, consumers);
  const { own, others } = apart(all);
  return {
    readAt,
    tookMs: readAt - startedAt,
    cluster: r.overview.value?.cluster ?? null,
    version: r.overview.value?.version ?? '',
    totals: withoutOwn(totalsOf(r, all), own),
    nodes: nodesOf(r),
    alarm: r.alarms.failed ? null : r.alarms.value,
    blockedConnections: blockedOf(r),
    vhosts: (r.vhosts.value ?? []).map(({ name, tracing }) => ({ name, tracing })),
    queues: others,
    exchanges: r.exchanges.value ?? [],
    bindings: r.bindings.value ?? [],
    consumers: (consumers ?? []).filter((c) => !isOwnQueue(c.queue)),
    missing: missingOf(r),
  };
}

/** The broker's own totals; what it does not collect, the queues' figures add up to, as far as they are known. */
function totalsOf(r: Reading, queues: readonly Queue[]): Totals {
  const told = r.overview.value;
  if (told === null) return noTotals;
  const totals = toldTotals(r, queues) ?? told.totals;
  if (told.collects !== false && told.rates) return totals;
  const sums = sumTotals(queues);
  return {
    ready: totals.ready ?? sums.ready,
    unacked: totals.unacked ?? sums.unacked,
    total: totals.total ?? sums.total,
    publish: totals.publish ?? sums.publish,
    deliver: totals.deliver ?? sums.deliver,
    ack: totals.ack ?? sums.ack,
    redeliver: totals.redeliver ?? sums.redeliver,
  };
}

/**
 * The broker counts our taps with everybody's queues, which would double the deliveries that people see. What one of ours
 * adds is taken away where it is known. Publishes are counted where clients publish, so that our copies are not among them.
 */
function withoutOwn(totals: Totals, own: readonly Queue[]): Totals {
  const less = (figure: number | null, of: (q: Queue) => number | null) =>
    figure === null
      ? null
      : Math.max(
          0,
          own.reduce((left, q) => left - (of(q) ?? 0), figure),
        );
  return {
    ready: less(totals.ready, (q) => q.ready),
    unacked: less(totals.unacked, (q) => q.unacked),
    total: less(totals.total, (q) => q.total),
    publish: totals.publish,
    deliver: less(totals.deliver, (q) => q.rates.deliver),
    ack: less(totals.ack, (q) => q.rates.ack),
    redeliver: less(totals.redeliver, (q) => q.rates.redeliver),
  };
}

export const noTotals: Totals = {
  ready: null,
  unacked: null,
  total: null,
  publish: null,
  deliver: null,
  ack: null,
  redeliver: null,
};

/** Totals of the queues that a viewer may see; unknown as soon as one of them is. */
export function sumTotals(queues: readonly Queue[]): Totals {
  const sums = { ready: 0, unacked: 0, total: 0, publish: 0, deliver: 0, ack: 0, redeliver: 0 };
  const unknown = new Set<keyof Totals>();
  // for each viewer with rights of its own, at each reading: one walk over all its queues
  const add = (figure: keyof Totals, one: number | null) => {
    if (one === null) unknown.add(figure);
    else sums[figure] += one;
  };
  for (const { ready, unacked, total, rates } of queues) {
    add('ready', ready);
    add('unacked', unacked);
    add('total', total);
    add('publish', rates.publish);
    add('deliver', rates.deliver);
    add('ack', rates.ack);
    add('redeliver', rates.redeliver);
  }
  const known = (figure: keyof Totals) => (unknown.has(figure) ? null : sums[figure]);
  return {
    ready: known('ready'),
    unacked: known('unacked'),
    total: known('total'),
    publish: known('publish'),
    deliver: known('deliver'),
    ack: known('ack'),
    redeliver: known('redeliver'),
  };
}

/** Null when the list is not the whole truth: not read, not collected, or the account sees only its own. */
export function consumersOf(r: Reading): Consumer[] | null {
  if (r.consumers.failed || r.consumers.value === null) return null;
  // an empty list then, on 3.10
  if (r.overview.value?.collects === false) return null;
  if (!seesAllClients(r.who.value?.tags ?? [])) return null;
  return joinConsumers(
    r.consumers.value,
    r.channels.failed ? [] : (r.channels.value ?? []),
    r.connections.failed ? [] : (r.connections.value ?? []),
  );
}

function queuesOf(r: Reading, consumers: readonly Consumer[] | null): readonly Queue[] {
  const attached = consumers && countBy(consumers);
  const figures = r.pace.dearSince === null || r.figures.failed ? null : r.figures.value;
  const listed = figures === null || needsLists(r) ? queuesOfLists(r, attached) : listedOf(r);
  if (figures === null) return listed;
  const seldom = r.totals.askedAt !== null && r.totals.askedAt < (r.figures.askedAt ?? 0);
  const last = worked.get(figures);
  if (
    last &&
    !needsLists(r) &&
    last.listed === listed &&
    last.seldom === seldom &&
    sameCounts(last, attached)
  )
    return last.queues;
  const queues = listed.map((q) => {
    const count = attached && (attached.get(queueKey(q.vhost, q.name)) ?? 0);
    const told = withFigures(q, figures, count);
    if (told) return figures.rates === null && needsLists(r) ? { ...told, rates: q.rates } : told;
    // Younger than the metrics: the list's own depths are fresh.
    return seldom && !needsLists(r) ? { ...blank(q), state: q.state } : { ...q, consumers: count };
  });
  worked.set(figures, { listed, seldom, attached, queues });
  return queues;
}

interface Worked {
  listed: readonly Queue[];
  seldom: boolean;
  attached: ReadonlyMap<string, number> | null;
  queues: readonly Queue[];
}
/** Between two readings of the metrics ten thousand queues are what they were: the very same list, which spares all who use it. */
const worked = new WeakMap<Figures, Worked>();
const parted = new WeakMap<readonly Queue[], { own: Queue[]; others: Queue[] }>();

function sameCounts({ attached: was }: Worked, now: Worked['attached']): boolean {
  if (was === null || now === null) return was === now;
  return was.size === now.size && [...now].every(([key, count]) => was.get(key) === count);
}

/** Our own queues, and everybody else's. */
function apart(all: readonly Queue[]): { own: Queue[]; others: Queue[] } {
  const last = parted.get(all);
  if (last) return last;
  const now = {
    own: all.filter((q) => isOwnQueue(q.name)),
    others: all.filter((q) => !isOwnQueue(q.name)),
  };
  parted.set(all, now);
  return now;
}

/** What exists, with what only the full list tells, as old as that is, where it is read at all. */
function listedOf(r: Reading): readonly Queue[] {
  const full = r.queues.failed ? null : r.queues.value;
  return withMore(r.totals.value ?? [], full);
}

function queuesOfLists(r: Reading, attached: ReadonlyMap<string, number> | null): Queue[] {
  const fresh = r.totals.failed ? null : r.totals.value;
  const full = r.queues.failed ? null : r.queues.value;
  // The list of consumers has no delay, the queue's own count has.
  const count = (q: Queue, lagging: number | null) =>
    attached ? (attached.get(queueKey(q.vhost, q.name)) ?? 0) : lagging;
  if (fresh === null && full === null)
    return (r.queues.value ?? r.totals.value ?? []).map((q) => ({ ...blank(q), consumers: count(q, null) }));
  if (fresh === null) return (full ?? []).map((q) => ({ ...q, consumers: count(q, q.consumers) }));
  const fullBy = new Map(full?.map((q) => [queueKey(q.vhost, q.name), q]));
  return fresh.map((q) => {
    const more = fullBy.get(queueKey(q.vhost, q.name));
    return more
      ? { ...merge(q, more, r), consumers: count(q, more.consumers) }
      : { ...q, consumers: count(q, null) };
  });
}

/** The fresh list says what exists, its depth, state and policy; the full list everything else. */
function merge(fresh: Queue, full: Queue, r: Reading): Queue {
  const depthKnown = fresh.total !== null;
  return {
    ...full,
    type: fresh.type,
    state: fresh.state ?? full.state,
    node: fresh.node ?? full.node,
    arguments: fresh.arguments,
    policy: fresh.policy,
    ...(depthKnown ? { ready: fresh.ready, unacked: fresh.unacked, total: fresh.total } : {}),
    // Without the policies a policy's name alone is fresh, not its DLX.
    deadLetter: r.policies.failed && !fresh.deadLetter ? full.deadLetter : fresh.deadLetter,
  };
}

/** A queue of the last reading, its figures unknown now. */
function blank(q: Queue): Queue {
  return {
    ...q,
    ready: null,
    unacked: null,
    total: null,
    consumers: null,
    utilisation: null,
    rates: { publish: null, deliver: null, ack: null, redeliver: null },
    bytes: null,
    state: null,
  };
}

function countBy(consumers: readonly Consumer[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const c of consumers) {
    const key = queueKey(c.vhost, c.queue);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Null also where the account sees only connections of its own. */
function blockedOf(r: Reading): number | null {
  if (r.connections.failed || r.connections.value === null) return null;
  if (!seesAllClients(r.who.value?.tags ?? [])) return null;
  return r.connections.value.filter((c) => c.state === 'blocked').length;
}

/** A node's own alarm flags lag; the cluster's alarm check does not. Which node is meant is known when there is one. */
function nodesOf(r: Reading): Node[] {
  const nodes = r.nodes.failed ? [] : (r.nodes.value ?? []);
  const alarm = r.alarms.failed ? null : r.alarms.value;
  if (alarm === false) return nodes.map((n) => ({ ...n, memoryAlarm: false, diskAlarm: false }));
  const [only] = nodes;
  if (alarm !== true || nodes.length !== 1 || !only || only.memoryAlarm || only.diskAlarm) return nodes;
  const disk = only.diskFree !== null && only.diskFreeLimit !== null && only.diskFree < only.diskFreeLimit;
  return [{ ...only, memoryAlarm: !disk, diskAlarm: disk }];
}

/** Consumers of our own taps are how we listen, not who consumes. */
export function isOwnConsumer(c: Pick<Consumer, 'queue' | 'client'>): boolean {
  return isOwnQueue(c.queue) || (c.client.name ?? '').toLowerCase().startsWith('hoplight');
}
