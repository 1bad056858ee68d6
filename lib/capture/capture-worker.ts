/** What runs in the capture worker: the fact store's writer, the taps, and the batch between them. */
import { amqpUrlFor } from '../config.ts';
import { log, wordsOf } from '../log.ts';
import { isHoplightError } from '../model/errors.ts';
import type { Fact } from '../model/fact.ts';
import { createFactIds } from '../model/fact-id.ts';
import type { AmqpStatus, StoreStatus } from '../model/live.ts';
import type { FactWriter } from '../store/facts.ts';
import { openFactWriter } from '../store/sqlite/fact-writer.ts';
import { Batch } from './batch.ts';
import { Republished } from './dead-letter-parse.ts';
import type { DeadLetterSource } from './dead-letter-plan.ts';
import { OwnConnections } from './own-connections.ts';
import type { FromWorker, SettingName, ToWorker, WorkerStart } from './protocol.ts';
import { VhostTap } from './vhost-tap.ts';

const STATUS_MS = 250;
const CHECK_MS = 500;
const HEARTBEAT_MS = 1_000;
const RETAIN_MS = 10_000;
const REOPEN_MS = 2_000;

type Command = Exclude<ToWorker, { type: 'stop' }>;

export class CaptureWorker {
  readonly #start: WorkerStart;
  readonly #post: (message: FromWorker) => void;
  readonly #batch: Batch;
  readonly #taps = new Map<string, VhostTap>();
  readonly #sources = new Map<string, DeadLetterSource[]>();
  readonly #own = new OwnConnections(Date.now);
  readonly #republished = new Republished();
  readonly #nextId = createFactIds();
  readonly #timers: NodeJS.Timeout[] = [];
  /** Commands that came before the store was open. */
  #early: Command[] | null = [];
  #writer: FactWriter | null = null;
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
    for (const command of this.#early ?? []) if (command.type === 'record') this.#obey(command);
    // What came is stored before the connections go; what was not acknowledged is the broker's to drop.
    this.#batch.flush();
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
    const setting = (name: SettingName) => this.#safely((writer) => writer.setting(name));
    this.#post({ type: 'ready', settings: { tracing: setting('tracing'), 'taps off': setting('taps off') } });
    const early = this.#early ?? [];
    this.#early = null;
    for (const command of early) this.#obey(command);
    this.#timers.push(
      setInterval(() => this.#safely((writer) => writer.heartbeat(Date.now())), HEARTBEAT_MS),
      setInterval(() => this.#safely((writer) => writer.retain(Date.now())), RETAIN_MS),
      setInterval(() => {
        for (const tap of this.#taps.values()) tap.check().catch(() => {});
      }, CHECK_MS),
    );
  }

  #obey(command: Command): void {
    switch (command.type) {
      case 'taps':
        this.#tapExactly(command.vhosts, command.offWords);
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
        for (const fact of command.facts) this.#batch.add(fact, nobody);
        this.#taken = command.number;
        break;
      case 'own':
        this.#own.note(command.name, command.there);
        break;
      case 'remember':
        this.#safely((writer) => writer.putSetting(command.name, command.value));
        break;
    }
  }

  #tapExactly(vhosts: readonly string[], offWords: string): void {
    for (const [vhost, tap] of this.#taps) {
      if (vhosts.includes(vhost)) continue;
      this.#taps.delete(vhost);
      tap.stop(offWords).catch(() => {});
    }
    for (const vhost of vhosts) {
      if (this.#taps.has(vhost)) continue;
      const tap = this.#makeTap(vhost);
      this.#taps.set(vhost, tap);
      tap.setSources(this.#sources.get(vhost) ?? []);
      tap.start();
    }
  }

  #makeTap(vhost: string): VhostTap {
    const { config, pause } = this.#start;
    const open = this.#safely((writer) => writer.openGaps().find((gap) => gap.vhost === vhost)) ?? null;
    const at = this.#lastAlive;
    // Switched on later in this process's life: nothing is known of the time before.
    const justOpened = Date.now() - this.#openedAt < REOPEN_MS;
    return new VhostTap({
      vhost,
      url: amqpUrlFor(config, config.service.user, config.service.password, vhost),
      keys: config.tap.keys,
      queueLength: config.tap.queueLength,
      bodyBytes: config.tap.bodyBytes,
      batch: this.#batch,
      republished: this.#republished,
      isOwnConnection: (name) => this.#own.has(name),
      now: () => ({ id: this.#nextId(), at: this.#exactNow() }),
      clock: Date.now,
      putGap: (gap) => {
        this.#safely((writer) => writer.putGap(gap));
      },
      coverage: { open, lastAlive: at !== null && justOpened ? { at, words: pause } : null },
      listening: () => this.#post({ type: 'listening', vhost }),
    });
  }

  /** Arrivals in one millisecond keep their order: each is a microsecond later. */
  #exactNow(): number {
    const now = Date.now();
    this.#lastAt = now > this.#lastAt ? now : this.#lastAt + 0.001;
    return this.#lastAt;
  }

  #committed(facts: readonly Fact[]): void {
    const replayFacts = facts.filter((fact) => fact.ids.replayId !== undefined);
    this.#post({ type: 'committed', replayFacts });
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
    const counts = this.#batch.counts();
    if (counts.inMemory === 0) this.#recorded = this.#taken;
    this.#post({
      type: 'status',
      status: {
        taps: [...this.#taps.values()].map((tap) => tap.status()),
        counts,
        store: this.#store(),
        amqp: this.#amqp(),
        taken: this.#taken,
        recorded: this.#recorded,
      },
    });
  }

  #store(): StoreStatus {
    const { limitBytes } = this.#start.config.store;
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
