/**
 * The capture worker's supervisor, on the main thread: starts it, starts it again when it dies, tells it which vhosts and
 * dead-letter exchanges to listen to, keeps tracing switched on through the management API, and says how it stands.
 */
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ManagementClient } from '../broker/client.ts';
import type { Cluster } from '../broker/cluster.ts';
import type { Config } from '../config.ts';
import { log, wordsOf } from '../log.ts';
import type { CaptureAnswer } from '../model/api.ts';
import type { Snapshot } from '../model/broker.ts';
import type { CaptureSettings } from '../model/capture.ts';
import { HoplightError } from '../model/errors.ts';
import type { Fact } from '../model/fact.ts';
import type { AmqpStatus, CaptureCounts, EventSource, StoreStatus, Tap } from '../model/live.ts';
import type { BrokersClients } from './broker-clients.ts';
import { addCounts } from './counts.ts';
import { planDeadLetterTaps } from './dead-letter-plan.ts';
import type { DeathsTold } from './deaths-told.ts';
import { OwnConnections } from './own-connections.ts';
import { Pending } from './pending.ts';
import type { FromWorker, SettingName, ToWorker } from './protocol.ts';
import { Recorder } from './recorder.ts';
import { rememberedSettings } from './settings.ts';
import { type StartWorker, Supervised } from './supervised.ts';
import { Tracing } from './tracing.ts';

export interface CaptureOptions {
  config: Pick<Config, 'amqpUrl' | 'service' | 'tap' | 'capture' | 'store' | 'dataDir' | 'giveBack'>;
  management: Pick<ManagementClient, 'vhosts' | 'setTracing'>;
  /** Without it the broker is taken for a single node. */
  cluster?: Pick<Cluster, 'nodes'>;
  /** The broker's clients now: events tell of those alone that come and go later. */
  clients?: () => Promise<BrokersClients>;
  /** ms since 1970 */
  clock: () => number;
  /** For tests that end the worker from outside. */
  startWorker?: StartWorker;
}

export interface CaptureStatus {
  taps: Tap[];
  counts: CaptureCounts;
  store: StoreStatus;
  amqp: AmqpStatus;
  /** Empty while nothing listens. */
  events: EventSource[];
}

export interface Capture {
  /** Resolves when the worker runs and its store is open, or after 5 s; it goes on trying by itself. */
  start(): Promise<void>;
  /** Stores what has come, switches off tracing where we had switched it on. */
  stop(): Promise<void>;
  /** Our own facts, into the same store. */
  record(facts: readonly Fact[]): void;
  /** What a connection of that name (as the broker writes it) is given is Hoplight's own reading, not a delivery. */
  ownConnection(name: string, there: boolean): void;
  /** With each new snapshot: dead-letter exchanges come and go, tracing may have been lost. */
  topologyChanged(snapshot: Snapshot): void;
  status(): CaptureStatus;
  /** Remembered over restarts. Throws HoplightError `conflict` when the tap is disabled by configuration. */
  setTap(vhost: string, on: boolean): Promise<void>;
  /** After each commit: the facts that belong to copies of a replay. */
  onReplayFacts(listener: (facts: Fact[]) => void): () => void;
  /** After each commit that held spans, with the keys of their journeys; after the replay facts of the same commit. */
  onSpans(listener: (journeys: readonly string[]) => void): () => void;
  /** After each commit, with the keys of the journeys that it touched where hops are given back. */
  onCommitted(listener: (journeys: readonly string[]) => void): () => void;
  /** Soon after the broker told that a consumer ended, and when it is known why; at most some times a second. */
  onEnds(listener: () => void): () => void;
  /** After each commit that held deaths, as a dead-letter tap saw them. */
  onDeaths(listener: (deaths: readonly DeathsTold[]) => void): () => void;
  settings(): CaptureSettings;
  /**
   * Holds from now on, and after restarts. Resolves when the taps are bound so. Throws HoplightError `busy` when the worker
   * does not answer within some seconds; it is told again when it is back.
   */
  change(settings: CaptureSettings): Promise<void>;
  /**
   * Forgets what is stored, or what was seen before that time (ms since 1970); how many facts went. Throws HoplightError
   * `busy` when the store cannot be written or does not answer in time.
   */
  purge(before: number | null): Promise<number>;
  /** Where the events of the last minute came from, most first. */
  cost(): CaptureAnswer['cost'];
}

const READY_MS = 5_000;
/** A binding is a write of the whole cluster, and a scope may name a thousand. */
const CHANGE_MS = 60_000;
const PURGE_MS = 120_000;
const COUNT_MS = 2_000;
const LISTED_MS = 10_000;
const SWITCHED_OFF = 'The tap was switched off.';

export function createCapture(o: CaptureOptions): Capture {
  return new Supervisor(o);
}

class Supervisor implements Capture {
  readonly #o: CaptureOptions;
  readonly #worker: Supervised;
  readonly #tracing: Tracing;
  readonly #recorder = new Recorder();
  readonly #own: OwnConnections;
  readonly #vhosts: Set<string>;
  readonly #off = new Set<string>();
  readonly #replayListeners = new Set<(facts: Fact[]) => void>();
  readonly #spanListeners = new Set<(journeys: readonly string[]) => void>();
  readonly #commitListeners = new Set<(journeys: readonly string[]) => void>();
  readonly #endListeners = new Set<() => void>();
  readonly #deathListeners = new Set<(deaths: readonly DeathsTold[]) => void>();
  readonly #remembered = new Map<SettingName, string>();
  readonly #changes = new Pending<null>();
  readonly #purges = new Pending<{ facts: number | null; problem: string | null }>();
  #settings: CaptureSettings;
  /** Somebody changed them since this process began. */
  #changed = false;
  #sources = '[]';
  #ready = Promise.withResolvers<void>();
  #restored = false;
  /** null: not known yet. */
  #nodes: number | null = null;

  constructor(o: CaptureOptions) {
    this.#o = o;
    this.#own = new OwnConnections(o.clock);
    this.#vhosts = new Set(o.config.tap.vhosts);
    this.#settings = o.config.capture.settings;
    const { amqpUrl, service, tap, capture, store, dataDir } = o.config;
    this.#worker = new Supervised({
      start: {
        dir: join(dataDir, 'facts'),
        config: { amqpUrl, service, tap, capture, store },
        tellJourneys: o.config.giveBack,
      },
      clock: o.clock,
      startWorker: o.startWorker,
      hear: (message) => this.#hear(message),
      kept: (taken) => this.#recorder.takenBy(taken),
    });
    this.#tracing = new Tracing({
      management: o.management,
      nodes: async (signal) => (await o.cluster?.nodes(signal)) ?? [],
      user: service.user,
      clock: o.clock,
      tell: (vhost, known) => this.#send({ type: 'tracing', vhost, ...known }),
      remember: (vhosts) => this.#remember('tracing', vhosts),
      wait: (ms, signal) => delay(ms, undefined, { signal, ref: false }),
    });
  }

  async start(): Promise<void> {
    this.#worker.start();
    const patience = new AbortController();
    const late = delay(READY_MS, undefined, { signal: patience.signal, ref: false }).catch(() => {});
    await Promise.race([this.#ready.promise, late]);
    patience.abort();
  }

  async stop(): Promise<void> {
    await this.#worker.stop(async () => {
      // while the worker still remembers what we are done with
      await Promise.all([...this.#listened()].map((vhost) => this.#tracing.release(vhost)));
    });
  }

  record(facts: readonly Fact[]): void {
    const entry = facts.length > 0 ? this.#recorder.add(facts) : null;
    if (entry) this.#send({ type: 'record', ...entry });
  }

  ownConnection(name: string, there: boolean): void {
    this.#own.note(name, there);
    this.#send({ type: 'own', name, there });
  }

  topologyChanged(snapshot: Snapshot): void {
    const blind = snapshot.missing.some((m) => ['queues', 'exchanges', 'bindings'].includes(m.what));
    if (!blind) {
      const sources = [...planDeadLetterTaps(snapshot)];
      const text = JSON.stringify(sources);
      if (text !== this.#sources) this.#send({ type: 'sources', sources });
      this.#sources = text;
    }
    this.#clusterOf(snapshot.nodes.length);
    const began = snapshot.readAt - snapshot.tookMs;
    for (const vhost of this.#listened()) {
      if (this.#nodes !== null && this.#nodes > 1) {
        this.#tracing.lookEverywhere(vhost);
        continue;
      }
      const flag = snapshot.vhosts.find((v) => v.name === vhost)?.tracing ?? null;
      this.#tracing.look(vhost, flag, began);
    }
  }

  status(): CaptureStatus {
    const { taps, counts, store, amqp, events, taken } = this.#worker.status();
    const shown = taps.filter((tap) => this.#listened().has(tap.vhost));
    const since = this.#worker.since;
    for (const vhost of this.#known()) {
      if (shown.some((tap) => tap.vhost === vhost)) continue;
      shown.push(this.#silent(vhost, since));
    }
    return { taps: shown, counts: addCounts(counts, this.#recorder.counts(taken)), store, amqp, events };
  }

  async setTap(vhost: string, on: boolean): Promise<void> {
    if (!this.#o.config.tap.enabled)
      throw new HoplightError('conflict', 'The tap is disabled by configuration.', {
        notDone: `The tap of vhost ${vhost} was not changed.`,
        next: 'Start Hoplight with HOPLIGHT_TAP=on.',
      });
    if (on) {
      this.#vhosts.add(vhost);
      this.#off.delete(vhost);
    } else this.#off.add(vhost);
    this.#remember('taps off', [...this.#off]);
    this.#sendTaps();
    if (!on) await this.#tracing.release(vhost);
  }

  settings(): CaptureSettings {
    return this.#settings;
  }

  async change(settings: CaptureSettings): Promise<void> {
    this.#settings = settings;
    this.#changed = true;
    const done = await this.#changes.ask(CHANGE_MS, (number) => this.#sendSettings(number));
    if (done !== 'late') return;
    throw new HoplightError('busy', 'The capture worker has not answered in time.', {
      notDone:
        'It is not known whether the change holds yet; it is made as soon as the worker answers again.',
      next: 'Look at the taps on the Status page.',
    });
  }

  async purge(before: number | null): Promise<number> {
    const done = await this.#purges.ask(PURGE_MS, (number) => this.#send({ type: 'purge', number, before }));
    if (done !== 'late' && done.facts !== null) return done.facts;
    throw new HoplightError(
      'busy',
      done === 'late'
        ? 'The capture worker has not answered in time.'
        : (done.problem ?? 'The store refused.'),
      {
        notDone: done === 'late' ? 'How much was forgotten is not known.' : 'Nothing was forgotten.',
        next: 'Look at the store on the Status page, then try again.',
      },
    );
  }

  cost(): CaptureAnswer['cost'] {
    return this.#worker.status().cost;
  }

  onReplayFacts(listener: (facts: Fact[]) => void): () => void {
    this.#replayListeners.add(listener);
    return () => this.#replayListeners.delete(listener);
  }

  onSpans(listener: (journeys: readonly string[]) => void): () => void {
    this.#spanListeners.add(listener);
    return () => this.#spanListeners.delete(listener);
  }

  onCommitted(listener: (journeys: readonly string[]) => void): () => void {
    this.#commitListeners.add(listener);
    return () => this.#commitListeners.delete(listener);
  }

  onEnds(listener: () => void): () => void {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  onDeaths(listener: (deaths: readonly DeathsTold[]) => void): () => void {
    this.#deathListeners.add(listener);
    return () => this.#deathListeners.delete(listener);
  }

  #hear(message: FromWorker): void {
    switch (message.type) {
      case 'ready':
        void this.#countNodes().finally(() => this.#begin(message.settings));
        break;
      case 'status':
        this.#recorder.stored(message.status.recorded);
        break;
      case 'listening':
        this.#tracing.ensure(message.vhost);
        break;
      case 'committed':
        this.#committed(message);
        break;
      case 'changed':
        this.#changes.answer(message.number, null);
        break;
      case 'purged':
        this.#purges.answer(message.number, message);
        break;
      case 'events':
        this.#tellClients();
        // the management API lists a new client some seconds after it came
        setTimeout(() => this.#tellClients(), LISTED_MS).unref();
        break;
      case 'ended':
        for (const tell of this.#endListeners) tell();
        break;
      case 'stopped':
        break;
    }
  }

  /** A worker, the first or the next, has its store open: it learns all that it has to know. */
  #begin(settings: Record<SettingName, string | null>): void {
    if (!this.#restored) {
      this.#restored = true;
      this.#tracing.restore(namesIn(settings.tracing));
      for (const vhost of namesIn(settings['taps off'])) this.#off.add(vhost);
      if (!this.#changed) this.#settings = rememberedSettings(settings.capture) ?? this.#settings;
    }
    if (this.#changed) this.#sendSettings(this.#changes.latest);
    for (const [name, value] of this.#remembered) this.#send({ type: 'remember', name, value });
    for (const name of this.#own.there()) this.#send({ type: 'own', name, there: true });
    this.#send({ type: 'sources', sources: JSON.parse(this.#sources) });
    this.#sendTaps();
    for (const entry of this.#recorder.entries()) this.#send({ type: 'record', ...entry });
    this.#ready.resolve();
  }

  /** The size of the cluster is asked for once before the first tap, so that its queues need not change their kind. */
  async #countNodes(): Promise<void> {
    if (this.#nodes !== null || !this.#o.cluster) return;
    const nodes = await this.#o.cluster.nodes(AbortSignal.timeout(COUNT_MS)).catch(() => []);
    this.#nodes ??= nodes.length > 0 ? nodes.length : null;
  }

  /** `count` 0: it could not be read. */
  #clusterOf(count: number): void {
    if (count === 0 || count === this.#nodes) return;
    this.#nodes = count;
    this.#sendTaps();
  }

  #tellClients(): void {
    this.#o.clients?.().then(
      (clients) => this.#send({ type: 'clients', ...clients }),
      () => {}, // events then tell of those alone that come later
    );
  }

  #committed({ replayFacts, spanned, journeys, deaths }: Extract<FromWorker, { type: 'committed' }>): void {
    const all = [...this.#commitListeners].map((one) => () => one(journeys));
    if (deaths.length > 0) for (const one of this.#deathListeners) all.push(() => one(deaths));
    if (replayFacts.length > 0) for (const one of this.#replayListeners) all.push(() => one(replayFacts));
    if (spanned.length > 0) for (const one of this.#spanListeners) all.push(() => one(spanned));
    for (const tell of all) {
      try {
        tell();
      } catch (error) {
        log.error('a listener to committed facts failed', { error: wordsOf(error) });
      }
    }
  }

  #known(): Set<string> {
    return new Set([...this.#vhosts, ...this.#off]);
  }

  #listened(): Set<string> {
    if (!this.#o.config.tap.enabled) return new Set();
    return new Set([...this.#vhosts].filter((vhost) => !this.#off.has(vhost)));
  }

  #silent(vhost: string, since: number): Tap {
    const enabled = this.#o.config.tap.enabled;
    const off = !enabled || this.#off.has(vhost);
    return {
      vhost,
      state: off ? 'off' : 'starting',
      since,
      words: !enabled
        ? 'The tap is disabled by configuration (HOPLIGHT_TAP).'
        : off
          ? `${SWITCHED_OFF} Switch it on in the status corner.`
          : 'The capture worker is starting.',
      eventsPerSecond: 0,
      bytesPerSecond: 0,
      deadLetterExchanges: [],
    };
  }

  #sendTaps(): void {
    const nodes = this.#nodes ?? 1;
    this.#send({ type: 'taps', vhosts: [...this.#listened()], offWords: SWITCHED_OFF, nodes });
  }

  #remember(name: SettingName, vhosts: string[]): void {
    const value = JSON.stringify(vhosts);
    this.#remembered.set(name, value);
    this.#send({ type: 'remember', name, value });
  }

  #sendSettings(number: number): void {
    this.#send({ type: 'settings', number, settings: this.#settings });
  }

  #send(message: ToWorker): void {
    this.#worker.send(message);
  }
}

const names = z.array(z.string()).catch([]);

function namesIn(json: string | null): string[] {
  if (json === null) return [];
  try {
    return names.parse(JSON.parse(json));
  } catch {
    return [];
  }
}
