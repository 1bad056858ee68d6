/**
 * Reads a stream from one offset to another. A stream keeps its messages whoever reads them: nothing is taken away, put
 * back or counted; an acknowledgement only asks for more. So whatever is held or acknowledged here stays where it lies.
 */
import type { Channel, ConsumeMessage } from 'amqplib';
import { closeCause } from '../amqp/close-causes.ts';
import type { AmqpConnection } from '../amqp/connection.ts';
import { HoplightError } from '../model/errors.ts';
import { refusal } from './not-read.ts';
import type { LetterSource } from './source.ts';

/** How long nothing may come before the last message is taken for the last, ms. */
const QUIET_MS = 150;
/** How long a message that must be there may take to come, ms: the node may be busy. */
const STUCK_MS = 5_000;

export interface StreamOptions {
  /** Most messages that are delivered and neither acked nor held, 1 to 65,535. */
  window: number;
  /** Offset of the first message that is wanted; default: the first that the stream still has. */
  from?: number;
  /** Offset of the last; default: the last that it has now. */
  to?: number;
}

export class StreamSource implements LetterSource {
  /** Offsets of the first and the last message that it gives; null: there is none. */
  readonly range: { first: number; last: number } | null;
  readonly #channel: Channel;
  readonly #stream: string;
  readonly #window: number;
  #tag = '';
  #buffer: ConsumeMessage[] = [];
  #passed = false;
  /** Settled out of turn, by delivery tag; tags up to `#settled` are, and the broker knows up to `#told`. */
  readonly #early = new Map<number, ConsumeMessage>();
  #settled = 0;
  #told = 0;
  #wake: (() => void) | null = null;
  #stopped = false;
  #stuck = false;
  #lost: HoplightError | null = null;

  private constructor(channel: Channel, stream: string, window: number, range: StreamSource['range']) {
    this.#channel = channel;
    this.#stream = stream;
    this.#window = window;
    this.range = range;
  }

  /** Throws HoplightError not_found, forbidden, broker_unreachable. */
  static async open(
    connection: AmqpConnection,
    stream: string,
    options: StreamOptions,
  ): Promise<StreamSource> {
    try {
      const last = Math.min(options.to ?? Number.POSITIVE_INFINITY, await lastOffset(connection, stream));
      const none = last < (options.from ?? 0);
      const first = none ? -1 : await edge(connection, stream, options.from ?? 'first', Math.min);
      const channel = await connection.channel();
      let words: string | null = null;
      channel.on('error', (error) => {
        words = closeCause(error).words;
      });
      const range = first < 0 || first > last ? null : { first, last };
      const source = new StreamSource(channel, stream, options.window, range);
      channel.on('close', () => source.#lose(words ?? connection.status().reason));
      if (range) await source.#consume(first);
      return source;
    } catch (error) {
      throw refusal(stream, error);
    }
  }

  /** By its offsets: a few more than there are messages where the stream keeps notes of its own among them. */
  get inQueue(): number {
    return this.range ? this.range.last - this.range.first + 1 : 0;
  }

  /** Nothing is ever kept from others. */
  get held(): number {
    return 0;
  }

  get lost(): HoplightError | null {
    return this.#lost;
  }

  get stuck(): boolean {
    return this.#stuck;
  }

  /** 1 to `max` messages, or none behind the last one or after `stop()`. Throws when it is lost. */
  async take(max: number): Promise<ConsumeMessage[]> {
    this.#stuck = false;
    for (let waited = 0; ; waited += QUIET_MS) {
      if (this.#lost) throw this.#lost;
      if (this.#stopped || !this.range) return [];
      if (this.#buffer.length > 0) return this.#buffer.splice(0, max);
      this.#stuck = !this.#passed && waited > STUCK_MS;
      if (this.#passed || this.#stuck) return [];
      await this.#quiet();
    }
  }

  ack(message: ConsumeMessage): void {
    this.#settle(message);
  }

  hold(message: ConsumeMessage): void {
    this.#settle(message);
  }

  async flush(): Promise<void> {
    if (this.#lost) throw this.#lost;
    // any answered method will do: a channel works off its methods in order
    await this.#channel.prefetch(this.#window);
  }

  /** The credit of a stream's consumer is given when it begins. */
  async resize(): Promise<void> {}

  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  async finish(): Promise<void> {
    this.stop();
    if (this.#lost) return;
    try {
      if (this.#tag) await this.#channel.cancel(this.#tag);
      await this.#channel.close();
    } catch {
      // the channel went by itself
    }
  }

  /** Tells the broker in lots, so that a long stream is not read with an acknowledgement each. */
  #settle(message: ConsumeMessage): void {
    if (this.#lost) return;
    this.#early.set(message.fields.deliveryTag, message);
    let last: ConsumeMessage | undefined;
    for (let next = this.#early.get(this.#settled + 1); next; next = this.#early.get(this.#settled + 1)) {
      this.#early.delete(++this.#settled);
      last = next;
    }
    if (!last || this.#settled - this.#told < Math.min(100, this.#window / 2)) return;
    this.#told = this.#settled;
    this.#channel.ack(last, true);
  }

  async #consume(from: number): Promise<void> {
    await this.#channel.prefetch(this.#window);
    const { consumerTag } = await this.#channel.consume(
      this.#stream,
      (message) => {
        const offset = message && offsetOf(message);
        if (!message) this.#lose('the stream was deleted, or its node stopped');
        else if (this.range && offset !== null && offset > this.range.last) this.#passed = true;
        else {
          this.#buffer.push(message);
          if (offset === this.range?.last) this.#passed = true;
        }
        this.#wake?.();
      },
      { arguments: { 'x-stream-offset': from } },
    );
    this.#tag = consumerTag;
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
    this.#lost ??= new HoplightError(
      'broker_unreachable',
      `Reading ${this.#stream} ended: ${why ?? 'the connection closed'}.`,
      { next: 'Nothing is lost: a stream keeps what is read.' },
    );
    this.#buffer = [];
    this.#wake?.();
  }
}

/** The position that the broker gives a message of a stream; null elsewhere. */
export function offsetOf(message: ConsumeMessage): number | null {
  const offset: unknown = message.properties.headers?.['x-stream-offset'];
  return typeof offset === 'number' ? offset : null;
}

function lastOffset(connection: AmqpConnection, stream: string): Promise<number> {
  return edge(connection, stream, 'last', Math.max);
}

/**
 * The smallest or largest offset in the first delivery from there: a stream is delivered in chunks, and its own figures lag
 * by many seconds. -1 when there is no message.
 */
async function edge(
  connection: AmqpConnection,
  stream: string,
  from: 'first' | 'last' | number,
  pick: (a: number, b: number) => number,
): Promise<number> {
  const channel = await connection.channel();
  channel.on('error', () => {});
  try {
    const { messageCount } = await channel.checkQueue(stream);
    await channel.prefetch(1_000);
    let found = -1;
    let heard = () => {};
    await channel.consume(
      stream,
      (message) => {
        const offset = message && offsetOf(message);
        if (!message || offset === null) return;
        found = found < 0 ? offset : pick(found, offset);
        channel.ack(message);
        heard();
      },
      { arguments: { 'x-stream-offset': from } },
    );
    const quiet = (ms: number) =>
      new Promise<boolean>((resolve) => {
        const timer = setTimeout(() => resolve(true), ms);
        heard = () => {
          clearTimeout(timer);
          resolve(false);
        };
      });
    // it may have come with the answer to the consume
    if (found < 0) await quiet(messageCount > 0 ? STUCK_MS : 3 * QUIET_MS);
    // the first delivery tells where it begins; for its end all of it must be there
    const end = Date.now() + 2 * STUCK_MS;
    for (let more = pick === Math.max && found >= 0; more; )
      more = !(await quiet(QUIET_MS)) && Date.now() < end;
    return found;
  } finally {
    await channel.close().catch(() => {});
  }
}
