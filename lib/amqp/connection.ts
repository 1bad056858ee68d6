/**
 * One AMQP 0-9-1 connection with states to show and, when asked, one that comes back by itself.
 *
 *               open()                    Connection.OpenOk              Connection.Blocked
 *   closed ───────────────▶ connecting ─────────────────────▶ open ◀────────────────────────▶ blocked
 *     ▲                      │     ▲                           │           (Unblocked)          │
 *     │ failed, lost or      │     │ waited, or open()         │ lost                           │ lost
 *     │ close(); `reason`    ▼     │                           ▼                                ▼
 *     ├──────────────────── backing off ◀──────────────────────┴────────────────────────────────┘
 *     └─ without `reconnect` a failed or lost connection goes to closed instead of backing off
 *
 * blocked: the broker takes no publishes now (memory or disk alarm); consuming goes on. It is announced only on
 * connections that publish. Only `#enter` changes the state.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ChannelModel, ConfirmChannel } from 'amqplib';
import { log } from '../log.ts';
import { HoplightError } from '../model/errors.ts';
import type { AmqpStatus } from '../model/live.ts';
import { backoffDelay } from './backoff.ts';
import { amqpProblem, closeCause } from './close-causes.ts';
import { dial } from './dial.ts';
import { captureRawProperties } from './raw.ts';
import { brokerNameOf, isOver, shut } from './socket.ts';
import { type AmqpAddress, parseAmqpUrls } from './url.ts';

export interface AmqpConnectionOptions {
  /** amqp://user:password@host:port/vhost, percent-encoded. Of a cluster: one for each node with commas, tried in turn. */
  url: string;
  /** `connection_name`, which the broker shows to its operators. */
  name: string;
  /** Connect again after a failed first try or a loss, until `close()`. Default false. */
  reconnect?: boolean;
  /** Default 10: a dead broker or network shows within 30 s. */
  heartbeatSeconds?: number;
  /** [0, 1), for the jitter of the backoff */
  random?: () => number;
  /** ms since 1970 */
  clock?: () => number;
  /** Waits; a test sets it and never sleeps. Must reject when the signal aborts. */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
}

export class AmqpConnection {
  readonly name: string;
  readonly #addresses: readonly AmqpAddress[];
  /** The one that is connected to, or was last. */
  #address: AmqpAddress;
  readonly #reconnect: boolean;
  readonly #heartbeat: number;
  readonly #random: () => number;
  readonly #clock: () => number;
  readonly #wait: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly #listeners = new Set<(status: AmqpStatus) => void>();
  #status: AmqpStatus;
  #model: ChannelModel | null = null;
  #brokerName: string | null = null;
  #failures = 0;
  #attempt: Promise<void> | null = null;
  /** Ends the wait of a backoff; aborted by open() (try now) and by close() (give up). */
  #rest: AbortController | null = null;
  /** Rises with close(): whatever an older generation brings is thrown away. */
  #generation = 0;

  constructor(options: AmqpConnectionOptions) {
    this.name = options.name;
    const [first, ...others] = parseAmqpUrls(options.url);
    this.#address = first;
    this.#addresses = [first, ...others];
    this.#reconnect = options.reconnect ?? false;
    this.#heartbeat = options.heartbeatSeconds ?? 10;
    this.#random = options.random ?? Math.random;
    this.#clock = options.clock ?? Date.now;
    this.#wait = options.wait ?? ((ms, signal) => delay(ms, undefined, { signal }));
    this.#status = { state: 'closed', since: this.#clock(), reason: null };
  }

  get vhost(): string {
    return this.#address.vhost;
  }
  get user(): string {
    return this.#address.user;
  }
  /** Host and port as configured: of the node that it is connected to, or was last. */
  get server(): { address: string; port: number } {
    return { address: this.#address.host, port: this.#address.port };
  }

  status(): AmqpStatus {
    return this.#status;
  }

  /** Calls `listener` after each change of state; the answer takes it off again. */
  onChange(listener: (status: AmqpStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** `local:port -> remote:port`, as the broker names this connection; null while it is not open. Differs after each reconnect. */
  brokerName(): string | null {
    return this.#brokerName;
  }

  /**
   * Connects, at once even while backing off. Throws HoplightError broker_unreachable, unauthenticated, or forbidden (the
   * vhost is missing or not granted: the broker does not say which). With `reconnect` it goes on trying after it threw.
   * `signal` ends the waiting only: it throws the signal's reason.
   */
  async open(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.#model) return;
    if (!this.#attempt) {
      this.#rest?.abort();
      const attempt = this.#connect(this.#generation).finally(() => {
        if (this.#attempt === attempt) this.#attempt = null;
      });
      this.#attempt = attempt;
    }
    await raced(this.#attempt, signal);
  }

  /** Resolves when it is open (or blocked, which channels survive); throws when it is closed for good. */
  async ready(signal?: AbortSignal): Promise<void> {
    if (this.#model) return;
    signal?.throwIfAborted();
    if (this.#status.state === 'closed') throw this.#awayError();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const off = this.onChange(() => {
      if (this.#model) resolve();
      else if (this.#status.state === 'closed') reject(this.#awayError());
    });
    await raced(promise, signal).finally(off);
  }

  /** A channel whose 'error' events cannot end the process; listen to 'error' and 'close' to know its end. */
  async channel(): Promise<Channel> {
    return this.#made(() => this.#live().createChannel());
  }

  async confirmChannel(): Promise<ConfirmChannel> {
    return this.#made(() => this.#live().createConfirmChannel());
  }

  /** Closes for good: no more reconnects until `open()`. Never throws; a broker that does not answer is cut off after 2 s. */
  async close(): Promise<void> {
    this.#generation++;
    this.#rest?.abort();
    this.#attempt = null;
    const model = this.#model;
    this.#model = null;
    this.#failures = 0;
    this.#enter('closed', null);
    if (model) await shut(model);
  }

  async #connect(generation: number): Promise<void> {
    this.#enter('connecting', this.#status.reason);
    let model: ChannelModel;
    try {
      const dialled = await dial(this.#addresses, this.#address, {
        name: this.name,
        heartbeatSeconds: this.#heartbeat,
        givenUp: () => generation !== this.#generation,
      });
      model = dialled.model;
      this.#address = dialled.address;
    } catch (error) {
      if (generation === this.#generation) this.#lost(error);
      throw amqpProblem(error);
    }
    // amqplib throws an unhandled 'error', which would end the process; its 'close' always follows and says the same
    model.on('error', () => {});
    if (generation !== this.#generation) {
      await shut(model);
      throw this.#awayError();
    }
    if (isOver(model)) {
      const error = new Error('Socket closed abruptly after the handshake');
      this.#lost(error);
      throw amqpProblem(error);
    }
    this.#opened(model);
  }

  #opened(model: ChannelModel): void {
    captureRawProperties(model);
    let reason: unknown = null;
    model.on('error', (error) => {
      reason = error;
    });
    model.on('close', (error) => {
      if (this.#model !== model) return;
      this.#model = null;
      this.#lost(error ?? reason);
    });
    model.on('blocked', (why) => {
      if (this.#model === model) this.#enter('blocked', `The broker takes no publishes now: ${why}`);
    });
    model.on('unblocked', () => {
      if (this.#model === model) this.#enter('open', null);
    });
    this.#model = model;
    this.#failures = 0;
    this.#brokerName = brokerNameOf(model);
    this.#enter('open', null);
  }

  /** After a failed try or a loss: back off and try again, or stay closed. */
  #lost(error: unknown): void {
    this.#attempt = null; // over: the next try must not wait for this one's failure
    this.#brokerName = null;
    const { words } = closeCause(error);
    if (!this.#reconnect) {
      this.#enter('closed', words);
      return;
    }
    this.#failures++;
    const rest = new AbortController();
    this.#rest = rest;
    const generation = this.#generation;
    this.#enter('backing off', words);
    this.#wait(backoffDelay(this.#failures, this.#random), rest.signal)
      .then(() => {
        if (generation === this.#generation && !rest.signal.aborted) return this.open();
      })
      // aborted by open() or close(); or this try failed too, and #lost has arranged the next
      .catch(() => {});
  }

  #enter(state: AmqpStatus['state'], reason: string | null): void {
    if (state === this.#status.state && reason === this.#status.reason) return;
    if (state === 'closed') this.#brokerName = null;
    this.#status = { state, reason, since: this.#clock() };
    for (const listener of [...this.#listeners]) {
      try {
        listener(this.#status);
      } catch (error) {
        // it would otherwise stop the other listeners and break into amqplib's own event
        log.error('A listener to the AMQP connection failed', { connection: this.name, error });
      }
    }
  }

  #live(): ChannelModel {
    if (!this.#model) throw this.#awayError();
    return this.#model;
  }

  async #made<C extends Channel>(make: () => Promise<C>): Promise<C> {
    let channel: C;
    try {
      channel = await make();
    } catch (error) {
      throw error instanceof HoplightError ? error : amqpProblem(error);
    }
    channel.on('error', () => {});
    endsWithConnection(channel);
    return channel;
  }

  #awayError(): HoplightError {
    return new HoplightError('broker_unreachable', this.#status.reason ?? 'The AMQP connection is not open', {
      next: this.#reconnect ? 'It connects again by itself.' : 'Try again once the broker answers.',
    });
  }
}

/** amqplib waits for the broker's answer to a close() for ever when the connection goes first: its end is the answer too. */
function endsWithConnection(channel: Channel): void {
  const close = channel.close.bind(channel);
  const gone = new Promise<void>((resolve) => channel.once('close', resolve));
  channel.close = () => Promise.race([close(), gone]);
}

/** `promise`, or the signal's reason when that comes first; the promise then goes on unwatched. */
function raced<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
