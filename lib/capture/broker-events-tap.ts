/**
 * Listens to what the broker tells of itself: its events and its log, on two private queues in vhost `/`. Either may be
 * switched off at the broker; then it is said how to switch it on, looked for again now and then, and lived without.
 *
 *   connecting ──▶ open: each source by itself  off ──bound──▶ on
 *        ▲                                       ▲  └─ looked for again every 30 s
 *        └──────────── lost, tried again ────────┘
 */
import type { ConsumeMessage } from 'amqplib';
import { closeCause } from '../amqp/close-causes.ts';
import { AmqpConnection } from '../amqp/connection.ts';
import { log, wordsOf } from '../log.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import { HoplightError } from '../model/errors.ts';
import type { EventSource } from '../model/live.ts';
import type { KnownConnection, KnownConsumer } from './broker-clients.ts';
import { BrokerEvents } from './broker-events.ts';
import { TapQueue, tapQueueName } from './tap-queue.ts';

export interface BrokerEventsTapOptions {
  /** Of the vhost `/`, where both exchanges are. */
  url: string;
  user: string;
  put: (events: BrokerEvent[]) => void;
  /** Events come in from now on: those that were there before are to be given to `seed`. */
  listening: () => void;
  /** A consumer ended, or may have; again when it is known why. */
  ended: () => void;
  clock: () => number;
}

const AGAIN_MS = 30_000;
const LOST_MS = 2_000;
const LENGTH = 10_000;
/** Clients that connect for each message make thousands of events: more than this a second are counted, not kept. */
const MOST_PER_SECOND = 500;

const keys = {
  event: [
    'connection.created',
    'connection.closed',
    'channel.created',
    'channel.closed',
    'consumer.created',
    'consumer.deleted',
    'queue.created',
    'queue.deleted',
    'policy.set',
    'policy.cleared',
    'operator.policy.cleared',
    'alarm.set',
    'alarm.cleared',
  ],
  log: ['info', 'warning', 'error'],
};
const SHUTS_DOWN = /broker forced connection closure with reason '?shutdown\b/;
const exchanges = { event: 'amq.rabbitmq.event', log: 'amq.rabbitmq.log' };
const howTo = {
  event: 'not enabled: rabbitmq-plugins enable rabbitmq_event_exchange',
  log: 'not enabled: set log.exchange = true in rabbitmq.conf and restart the node',
};

interface Source {
  queue: TapQueue | null;
  words: string;
}

export class BrokerEventsTap {
  readonly #o: BrokerEventsTapOptions;
  readonly #reader: BrokerEvents;
  readonly #connection: AmqpConnection;
  readonly #sources: Record<EventSource['source'], Source> = {
    event: { queue: null, words: 'Connecting to the broker.' },
    log: { queue: null, words: 'Connecting to the broker.' },
  };
  /** Our connection, as the broker names it, also when it is gone. */
  #self: string | null = null;
  #again: NodeJS.Timeout | null = null;
  #stopped = false;
  #kept = 0;
  #leftOut = 0;
  #second = { at: 0, count: 0 };

  constructor(o: BrokerEventsTapOptions) {
    this.#o = o;
    this.#reader = new BrokerEvents(o.ended);
    // it comes back by our own pace: a vhost that is refused would be asked for every two seconds, and logged each time
    this.#connection = new AmqpConnection({ url: o.url, name: 'hoplight events' });
    this.#connection.onChange(({ state, reason }) => {
      if (state === 'closed' && reason !== null) this.#lost(reason);
    });
  }

  start(): void {
    this.#listen().catch((error: unknown) => {
      // whatever it was that nobody foresaw: told, and tried again
      log.warn('listening to the broker’s events failed', { error: wordsOf(error) });
      for (const source of Object.values(this.#sources)) if (!source.queue) source.words = wordsOf(error);
      this.#later(AGAIN_MS);
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#again) clearTimeout(this.#again);
    this.#keep(this.#reader.due(Number.POSITIVE_INFINITY));
    await this.#connection.close();
  }

  seed(connections: readonly KnownConnection[], consumers: readonly KnownConsumer[]): void {
    this.#reader.seed(connections, consumers);
  }

  /** To be called a few times a second: ends wait for their reasons. */
  tick(): void {
    this.#keep(this.#reader.due(this.#o.clock()));
    for (const { queue } of Object.values(this.#sources)) queue?.stored();
  }

  status(): EventSource[] {
    const leftOut =
      this.#leftOut === 0
        ? ''
        : ` ${this.#leftOut} were left out: more than ${MOST_PER_SECOND} a second came.`;
    return (['event', 'log'] as const).map((source) => {
      const { queue, words } = this.#sources[source];
      return queue
        ? { source, state: 'on', words: `Listening; ${this.#kept} kept.${leftOut}` }
        : { source, state: 'off', words };
    });
  }

  async #listen(): Promise<void> {
    this.#again = null;
    if (this.#stopped) return;
    try {
      await this.#connection.open();
    } catch (error) {
      const away = error instanceof HoplightError && error.code === 'broker_unreachable';
      const words = away
        ? wordsOf(error)
        : `off: ${this.#o.user} may not enter the vhost /: rabbitmqctl set_permissions -p / ${this.#o.user} '^hoplight\\.' '^hoplight\\.' '^(hoplight\\..*|amq\\.rabbitmq\\.(event|log))$'`;
      for (const source of Object.values(this.#sources)) source.words = words;
      this.#later(away ? LOST_MS : AGAIN_MS);
      return;
    }
    this.#self = this.#connection.brokerName();
    const before = this.#sources.event.queue;
    await this.#open('event');
    await this.#open('log');
    if (this.#sources.event.queue && !before) this.#o.listening();
    if (!this.#sources.event.queue || !this.#sources.log.queue) this.#later(AGAIN_MS);
  }

  async #open(source: EventSource['source']): Promise<void> {
    const at = this.#sources[source];
    if (at.queue) return;
    const queue: TapQueue = new TapQueue({
      connection: this.#connection,
      name: tapQueueName(source === 'event' ? 'events' : 'log'),
      quorum: false,
      length: LENGTH,
      take: (message) => this.#take(source, message),
      ended: (words) => {
        if (at.queue === queue) at.queue = null;
        at.words = words;
        this.#later(LOST_MS);
      },
    });
    try {
      await queue.open(async (channel) => {
        for (const key of keys[source]) await channel.bindQueue(queue.name, exchanges[source], key);
      });
      at.queue = queue;
    } catch (error) {
      await queue.close();
      const { code, words } = closeCause(error);
      at.words =
        code === 404
          ? howTo[source]
          : code === 403
            ? `off: ${this.#o.user} needs read on ${exchanges[source]}, and configure and write on hoplight.*, in vhost /: rabbitmqctl set_permissions`
            : words;
    }
  }

  #take(source: EventSource['source'], message: ConsumeMessage): void {
    const now = this.#o.clock();
    this.#reader.hearsLog(this.#sources.log.queue !== null);
    const headers: unknown = message.properties.headers;
    this.#keep(
      source === 'event'
        ? this.#reader.event(message.fields.routingKey, headers, now)
        : this.#reader.log(message.content.toString('utf8'), nodeIn(headers), now),
    );
  }

  #keep(events: readonly BrokerEvent[]): void {
    const second = Math.floor(this.#o.clock() / 1_000);
    if (second !== this.#second.at) this.#second = { at: second, count: 0 };
    const room = Math.max(0, MOST_PER_SECOND - this.#second.count);
    const kept = events.slice(0, room);
    this.#second.count += events.length;
    this.#leftOut += events.length - kept.length;
    this.#kept += kept.length;
    if (kept.length > 0) this.#o.put(kept);
  }

  #lost(words: string): void {
    // its log, which says so too, may not reach us any more
    if (SHUTS_DOWN.test(words)) this.#keep(this.#reader.shutDown(this.#self, this.#o.clock()));
    for (const source of Object.values(this.#sources)) {
      source.queue = null;
      source.words = words;
    }
    this.#later(LOST_MS);
  }

  #later(ms: number): void {
    if (this.#stopped) return;
    this.#again ??= setTimeout(() => this.start(), ms);
  }
}

function nodeIn(headers: unknown): string | null {
  if (typeof headers !== 'object' || headers === null || !('node' in headers)) return null;
  return typeof headers.node === 'string' ? headers.node : null;
}
