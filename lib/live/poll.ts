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
import type { MetricsSource } from '../broker/prometheus.ts';
import { log, wordsOf } from '../log.ts';
import { HoplightError } from '../model/errors.ts';
import { createAsker } from './ask.ts';
import { emptyReading, type Failure, type Reading, readPart } from './reading.ts';

/** Longest pause between tries while the broker is away. */
const RETRY_MS = 2_000;
/** The overview takes 40 ms with 10,000 queues: a broker that needs this long does not answer. */
const PROBE_MS = 4_000;
/** However much there is to work out, a reading comes after so many paces: later it would count as stale. */
const MOST_PACES = 3;
/** From one reading to the next that a nudge asks for. */
const NUDGE_MS = 1_000;

export interface PollerDeps {
  management: ManagementClient;
  /** The nodes' own metrics; absent: the lists alone. */
  metrics?: MetricsSource | undefined;
  pollMs: number;
  /** What all that is asked may cost, see `AskerDeps`. */
  share: number;
  /** See `AskerDeps`. */
  besides?: (() => number) | undefined;
  dearMs?: number | undefined;
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
  /** See `Asker`. */
  doubt(): void;
}

export function createPoller(d: PollerDeps): Poller {
  const stopping = new AbortController();
  const { signal } = stopping;
  let wake = new AbortController();
  let waiting: (() => void)[] = [];
  let running: Promise<void> | null = null;
  let reading = emptyReading();
  const asker = createAsker({ ...d, signal });
  /** ms of processor time that our work on each of the last readings took. */
  let worked: number[] = [];
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
      const pause = there ? ourPace() : Math.min(d.pollMs, RETRY_MS);
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

  /** Where clients come and go all the time, nudges never end: they take no more than the share either. */
  function untilNudged(): number {
    const ms = Math.min(Math.max(NUDGE_MS, ourMs(), asker.clientsMs()), MOST_PACES * d.pollMs);
    return begunAt + ms - d.clock();
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
    const clientsMs = hurried ? Math.max(NUDGE_MS / 2, asker.clientsMs()) : Number.POSITIVE_INFINITY;
    hurried = false;
    let next = reading;
    if (all || reading.overview.failed !== null || asker.isDue('overview', reading))
      next = await probed(next);
    if (next.overview.failed === null) {
      const parts = await asker.parts(next, all, clientsMs);
      // Between two overviews it is the other parts that find the broker away.
      next = next === reading && isAway(parts) ? await probed(parts) : parts;
    }
    const { failed } = next.overview;
    reading = next;
    if (signal.aborted) return failed === null;
    if (failed === null) handOver(startedAt);
    else d.onAway(failed);
    return failed === null;
  }

  /** What is worked out of a reading costs us time too, the more the more queues there are. */
  function handOver(startedAt: number): void {
    const before = process.threadCpuUsage();
    try {
      d.onReading(reading, startedAt);
    } finally {
      const { user, system } = process.threadCpuUsage(before);
      worked = [...worked, (user + system) / 1000].slice(-3);
    }
  }

  /** ms to the next reading: our own work on it takes at most half of the share. */
  function ourPace(): number {
    return Math.round(Math.min(Math.max(d.pollMs, ourMs()), MOST_PACES * d.pollMs));
  }

  function ourMs(): number {
    return worked.length < 3 ? 0 : Math.min(...worked) / (d.share / 2);
  }

  async function probed(r: Reading): Promise<Reading> {
    const overview = await readPart(r.overview, probe, d.clock);
    if (overview.failed === null) asker.overviewTook(overview.tookMs, r);
    return { ...r, overview };
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
    doubt: () => asker.doubt(),
  };
}

function isAway(r: Reading): boolean {
  return [r.consumers, r.nodes, r.alarms].some((part) => part.failed?.code === 'management_unreachable');
}
