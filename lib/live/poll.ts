/**
 * The one poller of the process: reads the management API at a steady pace for all viewers, never two readings at once.
 *
 *   reading ──(done)──▶ waiting ──(pace over, refresh, nudge)──▶ reading    stopped: from everywhere, by stop()
 *
 * The overview is asked first and alone: when it fails, nothing else is asked, and the next try comes within 2 s, so
 * that a broker's return shows soon.
 */
import type { ManagementClient } from '../broker/client.ts';
import type { Overview } from '../broker/overview.ts';
import type { Policy } from '../broker/policies.ts';
import { log, wordsOf } from '../log.ts';
import { type Queue, queueKey } from '../model/broker.ts';
import { HoplightError } from '../model/errors.ts';
import {
  consumerKey,
  emptyReading,
  type Failure,
  isDue,
  type Part,
  type Reading,
  readPart,
} from './reading.ts';

/** Pace of what rarely changes: exchanges, bindings, policies. */
export const TOPOLOGY_MS = 10_000;
/** Pace of the question who we are: tags may be given or taken while we run. */
const WHO_MS = 30_000;
/** Longest pause between tries while the broker is away. */
const RETRY_MS = 2_000;
/** The overview takes 40 ms with 10,000 queues: a broker that needs this long does not answer. */
const PROBE_MS = 4_000;
/** From one reading to the next that a nudge asks for. */
const NUDGE_MS = 1_000;

export interface PollerDeps {
  management: ManagementClient;
  pollMs: number;
  clock: () => number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** After each reading whose overview succeeded. `startedAt` is when it began. */
  onReading: (reading: Reading, startedAt: number) => void;
  /** After each try whose overview failed. */
  onAway: (failure: Failure) => void;
}

export interface Poller {
  start(): void;
  stop(): Promise<void>;
  /** Resolves after a reading of everything that began later than this call, also when it failed. */
  refresh(): Promise<void>;
  /** Consumers, channels and connections are read soon, whatever the pace; any number of calls costs one reading a second. */
  nudge(): void;
}

export function createPoller(d: PollerDeps): Poller {
  const stopping = new AbortController();
  const { signal } = stopping;
  let wake = new AbortController();
  let waiting: (() => void)[] = [];
  let running: Promise<void> | null = null;
  let reading = emptyReading();
  let begunAt = 0;
  /** The next reading is to have the consumers. */
  let hurried = false;

  async function loop(): Promise<void> {
    while (!signal.aborted) {
      const there = await readOnce().catch((error: unknown) => {
        // A fault of ours: the pace goes on, or one odd answer would stop the picture for good.
        log.error('a reading could not be used', { error: wordsOf(error) });
        return true;
      });
      if (waiting.length > 0) continue;
      const pause = there ? d.pollMs : Math.min(d.pollMs, RETRY_MS);
      const woken = await rest(hurried ? Math.min(pause, untilNudged()) : pause);
      if (woken && hurried && waiting.length === 0) await rest(untilNudged());
    }
    for (const done of waiting.splice(0)) done();
  }

  /** True when it was ended early. */
  async function rest(ms: number): Promise<boolean> {
    wake = new AbortController();
    if (ms > 0) await d.wait(ms, AbortSignal.any([wake.signal, signal]));
    return wake.signal.aborted;
  }

  function untilNudged(): number {
    return begunAt + NUDGE_MS - d.clock();
  }

  /** True when the broker answered. */
  async function readOnce(): Promise<boolean> {
    const asked = waiting;
    waiting = [];
    begunAt = d.clock();
    try {
      return await readFor(asked.length > 0);
    } finally {
      for (const done of asked) done();
    }
  }

  async function readFor(all: boolean): Promise<boolean> {
    const startedAt = d.clock();
    const overview = await readPart(reading.overview, probe, d.clock);
    const next = { ...reading, overview };
    if (overview.failed === null) {
      const parts = await readParts(next, all);
      reading = await readWhatChangesAskFor(reading, parts);
      if (!signal.aborted) d.onReading(reading, startedAt);
    } else {
      reading = next;
      if (!signal.aborted) d.onAway(overview.failed);
    }
    return overview.failed === null;
  }

  async function probe(): Promise<Overview> {
    const late = AbortSignal.timeout(PROBE_MS);
    try {
      return await d.management.overview(AbortSignal.any([late, signal]));
    } catch (error) {
      if (!late.aborted) throw error;
      throw new HoplightError(
        'management_unreachable',
        `The management API did not answer within ${PROBE_MS / 1000} s.`,
        { next: 'The broker may be overloaded or paused; it is tried again by itself.', cause: error },
      );
    }
  }

  async function readParts(r: Reading, all: boolean): Promise<Reading> {
    const m = d.management;
    const now = d.clock();
    const rates = r.overview.value?.rates ?? true;
    const clientsMs = hurried ? NUDGE_MS / 2 : d.pollMs;
    hurried = false;
    const read = <T>(part: Part<T>, everyMs: number, share: number, ask: () => Promise<T>) =>
      all || isDue(part, now, everyMs, share) ? readPart(part, ask, d.clock) : part;
    const [who, totals, queues, consumers, channels, connections, nodes, alarms, vhosts] = await Promise.all([
      read(r.who, WHO_MS, 1, () => m.whoami(signal)),
      read(r.totals, d.pollMs, 4, () => m.queueTotals(signal, r.policies.value ?? [])),
      read(r.queues, d.pollMs, 10, () => m.queues(signal, rates)),
      read(r.consumers, clientsMs, 4, () => m.consumers(signal)),
      read(r.channels, clientsMs, 10, () => m.channels(signal, rates)),
      read(r.connections, clientsMs, 10, () => m.connections(signal)),
      read(r.nodes, d.pollMs, 10, () => m.nodes(signal)),
      read(r.alarms, d.pollMs, 10, () => m.alarms(signal)),
      read(r.vhosts, d.pollMs, 10, () => m.vhosts(signal)),
    ]);
    const next = { ...r, who, totals, queues, consumers, channels, connections, nodes, alarms, vhosts };
    const due = all || isDue(r.bindings, now, TOPOLOGY_MS, 10) || topologyChanged(r, next);
    return due ? readTopology(next) : next;
  }

  async function readTopology(r: Reading): Promise<Reading> {
    const m = d.management;
    const [exchanges, bindings, policies] = await Promise.all([
      readPart(r.exchanges, () => m.exchanges(signal), d.clock),
      readPart(r.bindings, () => m.bindings(signal), d.clock),
      readPart(r.policies, () => m.policies(signal), d.clock),
    ]);
    const unknownPolicies = namesUnknownPolicy(r.totals.value, r.policies.value);
    // The depths were read with the policies of before: ask again, or a new policy's DLX would show a reading late.
    const totals = unknownPolicies
      ? await readPart(r.totals, () => m.queueTotals(signal, policies.value ?? []), d.clock)
      : r.totals;
    return { ...r, exchanges, bindings, policies, totals };
  }

  /** Why a consumer went is read off its channel and connection: those must be younger than its absence. */
  async function readWhatChangesAskFor(before: Reading, r: Reading): Promise<Reading> {
    if (!somebodyLeft(before, r)) return r;
    const rates = r.overview.value?.rates ?? true;
    const [channels, connections] = await Promise.all([
      readPart(r.channels, () => d.management.channels(signal, rates), d.clock),
      readPart(r.connections, () => d.management.connections(signal), d.clock),
    ]);
    return { ...r, channels, connections };
  }

  return {
    start() {
      running ??= loop();
    },
    async stop() {
      stopping.abort();
      await running;
    },
    refresh() {
      if (signal.aborted || running === null) return Promise.resolve();
      return new Promise((resolve) => {
        waiting.push(resolve);
        wake.abort();
      });
    },
    nudge() {
      if (hurried) return;
      hurried = true;
      wake.abort();
    },
  };
}

/** A queue with a DLX that was not there before: until its exchange and bindings are read, it would look lost. */
function topologyChanged(before: Reading, after: Reading): boolean {
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

function somebodyLeft(before: Reading, after: Reading): boolean {
  if (after.consumers.failed || after.consumers.value === before.consumers.value) return false;
  const there = new Set(after.consumers.value?.map(consumerKey));
  return (before.consumers.value ?? []).some((c) => !there.has(consumerKey(c)));
}
