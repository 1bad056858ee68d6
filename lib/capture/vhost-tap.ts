/**
 * Listens to one vhost: one connection, the firehose tap and the dead-letter tap on it.
 *
 *   off ──start()──▶ starting ──consuming and tracing on──▶ on
 *                     ▲   │                                  │
 *                     │   └─ refused, not reachable ─▶ failed ◀┘ connection, channel or consumer lost, tracing off
 *                     └────────── tried again ──────────┘
 */
import type { ConsumeMessage } from 'amqplib';
import { closeCause } from '../amqp/close-causes.ts';
import { AmqpConnection } from '../amqp/connection.ts';
import { rawProperties, splitProperties } from '../amqp/properties.ts';
import { log, wordsOf } from '../log.ts';
import type { Gap } from '../model/fact.ts';
import type { AmqpStatus, Tap } from '../model/live.ts';
import { Coverage, type CoverageStart } from './coverage.ts';
import { type DeadLetterCopy, parseDeadLetter, type Republished } from './dead-letter-parse.ts';
import type { DeadLetterSource } from './dead-letter-plan.ts';
import { DeadLetterBindings } from './dead-letter-tap.ts';
import { DelayLine } from './delay-line.ts';
import { FirehoseBindings } from './firehose-bindings.ts';
import { parseFirehose } from './firehose-parse.ts';
import type { Intake } from './intake.ts';
import type { Seen } from './message-of.ts';
import { Rate } from './rate.ts';
import { Recent } from './recent.ts';
import type { ScopePlan } from './scope.ts';
import type { StandingGap } from './standing-gap.ts';
import { PREFETCH, TapQueue, tapQueueName } from './tap-queue.ts';

/** After the broker refused a tap or took it away while the connection stood. */
const AGAIN_MS = 1_000;

export interface VhostTapOptions {
  vhost: string;
  url: string;
  scope: ScopePlan;
  scopeGap: StandingGap;
  queueLength: number;
  intake: Intake;
  /** Of each trace message: its routing key and its size in bytes. */
  cost: (routingKey: string, bytes: number) => void;
  republished: Republished;
  isOwnConnection: (name: string) => boolean;
  /** An ID and a time for a fact that comes now. */
  now: () => Pick<Seen, 'id' | 'at'>;
  clock: () => number;
  putGap: (gap: Gap) => void;
  coverage: Pick<CoverageStart, 'open' | 'lastAlive'>;
  /** Nodes of the cluster. */
  nodes: number;
  listening: () => void;
}

interface HeldCopy {
  copy: DeadLetterCopy;
  seen: Seen;
  from: TapQueue;
}

export class VhostTap {
  readonly vhost: string;
  readonly #o: VhostTapOptions;
  readonly #connection: AmqpConnection;
  readonly #coverage: Coverage;
  readonly #deadLetters: DeadLetterBindings;
  readonly #bindings: FirehoseBindings;
  readonly #rate = new Rate();
  readonly #held: DelayLine<HeldCopy>;
  /** Of quorum queues, to find them again. */
  readonly #names = { tap: tapQueueName('tap'), dlx: tapQueueName('dlx') };
  readonly #recent = new Recent(2 * PREFETCH);
  #nodes: number;
  /** The scope, the newest last; the one before it while its keys are still bound. */
  #scopes: ScopePlan[];
  #firehose: TapQueue | null = null;
  #dlx: TapQueue | null = null;
  #state: Tap['state'] = 'off';
  #since: number;
  #words = '';
  /** Whether the vhost's tracing is on; null: not known. */
  #tracing: boolean | null = null;
  #consuming = false;
  #opening = false;
  #again: NodeJS.Timeout | null = null;
  #checkedAt: number;

  constructor(o: VhostTapOptions) {
    this.#o = o;
    this.vhost = o.vhost;
    this.#nodes = o.nodes;
    this.#since = o.clock();
    this.#checkedAt = this.#since;
    this.#coverage = new Coverage({ ...o.coverage, vhost: o.vhost, now: this.#since, put: o.putGap });
    this.#connection = new AmqpConnection({ url: o.url, name: `hoplight tap ${o.vhost}`, reconnect: true });
    this.#deadLetters = new DeadLetterBindings(this.#connection);
    this.#bindings = new FirehoseBindings(this.#connection);
    this.#scopes = [o.scope];
    o.scopeGap.is(o.scope.hides, this.#since);
    this.#held = new DelayLine((held) => this.#judgeDeadLetter(held), o.clock);
    this.#connection.onChange((status) => this.#connectionChanged(status));
  }

  start(): void {
    this.#enter('starting', 'Connecting to the broker.');
    // Failures are told by onChange; it goes on trying by itself.
    this.#connection.open().catch(() => {});
  }

  /** Stops listening for good; the gap that begins now has these words. */
  async stop(words: string): Promise<void> {
    if (this.#again) clearTimeout(this.#again);
    this.#held.flush();
    await this.#notListening(words, true);
    this.#enter('off', words);
    await this.#connection.close();
  }

  /** The cluster has so many nodes: changes the kind of the tap's queues where that asks for it. */
  setNodes(nodes: number): void {
    const before = this.#isQuorum();
    this.#nodes = nodes;
    if (this.#isQuorum() === before || !this.#consuming) return;
    const words = 'The tap changed to queues that outlive any one node of the cluster.';
    this.#notListening(words, true)
      .catch(() => {})
      .finally(() => this.#listen());
  }

  /** With two nodes a quorum queue would need both: a queue of one of them, declared anew at the other, serves better. */
  #isQuorum(): boolean {
    return this.#nodes > 2;
  }

  amqp(): AmqpStatus {
    return this.#connection.status();
  }

  status(): Tap {
    return {
      vhost: this.vhost,
      state: this.#state,
      since: this.#since,
      words: this.#words,
      ...this.#rate.read(this.#o.clock()),
      deadLetterExchanges: this.#deadLetters.status(),
    };
  }

  setSources(sources: readonly DeadLetterSource[]): void {
    this.#deadLetters.want(sources);
  }

  /** Copies that are held back, not yet told to be a death or not. */
  get held(): number {
    return this.#held.size;
  }

  /** Resolves when the broker has it so; at once while nobody listens. */
  async setScope(scope: ScopePlan): Promise<void> {
    const gap = this.#o.scopeGap;
    this.#scopes.push(scope);
    // what begins to be hidden is told before it is, what ends to be hidden after it has
    if (!this.#consuming || this.#scopes.at(-2)?.hides === null) gap.is(scope.hides, this.#o.clock());
    try {
      await this.#bindings.want(scope.keys, () => gap.is(scope.hides, this.#o.clock()));
    } catch (error) {
      // mostly the connection went: the next queue is bound by the newest scope
      log.warn('a tap could not be bound by its new scope yet', { vhost: this.vhost, error: wordsOf(error) });
    }
    this.#scopes = this.#scopes.slice(this.#scopes.indexOf(scope));
  }

  setTracing(on: boolean | null, words: string | null, since: number | null): void {
    this.#tracing = on;
    if (!this.#consuming) {
      if (on === false && words !== null) this.#coverage.end(since ?? this.#o.clock(), words);
      return;
    }
    if (on === true) this.#on();
    else if (on === false) {
      this.#coverage.end(since ?? this.#o.clock(), words ?? 'Tracing was off.');
      this.#enter('failed', words ?? `Tracing of vhost ${this.vhost} is off.`);
    } else if (!this.#coverage.covered()) {
      this.#coverage.end(this.#o.clock(), words ?? 'It was not known whether tracing was on.');
      this.#enter(words ? 'failed' : 'starting', words ?? 'Switching on tracing.');
    }
  }

  /** Looks whether the tap's queues may have overflowed since the last call. */
  async check(): Promise<void> {
    const from = this.#checkedAt;
    this.#checkedAt = this.#o.clock();
    if (!this.#consuming) return;
    try {
      const lost = await Promise.all([this.#firehose?.mayHaveDropped(), this.#dlx?.mayHaveDropped()]);
      if (lost.includes(true) && this.#consuming)
        this.#coverage.lost(
          from,
          this.#o.clock(),
          'More events came than could be taken: the tap’s queue was full and the broker dropped its oldest.',
        );
    } catch {
      // the channel went; its end is told by `ended`
    }
  }

  #connectionChanged(status: AmqpStatus): void {
    if (this.#state === 'off') return;
    if (status.state === 'open' || status.state === 'blocked') {
      if (!this.#consuming) this.#listen();
      return;
    }
    const words = status.reason ?? 'Connecting to the broker.';
    if (this.#consuming || status.reason !== null) void this.#notListening(words);
    this.#enter(status.reason === null ? 'starting' : 'failed', words);
  }

  #listen(): void {
    if (this.#opening || this.#state === 'off') return;
    this.#opening = true;
    this.#openQueues()
      .catch((error: unknown) => {
        const { words, next } = closeCause(error);
        this.#coverage.end(this.#o.clock(), words);
        this.#retry(`${words}. ${next}`);
      })
      .finally(() => {
        this.#opening = false;
        // it broke, and the connection came back, while this was under way
        const { state } = this.#connection.status();
        if (!this.#consuming && !this.#again && state === 'open') this.#retry(this.#words);
      });
  }

  async #openQueues(): Promise<void> {
    const quorum = this.#isQuorum();
    const common = { connection: this.#connection, length: this.#o.queueLength, quorum };
    const firehose = new TapQueue({
      ...common,
      name: quorum ? this.#names.tap : tapQueueName('tap'),
      take: (message) => this.#takeTrace(message, firehose),
      ended: (words) => this.#ended(words),
    });
    await firehose.open((channel) => {
      const scope = this.#scopes.at(-1) ?? this.#o.scope;
      this.#o.scopeGap.is(scope.hides, this.#o.clock());
      return this.#bindings.attach(channel, firehose.name, scope.keys);
    });
    const dlx = new TapQueue({
      ...common,
      name: quorum ? this.#names.dlx : tapQueueName('dlx'),
      take: (message) => this.#takeDeadLetter(message, dlx),
      ended: (words) => this.#ended(words),
    });
    const kept = await dlx.open(async () => {});
    if (!firehose.isOpen || !dlx.isOpen) throw new Error('Channel closed');
    this.#firehose = firehose;
    this.#dlx = dlx;
    this.#consuming = true;
    this.#checkedAt = this.#o.clock();
    this.#deadLetters.attach(dlx.name, kept);
    if (this.#tracing === true) this.#on();
    else this.#enter('starting', 'Switching on tracing.');
    this.#o.listening();
  }

  #takeTrace(message: ConsumeMessage, from: TapQueue): void {
    const raw = this.#arrived(message);
    const { routingKey } = message.fields;
    this.#o.cost(routingKey, message.content.length + (raw?.length ?? 0));
    if (raw && this.#isKnown(message, raw)) {
      this.#o.intake.drop('given again', from);
      return;
    }
    // Where nobody may ask whether tracing is on, a trace message is the proof; of one node only, in a cluster.
    if (this.#tracing === null && this.#nodes < 2) this.setTracing(true, null, null);
    const table = raw && headerTable(raw);
    if (!table) {
      this.#o.intake.drop('malformed', from);
      return;
    }
    if (!this.#scopes.some((scope) => scope.takes(routingKey))) {
      this.#o.intake.drop('out of scope', from);
      return;
    }
    const context = { ...this.#seen(), isOwnConnection: this.#o.isOwnConnection };
    const trace = { routingKey, table, body: message.content };
    const parsed = parseFirehose(trace, context);
    if ('dropped' in parsed) {
      this.#o.intake.drop(parsed.dropped, from);
      return;
    }
    const { fact } = parsed;
    if (fact.kind === 'published' && fact.deaths) this.#o.republished.note(fact);
    this.#o.intake.add(fact, from);
  }

  #takeDeadLetter(message: ConsumeMessage, from: TapQueue): void {
    const raw = this.#arrived(message);
    if (!raw) {
      this.#o.intake.drop('malformed', from);
      return;
    }
    if (this.#isKnown(message, raw)) {
      this.#o.intake.drop('given again', from);
      return;
    }
    const { exchange, routingKey } = message.fields;
    this.#held.add({ copy: { exchange, routingKey, raw, body: message.content }, seen: this.#seen(), from });
  }

  #judgeDeadLetter({ copy, seen, from }: HeldCopy): void {
    const parsed = parseDeadLetter(copy, this.vhost, seen, this.#o.republished);
    if ('dropped' in parsed) this.#o.intake.drop(parsed.dropped, from);
    else this.#o.intake.add(parsed.fact, from);
  }

  #arrived(message: ConsumeMessage): Buffer | undefined {
    const raw = rawProperties(message);
    this.#rate.add(this.#o.clock(), message.content.length + (raw?.length ?? 0));
    return raw;
  }

  /** A quorum queue gives again what it had no acknowledgement of when a connection was lost. */
  #isKnown(message: ConsumeMessage, raw: Buffer): boolean {
    if (!this.#isQuorum()) return false;
    if (message.fields.redelivered && this.#recent.had(raw, message.content)) return true;
    this.#recent.note(raw, message.content);
    return false;
  }

  #seen(): Seen {
    return { ...this.#o.now(), bodyBytes: this.#o.intake.bodyBytes };
  }

  #on(): void {
    this.#coverage.begin(this.#o.clock());
    this.#enter('on', 'Listening.');
  }

  /** One of the two queues is gone while the connection stands. */
  #ended(words: string): void {
    if (this.#state === 'off') return;
    void this.#notListening(words);
    this.#retry(words);
  }

  #retry(words: string): void {
    const { state } = this.#connection.status();
    if (this.#state === 'off' || (state !== 'open' && state !== 'blocked')) return;
    this.#enter('failed', words);
    this.#again ??= setTimeout(() => {
      this.#again = null;
      if (!this.#consuming) this.#listen();
    }, AGAIN_MS);
  }

  /** `forGood`: the queues are not come back for. Resolves when they are closed; never throws. */
  async #notListening(words: string, forGood = false): Promise<void> {
    const queues = [this.#firehose, this.#dlx];
    this.#consuming = false;
    // Whoever took the connection may have restarted the broker, and then tracing is off.
    this.#tracing = null;
    this.#firehose = null;
    this.#dlx = null;
    this.#deadLetters.detach();
    this.#bindings.detach();
    this.#coverage.end(this.#o.clock(), words);
    await Promise.all(queues.map((queue) => queue?.close(forGood)));
  }

  #enter(state: Tap['state'], words: string): void {
    if (state !== this.#state) this.#since = this.#o.clock();
    this.#state = state;
    this.#words = words;
  }
}

/** The header table of wire properties, without its length bytes; null when there is none or the bytes are broken. */
function headerTable(raw: Buffer): Buffer | null {
  try {
    return splitProperties(raw).get('headers')?.subarray(4) ?? null;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
