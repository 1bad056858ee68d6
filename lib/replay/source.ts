/**
 * Reads a queue and keeps every message unacknowledged until it is acked or all are put back. Nothing is read more than
 * `window` messages ahead, whatever lies in the queue.
 *
 * Messages that stay (not selected, returned, set aside) are *held*: unacked on the channel, their bodies forgotten.
 * Held messages fill the consumer's prefetch window, so the consumer is changed for a new one when little of it is
 * left; what the old one holds stays held until the channel puts it back.
 */
import type { Channel, ConsumeMessage } from 'amqplib';
import { closeCause } from '../amqp/close-causes.ts';
import type { AmqpConnection } from '../amqp/connection.ts';
import { HoplightError } from '../model/errors.ts';
import { Acks, tagged } from './acks.ts';
import { notAlone, refusal } from './not-read.ts';
import type { ReadingRules } from './reading-cost.ts';

/** How long nothing may come before the queue is asked whether anything is left. */
const QUIET_MS = 150;
/** So often in a row the queue must say that it is empty before that is believed: what another connection held may be on its way back. */
const EMPTY_AFTER = 2;
/**
 * The same where an earlier connection of the same job ended: a broker that has much to do takes its consumer away at once and
 * gives back what that held some hundred milliseconds later (seen with a quorum queue of 3.10).
 */
const EMPTY_AFTER_RESUME = 14;
/** So often in a row the queue must say that it has messages, yet give none, before that is believed. */
const STUCK_AFTER = 20;

export interface SourceOptions {
  /** Nobody else may consume while it reads; refused while others do. */
  exclusive: boolean;
  /** Most messages that are delivered and neither acked nor held, 1 to 65,535. */
  window: number;
  putBack: ReadingRules['putBack'];
  /** A connection read from it before and ended: what that held may come late. */
  resumed?: boolean | undefined;
}

/** Reads the messages of one place in their order and puts back what is not acked. Described at `Source`. */
export interface LetterSource {
  readonly inQueue: number;
  readonly held: number;
  readonly lost: HoplightError | null;
  /** It was lost because the broker took back what was unacked; the queue can be opened again. */
  readonly takenBack?: boolean;
  /** The last `take()` gave nothing though something lies there: what is unacked may leave no room, or the broker hangs. */
  readonly stuck?: boolean;
  take(max: number): Promise<ConsumeMessage[]>;
  ack(message: ConsumeMessage): void;
  hold(message: ConsumeMessage): void;
  flush(): Promise<void>;
  resize(window: number): Promise<void>;
  stop(): void;
  finish(): Promise<void>;
}

export class Source implements LetterSource {
  /** Messages that lay ready when it was opened. */
  readonly inQueue: number;
  readonly #channel: Channel;
  readonly #queue: string;
  readonly #options: SourceOptions;
  #window: number;
  #tag = '';
  #buffer: ConsumeMessage[] = [];
  /** Unacked deliveries of the present consumer that are held. */
  #heldNow = 0;
  #heldBefore = 0;
  /** Delivery tags of each earlier consumer's last message, and of the last of all. */
  readonly #lots: number[] = [];
  #delivered = 0;
  #wake: (() => void) | null = null;
  #stopped = false;
  #stuck = false;
  #lost: HoplightError | null = null;
  #takenBack = false;
  /** The consumer went, the channel is there and may hold messages. */
  #cancelled = false;
  readonly #acks = new Acks();

  private constructor(channel: Channel, queue: string, inQueue: number, options: SourceOptions) {
    this.#channel = channel;
    this.#queue = queue;
    this.inQueue = inQueue;
    this.#options = options;
    this.#window = options.window;
  }

  /** Throws HoplightError not_found, forbidden, or conflict when somebody else consumes from it. */
  static async open(connection: AmqpConnection, queue: string, options: SourceOptions): Promise<Source> {
    const channel = await connection.channel();
    let words: string | null = null;
    channel.on('error', (error) => {
      words = closeCause(error).words;
    });
    try {
      const { messageCount } = await channel.checkQueue(queue);
      await channel.prefetch(options.window);
      const source = new Source(channel, queue, messageCount, options);
      channel.on('close', () => source.#lose(words ?? connection.status().reason));
      await source.#consume();
      if (options.exclusive) await source.#alone();
      return source;
    } catch (error) {
      throw refusal(queue, error);
    }
  }

  /** What lies ready and who takes from it, this moment: the management API lags by seconds. Throws like `open`. */
  static async look(
    connection: AmqpConnection,
    queue: string,
  ): Promise<{ messages: number; consumers: number }> {
    const channel = await connection.channel();
    try {
      const { messageCount, consumerCount } = await channel.checkQueue(queue);
      await channel.close();
      return { messages: messageCount, consumers: consumerCount };
    } catch (error) {
      throw refusal(queue, error);
    }
  }

  /** Held messages, over all consumers that it had. */
  get held(): number {
    return this.#heldBefore + this.#heldNow;
  }

  /** Why the channel or connection went; null while it is there. */
  get lost(): HoplightError | null {
    return this.#lost;
  }

  get takenBack(): boolean {
    return this.#takenBack;
  }

  get stuck(): boolean {
    return this.#stuck;
  }

  /** 1 to `max` messages, or none when the queue has no more for now or `stop()` was called. Throws when it is lost. */
  async take(max: number): Promise<ConsumeMessage[]> {
    const enough = this.#options.resumed ? EMPTY_AFTER_RESUME : EMPTY_AFTER;
    let empty = 0;
    this.#stuck = false;
    for (let quiet = 0; ; ) {
      if (this.#lost) throw this.#lost;
      if (this.#stopped) return [];
      if (this.#buffer.length > 0) return this.#buffer.splice(0, max);
      const spare = Math.min(max, Math.min(this.#window, SMALLEST_WINDOW) / 2);
      if (this.#heldNow > 0 && this.#window - this.#heldNow < spare) await this.#renew();
      await this.#quiet();
      if (this.#lost) throw this.#lost;
      if (this.#stopped) return [];
      if (this.#buffer.length > 0) continue;
      // asked after silence: what was ready before has been delivered before this answer
      const { messageCount } = await this.#ask(() => this.#channel.checkQueue(this.#queue));
      if (this.#buffer.length > 0) continue;
      if (messageCount > 0) {
        empty = 0;
        this.#stuck = ++quiet >= STUCK_AFTER;
        if (this.#stuck) return [];
      } else if (++empty >= enough) return [];
    }
  }

  /** Takes the message out of the queue: with `flush()`, and certain only after it. */
  ack(message: ConsumeMessage): void {
    this.#acks.add(message.fields.deliveryTag);
  }

  /** Leaves the message unacked until `finish()`. */
  hold(message: ConsumeMessage): void {
    const tag = message.fields.deliveryTag;
    this.#acks.hold(tag);
    if (tag <= (this.#lots.at(-1) ?? 0)) this.#heldBefore++;
    else this.#heldNow++;
  }

  /** Resolves when the broker has read every ack before it; throws when the channel went first. */
  async flush(): Promise<void> {
    await this.#ask(() => {
      const { through, single } = this.#acks.take();
      if (through !== null) this.#channel.ack(tagged(through), true);
      for (const tag of single) this.#channel.ack(tagged(tag));
      // any answered method will do: a channel works off its methods in order
      return this.#channel.prefetch(this.#window);
    });
  }

  /** Another window from now on. */
  async resize(window: number): Promise<void> {
    this.#window = window;
    await this.flush();
    await this.#renew();
  }

  /** Ends a waiting `take()`, now and from now on. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** Puts back whatever is unacked, in the way that harms least here, and closes the channel. Never throws. */
  async finish(): Promise<void> {
    this.stop();
    if (this.#cancelled) await this.#channel.close().catch(() => {});
    if (this.#lost) return;
    try {
      // first, or the broker would hand them straight back
      await this.#channel.cancel(this.#tag);
      if (this.#options.putBack === 'nack') {
        // a quorum queue gives each consumer's messages back as one lot, the latest consumer's first, unless told in turn
        for (const end of this.#lots) {
          const tag = this.#acks.lastOpen(end);
          if (tag > 0) this.#channel.nack(tagged(tag), true, true);
        }
        this.#channel.nackAll(true);
      }
      // A quorum queue's channel sends some thirty acks ahead and keeps the rest until those are applied; closing drops what
      // it keeps. The cancel waited until what was sent is applied, so that the next two methods find the rest sent.
      await this.flush();
      await this.flush();
      await this.#channel.close();
    } catch {
      // the channel went by itself: the broker has put everything back
    }
  }

  /** Quorum queues take the exclusive flag and do not enforce it (3.10, 4.0, 4.3): whoever comes second sees two and goes. */
  async #alone(): Promise<void> {
    const { consumerCount } = await this.#channel.checkQueue(this.#queue);
    if (consumerCount <= 1) return;
    await this.finish();
    throw notAlone(this.#queue);
  }

  async #consume(): Promise<void> {
    const { consumerTag } = await this.#channel.consume(
      this.#queue,
      (message) => {
        if (message) {
          this.#delivered = message.fields.deliveryTag;
          this.#buffer.push(message);
        } else {
          this.#cancelled = true;
          this.#lose(
            'the broker ended the consumer: the queue was deleted, its node stopped, or it waited too long',
          );
        }
        this.#wake?.();
      },
      { exclusive: this.#options.exclusive },
    );
    this.#tag = consumerTag;
  }

  async #renew(): Promise<void> {
    await this.#ask(() => this.#channel.cancel(this.#tag));
    // what came while it was being cancelled belongs to its lot too
    this.#lots.push(this.#delivered);
    this.#heldBefore += this.#heldNow;
    this.#heldNow = 0;
    await this.#ask(() => this.#consume());
  }

  async #ask<T>(work: () => Promise<T>): Promise<T> {
    if (this.#lost) throw this.#lost;
    try {
      return await work();
    } catch (error) {
      throw this.#lost ?? refusal(this.#queue, error);
    }
  }

  async #quiet(): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, QUIET_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = null;
  }

  #lose(why: string | null): void {
    // 406, "delivery acknowledgement on channel 1 timed out", or from 4.3 on an end of the consumer alone
    if (!this.#lost) this.#takenBack = this.#cancelled || /acknowledgement.*timed out/i.test(why ?? '');
    this.#lost ??= new HoplightError(
      'broker_unreachable',
      `Reading ${this.#queue} ended: ${why ?? 'the connection closed'}.`,
      {
        next: 'Nothing is lost: the broker puts back what was not acknowledged.',
      },
    );
    this.#buffer = [];
    this.#wake?.();
  }
}

/** Bytes that may wait in our memory for their turn. */
const AHEAD_BYTES = 134_217_728;
const SMALLEST_WINDOW = 100;
/** AMQP's prefetch count has 16 bits. */
const LARGEST_WINDOW = 65_535;

/**
 * How far ahead to read when most messages will stay: all `wanted` at once, so that one consumer holds them and they
 * keep their order when they go back (3.10 mixes the lots of several consumers), as far as their size allows.
 */
export function windowFor(wanted: number, queue: { bytes: number | null; total: number | null }): number {
  const each = queue.bytes !== null && queue.total ? queue.bytes / queue.total : 4_096;
  const room = Math.floor(AHEAD_BYTES / Math.max(256, each));
  return Math.min(LARGEST_WINDOW, Math.max(SMALLEST_WINDOW, Math.min(wanted, room)));
}
