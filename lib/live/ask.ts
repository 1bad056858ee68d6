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
import { type Exchange, type Queue, queueKey } from '../model/broker.ts';
import { createEarly } from './early.ts';
import { createMetricsReader } from './metrics.ts';
import { createPacer } from './pace.ts';
import {
  listsAreYounger,
  needsLists,
  never,
  type Part,
  type PartName,
  type Reading,
  readPart,
  somebodyLeft,
} from './reading.ts';
import { consumersOf } from './snapshot.ts';
import { SURELY_DEAR, wantedPaces } from './wanted.ts';

/**
 * A list of queues that takes longer is dear; less than half of it, and it is not any more. A thousand queues took 60 ms
 * in totals mode and 100 ms in full, each 2 s, their metrics 9 ms, each 5 s.
 */
const DEAR_MS = 40;
/** Bindings are asked for by exchange where that is quicker: an asking takes as long as so many rows of their list. */
const ROWS_AN_ASKING = 50;
/** What of the share may go to lists of clients that are read before their time, since somebody left. */
const EARLY = 1 / 2;

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
  /** A consumer left, and the lists that say why are older than that. */
  let unexplained = false;
  const early = createEarly(d.share * EARLY, clock);

  /** What changed since decides anew which source is asked, and how often. */
  function paced(r: Reading): Reading {
    const cost = pacer.costOf('totals');
    const collects = r.overview.value?.rates ?? true;
    const was = r.pace.dearSince;
    const dear = reader !== null && (!collects || isDear(cost, was !== null));
    const dearSince = dear ? (was ?? clock()) : null;
    const next = { ...r, pace: { ...r.pace, dearSince, allowed: d.share } };
    if (!dear && was !== null) next.figures = never();
    const { everyMs, share } = pacer.paces(
      wantedPaces(next, { ...d, dearMs }, pacer),
      (d.besides?.() ?? 0) + early.share(),
    );
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
    const now = clock();
    const rates = r.overview.value?.rates ?? true;
    const ask = async <T>(
      name: PartName,
      part: Part<T>,
      question: () => Promise<T>,
      freshMs = Number.POSITIVE_INFINITY,
    ) => {
      const due = all || isDue(name, r);
      if (!due && now - (part.askedAt ?? 0) < freshMs) return part;
      if (!due) early.took(pacer.costOf(name) ?? 0);
      return timed(name, part, question);
    };
    const [lists, who, alarms, vhosts, policies] = await Promise.all([
      clientLists(r, ask, clientsMs),
      ask('who', r.who, () => m.whoami(signal)),
      ask('alarms', r.alarms, () => m.alarms(signal)),
      ask('vhosts', r.vhosts, () => m.vhosts(signal, rates)),
      ask('policies', r.policies, () => m.policies(signal)),
    ]);
    return { ...r, ...lists, who, alarms, vhosts, policies };
  }

  /** Why a consumer went is read off its channel, connection and node: those are asked for after its absence was seen. */
  async function clientLists(
    r: Reading,
    ask: Ask,
    clientsMs: number,
  ): Promise<Pick<Reading, 'consumers' | 'channels' | 'connections' | 'nodes'>> {
    const rates = r.overview.value?.rates ?? true;
    const consumers = await ask('consumers', r.consumers, () => m.consumers(signal), clientsMs);
    unexplained ||= somebodyLeft(r.consumers, consumers);
    // both at once: one of them alone says nothing, and at paces of their own they might never come together
    const oldest = Math.min(r.channels.askedAt ?? 0, r.connections.askedAt ?? 0);
    const isTime = isDue('channels', r) || isDue('connections', r) || clock() - oldest >= clientsPauseMs();
    const freshMs = unexplained && isTime ? 0 : clientsMs;
    const [channels, connections, nodes] = await Promise.all([
      ask('channels', r.channels, () => m.channels(signal, rates), freshMs),
      ask('connections', r.connections, () => m.connections(signal), freshMs),
      ask('nodes', r.nodes, () => m.nodes(signal), unexplained ? freshMs : undefined),
    ]);
    const next = { consumers, channels, connections, nodes };
    if (listsAreYounger(next) && ![channels, connections].some(mayAnswerYet)) unexplained = false;
    return next;
  }

  const clientsPauseMs = () =>
    early.pauseMs(clientParts.reduce((sum, name) => sum + (pacer.costOf(name) ?? 0), 0));

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
    if (!r.pace.everyMs.has('queues')) return { ...r, queues: never() };
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
    const byExchange = exchangesToAsk(exchanges, r);
    const bindings = await readPart(r.bindings, () => m.bindings(signal, byExchange), clock);
    // The default exchange's bindings, one a queue, are in the list too.
    const listed = (r.totals.value?.length ?? 0) + (bindings.value?.length ?? 0);
    took('topology', clock() - began, byExchange ? byExchange.length * ROWS_AN_ASKING * 2 : listed);
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
    clientsMs: clientsPauseMs,
    overviewTook: (ms, r) => took('overview', ms, r.totals.value?.length ?? 0),
    async parts(before, all, clientsMs) {
      let r = await clients(paced(before), all, clientsMs);
      r = await queues(r, all);
      if (all || isDue('topology', r) || topologyChanged(before, r)) r = await topology(r);
      return paced(r);
    },
  };
}

/** A list that was refused is refused again; one that broke off is asked for once more. */
function mayAnswerYet({ failed }: Part<unknown>): boolean {
  return failed?.code === 'management_unreachable';
}

type Ask = <T>(
  name: PartName,
  part: Part<T>,
  question: () => Promise<T>,
  /** Asked for before its time too, when it is older than this. */
  freshMs?: number,
) => Promise<Part<T>>;

/** Those whose bindings are asked for one by one; undefined: the list of all bindings is quicker. */
function exchangesToAsk(exchanges: Part<Exchange[]>, r: Reading): Exchange[] | undefined {
  if (exchanges.failed || exchanges.value === null) return undefined;
  // the default exchange is bound to every queue by its name: nothing to ask
  const named = exchanges.value.filter((x) => x.name !== '');
  return named.length * ROWS_AN_ASKING < (r.totals.value?.length ?? 0) ? named : undefined;
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
