/**
 * The live picture: one poller's readings, their history, who went away, what needs a look, for every viewer.
 *
 *   stale ──(reading)──▶ live ──(no answer)──▶ away ──(reading)──▶ live
 *   live ──(the broker answers but refuses, or readings take too long)──▶ stale
 *
 * Away keeps the last snapshot, dated. Before the first reading it is stale, with nothing to show.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagementClient } from '../broker/client.ts';
import type { MetricsSource } from '../broker/prometheus.ts';
import { type Config, DEFAULT_READ_SHARE } from '../config.ts';
import { log } from '../log.ts';
import type { ConsumerRow, GoneConsumer, Snapshot } from '../model/broker.ts';
import type { DeadLetterTopology } from '../model/dead-letter-topology.ts';
import type { Attention, LiveState, Point, QueueRow, StatusCorner } from '../model/live.ts';
import type { Judge, Past } from '../model/past.ts';
import type { PastStore } from '../store/past.ts';
import { createAttendance } from './attendance.ts';
import { createBaseline } from './baseline.ts';
import { createConditions, heardOf } from './conditions.ts';
import { costsOf } from './costs.ts';
import { createDeletedQueues } from './deleted-queues.ts';
import { createDetails } from './details.ts';
import { withDownQueues } from './down-queues.ts';
import { type Clients, type Comparison, goneAfter, nodesOf } from './gone.ts';
import { createHistory, MAX_RINGS, SLOT_MS } from './history.ts';
import { createHub } from './hub.ts';
import { withoutLeftBehind } from './left-behind.ts';
import { type LookedAt, lookedAt, tellsDetails } from './looked-at.ts';
import type { MomentRecorder } from './moments.ts';
import { createNodeWatch } from './node-watch.ts';
import { type PastLine, pastLine } from './past.ts';
import { createPastRecorder } from './past-recorder.ts';
import { createPoller, type PollerDeps } from './poll.ts';
import { consumerKey, type Failure, listsAreYounger, type Reading } from './reading.ts';
import { createRows } from './rows.ts';
import { consumersOf, toSnapshot } from './snapshot.ts';
import { type Freshness, type Scope, seer, seesAll, sumPoints, toState, type Whole } from './state.ts';
import { createTopology } from './topology.ts';

export interface LiveDeps {
  management: ManagementClient;
  config: Pick<Config, 'pollMs'> & Partial<Pick<Config, 'stuckMs' | 'readShare'>>;
  clock: () => number;
  /** The status corner as it is now. */
  status: () => StatusCorner;
  /** The rules (lib/findings): handed in, since workflows do not know each other. */
  judge: Judge;
  /** What the broker told of a consumer's end, see `createWhyGone`. */
  whyGone?: Comparison['told'];
  /** By `queueKey`: dead letters of causes that somebody muted. Asked after each reading. */
  muted?: (snapshot: Snapshot) => ReadonlyMap<string, number>;
  /** Where the past goes after half an hour; absent: nowhere. */
  past?: PastStore;
  /** Writes down what happened. */
  moments?: MomentRecorder;
  wait?: PollerDeps['wait'];
  /** The nodes' own metrics, for brokers whose list of queues is dear; absent: the lists alone. */
  metrics?: MetricsSource | undefined;
  /** From how many ms on it is dear; a test's. */
  dearMs?: number;
}

export interface Live {
  start(): void;
  stop(): Promise<void>;
  /** The last reading, also while away; null before the first. */
  snapshot(): Snapshot | null;
  freshness(): Freshness;
  state(vhosts: Scope): LiveState;
  /** Last 30 minutes, points of 5 s, oldest first; over the broker, or summed over the queues of some vhosts. */
  history(vhosts?: Scope): Point[];
  queueHistory(vhost: string, name: string): Point[];
  /** About `most` points of [from, to) from the disk and the memory; `name` empty: the vhost, both empty: the broker. */
  past(vhost: string, name: string, from: number, to: number, most: number): PastLine;
  spark(vhost: string, name: string): (number | null)[];
  /** Every queue with its depth line and what needs a look. */
  rows(): readonly QueueRow[];
  /** A queue for somebody who looks at it: the broker is asked for what the common reading leaves out. Never rejects. */
  lookAt(row: QueueRow): Promise<LookedAt>;
  /** Every consumer that is there, with how it does. */
  consumers(): readonly ConsumerRow[];
  gone(): GoneConsumer[];
  attention(): Attention[];
  topology(): DeadLetterTopology;
  unattendedSince(vhost: string, name: string): number | null;
  /** After every reading and every change of freshness. Gives the function that ends it. */
  subscribe(listener: () => void): () => void;
  /** Asks now; resolves when that reading is in, or has failed (see `freshness`). */
  refresh(): Promise<void>;
  /** Asks for the consumers soon, at any pace: the broker told that one ended. */
  nudge(): void;
}

const noPast: Pick<PastStore, 'read'> = { read: () => ({ step: SLOT_MS, slots: new Map() }) };
const noTopology: DeadLetterTopology = { queues: [], lost: [], rings: [], exchanges: [] };
/** A reading may be this many paces old before it counts as stale. */
const STALE_PACES = 5;

const pause: PollerDeps['wait'] = (ms, signal) =>
  sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);

export function createLive(d: LiveDeps): Live {
  const history = createHistory();
  const recorder = d.past ? createPastRecorder(history, d.past) : null;
  const attendance = createAttendance();
  const baseline = d.past ? createBaseline(d.past) : null;
  const deleted = createDeletedQueues();
  const conditions = createConditions({ stuckMs: d.config.stuckMs });
  const rowsOf = createRows();
  const hub = createHub();
  const topologyOf = createTopology();
  let whole: Whole | null = null;
  /** All that the rules found after the last reading, symptoms too. */
  let found: readonly Attention[] = [];
  let trouble: { freshness: 'stale' | 'away'; since: number; reason: string } | null = {
    freshness: 'stale',
    since: d.clock(),
    reason: 'The first reading is under way.',
  };
  /** The last reading whose consumers were known, to compare the next with. */
  let compared: Snapshot | null = null;
  let wereAt: Clients['connections'] = new Map();
  const nodeWatch = createNodeWatch();
  let brokerGone = false;
  /** Since when there are more busy queues than memory for their past, ms since 1970. */
  let unkeptSince: number | null = null;

  const share = d.config.readShare ?? DEFAULT_READ_SHARE;
  const stopping = new AbortController();
  /** When the list was read whose queues are shown, and whether the readings tell all of each. */
  let common: { listedAt: number | null; tells: boolean } = { listedAt: null, tells: true };
  const details = createDetails({
    ask: (vhost, name) => d.management.queue(vhost, name, stopping.signal),
    listed: (vhost, name) => whole?.snapshot.queues.find((q) => q.vhost === vhost && q.name === name),
    doubt: () => poller.doubt(),
    share,
    clock: d.clock,
  });
  const poller = createPoller({
    management: withoutLeftBehind(withDownQueues(d.management)),
    metrics: d.metrics,
    pollMs: d.config.pollMs,
    share,
    besides: details.share,
    dearMs: d.dearMs,
    clock: d.clock,
    wait: d.wait ?? pause,
    onReading,
    onAway,
  });

  function onReading(reading: Reading, startedAt: number): void {
    const snapshot = deleted.without(toSnapshot(reading, startedAt, d.clock()));
    common = { listedAt: reading.totals.askedAt, tells: tellsDetails(reading) };
    const gone = compareConsumers(reading, snapshot);
    history.record(snapshot);
    noteUnkept(snapshot);
    recorder?.recorded(snapshot.readAt);
    d.moments?.read(snapshot, gone);
    attendance.record(snapshot);
    const topology = topologyOf(snapshot);
    const muted = d.muted?.(snapshot) ?? new Map<string, number>();
    const judged = d.judge(snapshot, { ...past(gone, topology), muted });
    found = judged.found;
    whole = {
      snapshot,
      gone,
      topology,
      muted,
      attention: judged.lines,
      rows: rowsOf(snapshot.queues, history.spark, found),
      consumers: conditions.after(snapshot, heardOf(reading, gone)),
      readings: costsOf(reading, common.tells ? null : details),
    };
    if (trouble) log.info('the broker is read', { cluster: snapshot.cluster, version: snapshot.version });
    trouble = null;
    hub.tell();
  }

  /** No queue loses its past without a word. */
  function noteUnkept(snapshot: Snapshot): void {
    const queues = history.unkept();
    unkeptSince = queues === 0 ? null : (unkeptSince ?? snapshot.readAt);
    if (unkeptSince === null) return;
    snapshot.missing.push({
      what: 'the past of some queues',
      why: `More than ${MAX_RINGS.toLocaleString('en-US')} queues are busy at once: of the others no past is kept, their figures of now are right.`,
      since: unkeptSince,
      mend: 'It is kept again when fewer are busy.',
    });
  }

  function onAway(failure: Failure): void {
    const freshness = failure.code === 'management_unreachable' ? 'away' : 'stale';
    const reason = `${failure.why} ${failure.mend}`;
    if (freshness === 'away') {
      brokerGone = true;
      d.moments?.away(failure.since, failure.why);
    }
    if (trouble?.freshness === freshness && trouble.reason === reason) return;
    log.warn('the broker cannot be read', { freshness, reason });
    // 'Since' is when it began, not when its words changed.
    trouble = { freshness, since: failure.since, reason };
    hub.tell();
  }

  function compareConsumers(reading: Reading, after: Snapshot): GoneConsumer[] {
    const list = whole?.gone ?? [];
    const stopped = nodeWatch.after(after);
    if (consumersOf(reading) === null || reading.connections.failed || reading.channels.failed)
      return [...list];
    const before = compared;
    // told at the next reading that has what says why
    if (before && !listsAreYounger(reading) && isWithout(before, after)) return [...list];
    compared = after;
    const wasGone = brokerGone;
    brokerGone = false;
    const clients = clientsOf(reading);
    const seen = { before: before ?? after, after, clients, wereAt, stopped };
    const gone = goneAfter(list, { ...seen, brokerGone: wasGone, told: d.whyGone });
    wereAt = nodesOf(clients, wereAt, gone, after.consumers);
    return gone;
  }

  function past(gone: readonly GoneConsumer[], topology: DeadLetterTopology): Past {
    return {
      points: history.queue,
      unattendedSince: attendance.unattendedSince,
      hadConsumer: attendance.hadConsumer,
      totals: () => history.totals(),
      ...(baseline ? { usual: baseline } : {}),
      gone,
      topology,
      previous: found,
    };
  }

  function freshness(): Freshness {
    const readAt = whole?.snapshot.readAt ?? null;
    if (trouble) return { ...trouble, readAt };
    const patience = STALE_PACES * Math.max(d.config.pollMs, 4 * (whole?.snapshot.tookMs ?? 0));
    const late = readAt !== null && d.clock() - readAt > Math.max(patience, 10_000);
    return late
      ? { freshness: 'stale', readAt, since: readAt, reason: 'The broker takes unusually long to answer.' }
      : { freshness: 'live', readAt, since: null, reason: null };
  }

  return {
    start: () => poller.start(),
    async stop() {
      stopping.abort();
      await poller.stop();
      recorder?.stop();
    },
    snapshot: () => whole?.snapshot ?? null,
    freshness,
    state: (vhosts) => toState(whole, vhosts, d.clock(), freshness(), d.status()),
    history(scope = 'all') {
      if (whole === null || scope === 'all' || seesAll(whole.snapshot, scope)) return history.totals();
      const sees = seer(scope);
      const seen = whole.snapshot.queues.filter((q) => sees(q.vhost));
      return sumPoints(
        history.totals(),
        seen.map((q) => history.queue(q.vhost, q.name)),
      );
    },
    queueHistory: (vhost, name) => history.queue(vhost, name),
    past: (vhost, name, from, to, most) =>
      pastLine(history, d.past ?? noPast, { vhost, name }, from, to, most),
    spark: (vhost, name) => history.spark(vhost, name),
    rows: () => whole?.rows ?? [],
    async lookAt(row) {
      if (whole === null || common.tells) return { queue: row, details: null, isDeleted: false };
      const notLive = freshness().reason;
      const told = await details.look(row.vhost, row.name, notLive === null);
      const { snapshot } = whole;
      return lookedAt(row, told, { ...common, snapshot, everyMs: details.everyMs(), notLive });
    },
    consumers: () => whole?.consumers ?? [],
    gone: () => [...(whole?.gone ?? [])],
    attention: () => [...(whole?.attention ?? [])],
    topology: () => whole?.topology ?? noTopology,
    unattendedSince: (vhost, name) => attendance.unattendedSince(vhost, name),
    subscribe: (listener) => hub.subscribe(listener),
    refresh: () => poller.refresh(),
    nudge: () => poller.nudge(),
  };
}

function isWithout(before: Snapshot, after: Snapshot): boolean {
  if (before.consumers === after.consumers) return false;
  const there = new Set(after.consumers.map(consumerKey));
  return before.consumers.some((c) => !there.has(consumerKey(c)));
}

function clientsOf(reading: Reading): Clients {
  return {
    connections: new Map(reading.connections.value?.map((c) => [c.name, c.node])),
    channels: new Set(reading.channels.value?.map((c) => c.name)),
  };
}
