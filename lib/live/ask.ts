/**
 * What is asked of the broker at one reading, each part at its own pace.
 *
 * Small broker: the lists, each 2 s. Where the list of queues is dear (`DEAR_MS` of the broker's time), depths and rates
 * are read off the nodes' metrics, and the list seldom: when the metrics name other queues than it does, when policies or
 * nodes changed, when somebody asks. Where no metrics are to be had, the lists are read less often.
 *
 * The lists are asked for one after another: what each costs can be told, and the broker is not taken by storm.
 */
import type { ManagementClient } from '../broker/client.ts';
import type { Policy } from '../broker/policies.ts';
import type { MetricsSource } from '../broker/prometheus.ts';
import { type Queue, queueKey } from '../model/broker.ts';
import { createMetricsReader } from './metrics.ts';
import { createPacer, type PartPace } from './pace.ts';
import { needsLists, never, type Part, type PartName, type Reading, readPart } from './reading.ts';
import { consumersOf } from './snapshot.ts';

/** Pace of what rarely changes: exchanges, bindings, policies. */
export const TOPOLOGY_MS = 10_000;
/** Pace of the question who we are: tags may be given or taken while we run. */
const WHO_MS = 30_000;
/** No figure is older than this by our choice; where that costs more than the share, it is said. */
const MOST_MS = 30_000;
/** The list of queues where the metrics tell the figures: a policy's new definition shows at the latest then. */
const SELDOM_MS = 600_000;
/** A list of queues that takes longer is dear; less than half of it, and it is not any more. */
const DEAR_MS = 150;
/** A first answer counts only when it is far above: it may have waited. */
const SURELY_DEAR = 4;
/** A broker brings its metrics up to date each 5 s: at 2 s between readings, this is that. */
const METRICS_PACES = 2.5;

/**
 * What a row of an answer costs a broker, and us, at the very most: three times what was measured on two slow cores. What
 * an answer took beyond that it has waited, for a busy machine or over a long way, and nobody worked for it.
 */
const BASE_MS = 4;
const LIST_ROW_MS = 0.25;
const ROW_MS: Partial<Record<PartName, number>> = { overview: 0.006, figures: 0.012, topology: 0.04 };

const clientParts: readonly PartName[] = ['consumers', 'channels', 'connections'];

export interface AskerDeps {
  management: ManagementClient;
  /** Absent: the lists alone. */
  metrics?: MetricsSource | undefined;
  pollMs: number;
  /** What all may cost together, of the broker's time and of ours: 0.05 is a twentieth. */
  share: number;
  clock: () => number;
  signal: AbortSignal;
  /** What of the share is kept for questions that are not asked here, in parts of the time. */
  besides?: (() => number) | undefined;
  /** Instead of `DEAR_MS`, for tests: 0 finds every list dear. */
  dearMs?: number | undefined;
}

export interface Asker {
  /** Somebody learnt that the list of queues is not true any more: it is read anew as soon as its cost allows. */
  doubt(): void;
  isDue(part: PartName, r: Reading): boolean;
  /** The overview is asked for by the poller itself. */
  overviewTook(ms: number, r: Reading): void;
  /** ms from one asking for consumers, channels and connections to the next with which they alone take the share. */
  clientsMs(): number;
  /** `all`: somebody asks for everything now. `clientsMs`: consumers, channels and connections not older than this. */
  parts(r: Reading, all: boolean, clientsMs: number): Promise<Reading>;
}

export function createAsker(d: AskerDeps): Asker {
  const { management: m, signal, clock } = d;
  const pacer = createPacer<PartName>(d.share);
  const reader = d.metrics ? createMetricsReader(d.metrics, clock) : null;
  const dearMs = d.dearMs ?? DEAR_MS;
  let listedFor = '';
  let doubted = false;

  function wanted(r: Reading): Map<PartName, PartPace> {
    const quick = (weight: number, mostMs = MOST_MS): PartPace => ({ leastMs: d.pollMs, mostMs, weight });
    const dear = r.pace.dearSince !== null;
    // Where the list is dear, what is looked at less comes with the metrics.
    const steady = (weight: number, mostMs = MOST_MS): PartPace => {
      const leastMs = dear ? METRICS_PACES * d.pollMs : d.pollMs;
      return { leastMs, mostMs: Math.max(leastMs, mostMs), weight };
    };
    const parts = new Map<PartName, PartPace>([
      ['overview', { ...steady(1, 10_000), leastMs: alone('overview', 1 / 10, d.pollMs, 10_000) }],
      ['who', { leastMs: WHO_MS, mostMs: WHO_MS, weight: 1 }],
      ['consumers', quick(0.5)],
      ['channels', steady(2)],
      ['connections', steady(2)],
      ['nodes', steady(1, 10_000)],
      ['alarms', steady(1, 10_000)],
      ['vhosts', steady(2)],
      ['policies', { leastMs: TOPOLOGY_MS, mostMs: MOST_MS, weight: 1 }],
      [
        'topology',
        {
          leastMs: alone('topology', 1 / 10, TOPOLOGY_MS, 2 * MOST_MS),
          mostMs: 2 * MOST_MS,
          weight: 4,
        },
      ],
    ]);
    if (dear) {
      const leastMs = alone('figures', 1 / 4, METRICS_PACES * d.pollMs, MOST_MS);
      parts.set('figures', { leastMs, mostMs: MOST_MS, weight: 1 });
    }
    if (needsLists(r)) parts.set('totals', quick(0.5)).set('queues', quick(2));
    else {
      const sure = pacer.isSure('totals') || (pacer.costOf('totals') ?? 0) >= dearMs * SURELY_DEAR;
      const everyMs = sure && !r.totals.failed ? SELDOM_MS : TOPOLOGY_MS;
      parts.set('totals', { leastMs: everyMs, mostMs: everyMs, weight: 1 });
    }
    return parts;
  }

  /** ms, with which a part takes no more than this part of what all may take, though the others took nothing. */
  function alone(name: PartName, part: number, leastMs: number, mostMs: number): number {
    return Math.min(Math.max(leastMs, (pacer.costOf(name) ?? 0) / (d.share * part)), mostMs);
  }

  /** What changed since decides anew which source is asked, and how often. */
  function paced(r: Reading): Reading {
    const cost = pacer.costOf('totals');
    const collects = r.overview.value?.rates ?? true;
    const was = r.pace.dearSince;
    const dear = reader !== null && (!collects || isDear(cost, was !== null));
    const dearSince = dear ? (was ?? clock()) : null;
    const next = { ...r, pace: { ...r.pace, dearSince, allowed: d.share } };
    if (!dear && was !== null) next.figures = never();
    const { everyMs, share } = pacer.paces(wanted(next), d.besides?.());
    return { ...next, pace: { ...next.pace, everyMs, share } };
  }

  function isDear(cost: number | null, was: boolean): boolean {
    if (cost === null) return dearMs === 0;
    if (was) return cost >= dearMs / 2;
    return cost >= (pacer.isSure('totals') ? dearMs : dearMs * SURELY_DEAR);
  }

  function isDue(part: PartName, r: Reading): boolean {
    const askedAt = part === 'topology' ? r.bindings.askedAt : r[part].askedAt;
    const everyMs = r.pace.everyMs.get(part);
    return askedAt === null || (everyMs !== undefined && clock() - askedAt >= everyMs);
  }

  /** Asks, and keeps what it took. */
  async function timed<T>(name: PartName, before: Part<T>, ask: () => Promise<T>): Promise<Part<T>> {
    const part = await readPart(before, ask, clock);
    if (part.failed) pacer.took(name, part.tookMs, Number.POSITIVE_INFINITY);
    else took(name, part.tookMs, Array.isArray(part.value) ? part.value.length : 1);
    return part;
  }

  function took(name: PartName, ms: number, rows: number): void {
    pacer.took(name, ms, BASE_MS + rows * (ROW_MS[name] ?? LIST_ROW_MS));
  }

  function totalsOf(r: Reading): Promise<Part<Queue[]>> {
    // before it is asked: what is doubted while it is under way, it may not have yet
    doubted = false;
    return timed('totals', r.totals, () => m.queueTotals(signal, r.policies.value ?? []));
  }

  async function clients(r: Reading, all: boolean, clientsMs: number): Promise<Reading> {
    const rates = r.overview.value?.rates ?? true;
    const now = clock();
    const read = <T>(
      name: PartName,
      part: Part<T>,
      ask: () => Promise<T>,
      freshMs = Number.POSITIVE_INFINITY,
    ) => (all || isDue(name, r) || now - (part.askedAt ?? 0) >= freshMs ? timed(name, part, ask) : part);
    const [who, consumers, channels, connections, nodes, alarms, vhosts, policies] = await Promise.all([
      read('who', r.who, () => m.whoami(signal)),
      read('consumers', r.consumers, () => m.consumers(signal), clientsMs),
      read('channels', r.channels, () => m.channels(signal, rates), clientsMs),
      read('connections', r.connections, () => m.connections(signal), clientsMs),
      read('nodes', r.nodes, () => m.nodes(signal)),
      read('alarms', r.alarms, () => m.alarms(signal)),
      read('vhosts', r.vhosts, () => m.vhosts(signal)),
      read('policies', r.policies, () => m.policies(signal)),
    ]);
    return { ...r, who, consumers, channels, connections, nodes, alarms, vhosts, policies };
  }

  async function queues(before: Reading, all: boolean): Promise<Reading> {
    let r = before;
    if (isDue('totals', r) || (all && mayListNow(r))) r = listed({ ...r, totals: await totalsOf(r) });
    r = paced(r);
    if (reader && r.pace.dearSince !== null && (all || isDue('figures', r))) {
      const figures = await reader.read(r, consumersOf(r) === null, signal);
      if (figures.failed) pacer.took('figures', figures.tookMs, Number.POSITIVE_INFINITY);
      else took('figures', figures.tookMs, figures.value?.depths.size ?? 0);
      r = paced({ ...r, figures });
    }
    const differs = doubted || reader?.namesChanged(r) || listedFor !== surroundings(r);
    if (!needsLists(r) && differs && mayListNow(r)) r = listed({ ...r, totals: await totalsOf(r) });
    if (!needsLists(r)) return { ...r, queues: never() };
    const rates = r.overview.value?.rates ?? true;
    if (!all && !isDue('queues', r)) return r;
    return { ...r, queues: await timed('queues', r.queues, () => m.queues(signal, rates)) };
  }

  function listed(r: Reading): Reading {
    reader?.listRead(r);
    listedFor = surroundings(r);
    return r;
  }

  /** Of a list that is dear, no more than the share, whoever asks. */
  function mayListNow(r: Reading): boolean {
    const cost = r.pace.dearSince === null ? 0 : (pacer.costOf('totals') ?? 0);
    return clock() - (r.totals.askedAt ?? 0) >= cost / d.share;
  }

  async function topology(r: Reading): Promise<Reading> {
    const began = clock();
    const exchanges = await readPart(r.exchanges, () => m.exchanges(signal), clock);
    const bindings = await readPart(r.bindings, () => m.bindings(signal), clock);
    // The default exchange's bindings, one a queue, are in the answer too.
    took('topology', clock() - began, (r.totals.value?.length ?? 0) + (bindings.value?.length ?? 0));
    const policies = namesUnknownPolicy(r.totals.value, r.policies.value)
      ? await timed('policies', r.policies, () => m.policies(signal))
      : r.policies;
    // The depths were read with the policies of before: ask again, or a new policy's DLX would show a reading late.
    const again = policies !== r.policies ? await totalsOf({ ...r, policies }) : r.totals;
    return { ...r, exchanges, bindings, policies, totals: again };
  }

  return {
    doubt() {
      doubted = true;
    },
    isDue,
    clientsMs: () => clientParts.reduce((sum, name) => sum + (pacer.costOf(name) ?? 0), 0) / d.share,
    overviewTook: (ms, r) => took('overview', ms, r.totals.value?.length ?? 0),
    async parts(before, all, clientsMs) {
      let r = await clients(paced(before), all, clientsMs);
      r = await queues(r, all);
      if (all || isDue('topology', r) || topologyChanged(before, r)) r = await topology(r);
      return paced(r);
    },
  };
}

/** What a queue's state, node and policy hang on; it changes rarely. */
function surroundings(r: Reading): string {
  const policies = r.policies.value?.map((p) => [p.vhost, p.name, p.definition]) ?? [];
  const nodes = r.nodes.value?.map((n) => [n.name, n.running]) ?? [];
  return JSON.stringify([policies, nodes]);
}

/** A queue with a DLX that was not there before: until its exchange and bindings are read, it would look lost. */
function topologyChanged(before: Reading, after: Reading): boolean {
  if (before.totals.value === after.totals.value) return false;
  if (namesUnknownPolicy(after.totals.value, after.policies.value)) return true;
  const known = new Set(before.totals.value?.map((q) => queueKey(q.vhost, q.name)));
  return (after.totals.value ?? []).some(
    (q) => q.deadLetter !== null && !known.has(queueKey(q.vhost, q.name)),
  );
}

function namesUnknownPolicy(queues: readonly Queue[] | null, policies: readonly Policy[] | null): boolean {
  const known = new Set(policies?.map((p) => queueKey(p.vhost, p.name)));
  return (queues ?? []).some((q) => q.policy !== null && !known.has(queueKey(q.vhost, q.policy)));
}
