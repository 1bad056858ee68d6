/** What runs in the capture worker: the fact store's writer, the taps, and the batch between them. */
import { amqpUrlFor } from '../config.ts';
import { log, wordsOf } from '../log.ts';
import type { CaptureSettings } from '../model/capture.ts';
import { isHoplightError } from '../model/errors.ts';
import type { Fact, Gap } from '../model/fact.ts';
import { createFactIds } from '../model/fact-id.ts';
import type { AmqpStatus, CaptureCounts, StoreStatus } from '../model/live.ts';
import type { FactWriter } from '../store/facts.ts';
import { openFactWriter } from '../store/sqlite/fact-writer.ts';
import { Batch } from './batch.ts';
import { BrokerEventsTap } from './broker-events-tap.ts';
import { type Cost, Costs } from './cost.ts';
import { Republished } from './dead-letter-parse.ts';
import type { DeadLetterSource } from './dead-letter-plan.ts';
import { deathsIn } from './deaths-told.ts';
import { Intake } from './intake.ts';
import { OwnConnections } from './own-connections.ts';
import type { FromWorker, SettingName, ToWorker, WorkerStart } from './protocol.ts';
import { planScope } from './scope.ts';
import { limitsOf, rememberedSettings, samplingHides } from './settings.ts';
import { StandingGap } from './standing-gap.ts';
import { VhostTap } from './vhost-tap.ts';

const STATUS_MS = 250;
const CHECK_MS = 500;
const HEARTBEAT_MS = 1_000;
const RETAIN_MS = 10_000;
const REOPEN_MS = 2_000;
const COST_MS = 1_000;
/** The broker's lists follow its events by some ms. */
const ENDED_MS = 100;

type Command = Exclude<ToWorker, { type: 'stop' }>;

export class CaptureWorker {
  readonly #start: WorkerStart;
  readonly #post: (message: FromWorker) => void;
  readonly #batch: Batch;
  readonly #intake: Intake;
  readonly #costs = new Costs(Date.now());
  readonly #taps = new Map<string, VhostTap>();
  readonly #sources = new Map<string, DeadLetterSource[]>();
  readonly #own = new OwnConnections(Date.now);
  readonly #republished = new Republished();
  readonly #nextId = createFactIds();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Commands that came before the store was open. */
  #early: Command[] | null = [];
  #writer: FactWriter | null = null;
  #events: BrokerEventsTap | null = null;
  #endTold: NodeJS.Timeout | null = null;
  #settings: CaptureSettings;
  #sampling: StandingGap | null = null;
  #cost: { at: number; list: Cost[] } = { at: 0, list: [] };
  #trouble: string | null = 'The fact store is not open yet.';
  #openedAt = Date.now();
  #lastAlive: number | null = null;
  #taken = 0;
  #recorded = 0;
  #lastAt = 0;
  #reopen: NodeJS.Timeout | null = null;

  constructor(start: WorkerStart, post: (message: FromWorker) => void) {
    this.#start = start;
    this.#post = post;
    this.#batch = new Batch({
      writer: () => this.#writer,
      committed: (facts) => this.#committed(facts),
      trouble: (words) => this.#troubled(words),
      setTimer(run, ms) {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
    const { settings, redaction } = start.config.capture;
    this.#intake = new Intake(this.#batch, redaction);
    this.#settings = settings;
  }

  start(): void {
    this.#timers.push(setInterval(() => this.#tell(), STATUS_MS));
    this.#open();
  }

  receive(command: Command): void {
    if (this.#early) this.#early.push(command);
    else this.#obey(command);
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    if (this.#reopen) clearTimeout(this.#reopen);
    if (this.#endTold) clearTimeout(this.#endTold);
    for (const command of this.#early ?? []) if (command.type === 'record') this.#obey(command);
    // What came is stored before the connections go; what was not acknowledged is the broker's to drop.
    this.#batch.flush();
    await this.#events?.stop();
    await Promise.all([...this.#taps.values()].map((tap) => tap.stop('Hoplight was stopped.')));
    this.#batch.flush();
    this.#tell();
    this.#writer?.heartbeat(Date.now());
    this.#writer?.close();
    this.#writer = null;
  }

  /** Another process may be just about to leave the folder, or a disk be freed: it is tried again. */
  #open(): void {
    const { dir, config } = this.#start;
    try {
      const writer = openFactWriter(dir, config.store);
      this.#writer = writer;
      this.#lastAlive = writer.lastHeartbeat();
      this.#openedAt = Date.now();
      this.#troubled(null);
    } catch (error) {
      const next = isHoplightError(error) ? (error.more.next ?? '') : '';
      this.#troubled(`${wordsOf(error)} ${next}`.trim());
      this.#reopen = setTimeout(() => this.#open(), REOPEN_MS);
      return;
    }
    const open = (gap: Gap) => gap.kind === 'sampling';
    this.#sampling = new StandingGap({
      vhost: '',
      kind: 'sampling',
      open: this.#safely((writer) => writer.openGaps().find(open)) ?? null,
      put: (gap) => this.#putGap(gap),
    });
    this.#use(
      rememberedSettings(this.#safely((writer) => writer.setting('capture'))) ??
        this.#start.config.capture.settings,
    );
    const setting = (name: SettingName) => this.#safely((writer) => writer.setting(name));
    this.#post({
      type: 'ready',
      settings: { tracing: setting('tracing'), 'taps off': setting('taps off'), capture: setting('capture') },
    });
    const early = this.#early ?? [];
    this.#early = null;
    for (const command of early) this.#obey(command);
    this.#timers.push(
      setInterval(() => this.#safely((writer) => writer.heartbeat(Date.now())), HEARTBEAT_MS),
      setInterval(() => this.#safely((writer) => writer.retain(Date.now())), RETAIN_MS),
      setInterval(() => {
        for (const tap of this.#taps.values()) tap.check().catch(() => {});
        this.#events?.tick();
      }, CHECK_MS),
    );
  }

  #obey(command: Command): void {
    switch (command.type) {
      case 'taps':
        this.#tapExactly(command.vhosts, command.offWords, command.nodes);
        break;
      case 'sources':
        this.#sources.clear();
        for (const [vhost, sources] of command.sources) this.#sources.set(vhost, sources);
        for (const tap of this.#taps.values()) tap.setSources(this.#sources.get(tap.vhost) ?? []);
        break;
      case 'tracing':
        this.#taps.get(command.vhost)?.setTracing(command.on, command.words, command.since);
        break;
      case 'record':
        this.#record(command.number, command.facts);
        break;
      case 'clients':
        this.#events?.seed(command.connections, command.consumers);
        break;
      case 'own':
        this.#own.note(command.name, command.there);
        break;
      case 'remember':
        this.#safely((writer) => writer.putSetting(command.name, command.value));
        break;
      case 'settings':
        this.#change(command.number, command.settings);
        break;
      case 'purge':
        this.#post({ type: 'purged', number: command.number, ...this.#purge(command.before) });
        break;
    }
  }

  /** Handed over for good when its last fact is stored, whatever else is in memory then. */
  #record(number: number, facts: readonly Fact[]): void {
    const last = {
      stored: () => {
        this.#recorded = number;
      },
    };
    for (const [i, fact] of facts.entries())
      this.#intake.record(fact, i === facts.length - 1 ? last : nobody);
    this.#taken = number;
  }

  /** Bodies, sampling and retention at once. */
  #use(settings: CaptureSettings): void {
    this.#settings = settings;
    this.#intake.use(settings);
    this.#safely((writer) => writer.setLimits(limitsOf(settings)));
    this.#sampling?.is(samplingHides(settings.sampling), Date.now());
  }

  #change(number: number, settings: CaptureSettings): void {
    this.#safely((writer) => writer.putSetting('capture', JSON.stringify(settings)));
    this.#use(settings);
    const taps = [...this.#taps.values()].map((tap) => tap.setScope(this.#scopeOf(tap.vhost)));
    Promise.all(taps)
      .then(() => this.#post({ type: 'changed', number }))
      .catch((error: unknown) => log.error('a change of scope failed', { error: wordsOf(error) }));
  }

  #scopeOf(vhost: string) {
    const chosen = Object.hasOwn(this.#settings.scopes, vhost) ? this.#settings.scopes[vhost] : undefined;
    return planScope(chosen, this.#start.config.tap.keys);
  }

  /** What came is stored first, so that it is forgotten with the rest. */
  #purge(before: number | null): { facts: number | null; problem: string | null } {
    if (!this.#writer || !this.#batch.flush())
      return { facts: null, problem: this.#trouble ?? 'The fact store is not open.' };
    try {
      return { facts: this.#writer.purge(before), problem: null };
    } catch (error) {
      return { facts: null, problem: wordsOf(error) };
    }
  }

  #putGap(gap: Gap): void {
    this.#safely((writer) => writer.putGap(gap));
  }

  #tapExactly(vhosts: readonly string[], offWords: string, nodes: number): void {
    if (vhosts.length > 0) this.#listenToEvents();
    for (const [vhost, tap] of this.#taps) {
      tap.setNodes(nodes);
      if (vhosts.includes(vhost)) continue;
      this.#taps.delete(vhost);
      tap.stop(offWords).catch(() => {});
    }
    // where nobody listens any more, the scope hides nothing
    for (const gap of this.#openGaps('scope'))
      if (!vhosts.includes(gap.vhost)) this.#putGap({ ...gap, to: Math.max(gap.from, Date.now()) });
    for (const vhost of vhosts) {
      if (this.#taps.has(vhost)) continue;
      const tap = this.#makeTap(vhost, nodes);
      this.#taps.set(vhost, tap);
      tap.setSources(this.#sources.get(vhost) ?? []);
      tap.start();
    }
  }

  #listenToEvents(): void {
    if (this.#events) return;
    const { config } = this.#start;
    const { user, password } = config.service;
    this.#events = new BrokerEventsTap({
      url: amqpUrlFor(config, user, password, '/'),
      user,
      put: (events) => {
        this.#safely((writer) => writer.putEvents(events));
      },
      listening: () => this.#post({ type: 'events' }),
      ended: () => this.#ended(),
      clock: Date.now,
    });
    this.#events.start();
  }

  /** A fleet's ends are one word. */
  #ended(): void {
    this.#endTold ??= setTimeout(() => {
      this.#endTold = null;
      this.#post({ type: 'ended' });
    }, ENDED_MS);
  }

  #makeTap(vhost: string, nodes: number): VhostTap {
    const { config, pause } = this.#start;
    const left = (kind: Gap['kind']) => this.#openGaps(kind).find((gap) => gap.vhost === vhost) ?? null;
    const open = left('tap-off') ?? left('not-running');
    const putGap = (gap: Gap) => this.#putGap(gap);
    const at = this.#lastAlive;
    // Switched on later in this process's life: nothing is known of the time before.
    const justOpened = Date.now() - this.#openedAt < REOPEN_MS;
    return new VhostTap({
      vhost,
      url: amqpUrlFor(config, config.service.user, config.service.password, vhost),
      scope: this.#scopeOf(vhost),
      scopeGap: new StandingGap({ vhost, kind: 'scope', open: left('scope'), put: putGap }),
      queueLength: config.tap.queueLength,
      intake: this.#intake,
      cost: (routingKey, bytes) => this.#costOf(vhost, routingKey, bytes),
      republished: this.#republished,
      isOwnConnection: (name) => this.#own.has(name),
      now: () => ({ id: this.#nextId(), at: this.#exactNow() }),
      clock: Date.now,
      putGap,
      coverage: { open, lastAlive: at !== null && justOpened ? { at, words: pause } : null },
      listening: () => this.#post({ type: 'listening', vhost }),
      nodes,
    });
  }

  #openGaps(kind: Gap['kind']): Gap[] {
    return (this.#safely((writer) => writer.openGaps()) ?? []).filter((gap) => gap.kind === kind);
  }

  #costOf(vhost: string, routingKey: string, bytes: number): void {
    const dot = routingKey.indexOf('.');
    const kind = routingKey.startsWith('publish.') ? 'exchange' : 'queue';
    this.#costs.add(Date.now(), vhost, kind, routingKey.slice(dot + 1), bytes);
  }

  /** Arrivals in one millisecond keep their order: each is a microsecond later. */
  #exactNow(): number {
    const now = Date.now();
    this.#lastAt = now > this.#lastAt ? now : this.#lastAt + 0.001;
    return this.#lastAt;
  }

  #committed(facts: readonly Fact[]): void {
    const replayFacts = facts.filter((fact) => fact.ids.replayId !== undefined);
    const spanned = facts.flatMap((fact) => (fact.kind === 'span' ? [fact.journey] : []));
    const journeys = this.#start.tellJourneys ? [...new Set(facts.map((fact) => fact.journey))] : [];
    const deaths = deathsIn(facts);
    this.#post({ type: 'committed', replayFacts, spanned: [...new Set(spanned)], journeys, deaths });
  }

  #troubled(words: string | null): void {
    if (words !== null && words !== this.#trouble) log.error('the fact store is in trouble', { why: words });
    this.#trouble = words;
  }

  #safely<T>(work: (writer: FactWriter) => T): T | null {
    if (!this.#writer) return null;
    try {
      return work(this.#writer);
    } catch (error) {
      this.#troubled(wordsOf(error));
      return null;
    }
  }

  #tell(): void {
    const counts = this.#counts();
    if (counts.inMemory === 0) this.#recorded = this.#taken;
    this.#post({
      type: 'status',
      status: {
        taps: [...this.#taps.values()].map((tap) => tap.status()),
        counts,
        store: this.#store(),
        amqp: this.#amqp(),
        events: this.#events?.status() ?? [],
        cost: this.#costNow(),
        taken: this.#taken,
        recorded: this.#recorded,
      },
    });
  }

  /** With the dead letters that are held back: they came, and are neither stored nor dropped yet. */
  #counts(): CaptureCounts {
    const counts = this.#batch.counts();
    const held = [...this.#taps.values()].reduce((sum, tap) => sum + tap.held, 0);
    return { ...counts, received: counts.received + held, inMemory: counts.inMemory + held };
  }

  #costNow(): Cost[] {
    const now = Date.now();
    if (now - this.#cost.at >= COST_MS) this.#cost = { at: now, list: this.#costs.read(now) };
    return this.#cost.list;
  }

  #store(): StoreStatus {
    const { limitBytes } = limitsOf(this.#settings);
    const empty = { facts: 0, bytes: 0, limitBytes, segments: 0, oldestAt: null };
    const size = this.#safely((writer) => writer.size()) ?? empty;
    return { ...size, ok: this.#trouble === null, words: this.#trouble ?? 'Facts are being stored.' };
  }

  /** The connection that is worst off, so that one vhost in trouble is not hidden by another. */
  #amqp(): AmqpStatus {
    const worst = ['backing off', 'closed', 'connecting', 'blocked', 'open'];
    const all = [...this.#taps.values()].map((tap) => tap.amqp());
    return (
      all.sort((a, b) => worst.indexOf(a.state) - worst.indexOf(b.state))[0] ?? {
        state: 'closed',
        since: this.#openedAt,
        reason: 'No vhost is tapped.',
      }
    );
  }
}

/** Our own facts have no delivery to acknowledge: the status tells how far they are stored. */
const nobody = { stored() {} };
