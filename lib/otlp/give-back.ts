/**
 * Gives the broker's hops back to the user's own trace viewer: when a journey has been quiet for some seconds, its hops
 * that are over, and were not given before, go out as spans. Never at capture's cost: what is remembered is bounded, and
 * journeys are read for a few ms at a time; what that leaves out is counted.
 */
import { resourceSpans } from '../journey/otlp.ts';
import { log, wordsOf } from '../log.ts';
import type { Hop, Journey } from '../model/journey.ts';
import type { Endpoint } from './endpoint.ts';
import { Exporter } from './exporter.ts';

export interface GiveBackOptions {
  endpoint: Endpoint;
  /** The journey of that key as it stands; null when it is gone. */
  read: (journey: string) => Journey | null;
  /** ms since 1970 */
  clock: () => number;
  fetch: typeof fetch;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** ms without a new fact until a journey's hops are given; default 5 s. */
  quietMs?: number;
}

export interface GiveBackCounts {
  sent: number;
  waiting: number;
  dropped: Record<string, number>;
  /** Journeys whose hops were not given, since too many changed at a time or they could not be read. */
  journeysLeftOut: number;
}

export interface GiveBack {
  start(): void;
  /** Facts of these journeys were stored. */
  touched(journeys: readonly string[]): void;
  counts(): GiveBackCounts;
  /** Sends what is ready; waits for some seconds at most. */
  stop(): Promise<void>;
}

interface Remembered {
  touchedAt: number;
  /** It has to be looked at again at this time; null: nothing of it is to come. */
  lookAt: number | null;
  given: Set<string>;
}

const QUIET_MS = 5_000;
/** A delivery whose end nobody told is taken for over after this time; its span then has no length. */
const UNTOLD_MS = 60_000;
const MOST_JOURNEYS = 20_000;
const TICK_MS = 200;
/** Reading and assembling in a tick, ms: a tenth of the time at most. */
const WORK_MS = 20;
const STOP_MS = 3_000;

export function createGiveBack(o: GiveBackOptions): GiveBack {
  return new Giver(o);
}

class Giver implements GiveBack {
  readonly #o: GiveBackOptions;
  readonly #exporter: Exporter;
  /** Longest untouched first. */
  readonly #journeys = new Map<string, Remembered>();
  readonly #quietMs: number;
  #timer: NodeJS.Timeout | null = null;
  #leftOut = 0;

  constructor(o: GiveBackOptions) {
    this.#o = o;
    this.#quietMs = o.quietMs ?? QUIET_MS;
    this.#exporter = new Exporter(o);
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(WORK_MS), TICK_MS).unref();
  }

  touched(journeys: readonly string[]): void {
    const now = this.#o.clock();
    for (const key of journeys) {
      const given = this.#journeys.get(key)?.given ?? new Set<string>();
      this.#journeys.delete(key);
      this.#journeys.set(key, { touchedAt: now, lookAt: now + this.#quietMs, given });
    }
    for (const [key, { lookAt }] of this.#journeys) {
      if (this.#journeys.size <= MOST_JOURNEYS) break;
      this.#journeys.delete(key);
      if (lookAt !== null) this.#leftOut++;
    }
  }

  counts(): GiveBackCounts {
    return { ...this.#exporter.counts(), journeysLeftOut: this.#leftOut };
  }

  async stop(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    this.#look(STOP_MS / 2);
    await this.#exporter.stop(STOP_MS / 2);
  }

  /** Gives what is ready, for `ms` at most. */
  #look(ms: number): void {
    const now = this.#o.clock();
    const end = performance.now() + ms;
    for (const [key, one] of this.#journeys) {
      // those behind it were touched later still
      if (one.touchedAt + this.#quietMs > now) break;
      if (one.lookAt === null || one.lookAt > now) continue;
      if (performance.now() > end || this.#exporter.room <= 0) break;
      try {
        this.#give(key, one, now);
      } catch (error) {
        // in a timer it would end the process
        one.lookAt = null;
        this.#leftOut++;
        log.warn('a journey cannot be given back', { journey: key, error: wordsOf(error) });
      }
    }
  }

  #give(key: string, one: Remembered, now: number): void {
    const journey = this.#o.read(key);
    const quiet = now - one.touchedAt;
    const open = journey?.hops.filter((hop) => !one.given.has(hop.id)) ?? [];
    const over = open.filter((hop) => isOurs(hop) && isOver(hop, quiet));
    one.lookAt = open.some((hop) => hop.kind === 'delivery' && !isOver(hop, quiet))
      ? one.touchedAt + UNTOLD_MS
      : null;
    if (!journey || over.length === 0) return;
    for (const hop of over) one.given.add(hop.id);
    this.#exporter.add(resourceSpans(journey, { name: 'rabbitmq' }, new Set(over.map((hop) => hop.id))));
  }
}

/** What only a service's own span told of is known where that span went. */
function isOurs(hop: Hop): boolean {
  return hop.source !== 'otlp';
}

/** A message that still waits in its queue is no span yet. */
function isOver(hop: Hop, quietMs: number): boolean {
  if (hop.until !== null) return true;
  return hop.kind === 'delivery' ? quietMs >= UNTOLD_MS : hop.kind !== 'queue';
}
