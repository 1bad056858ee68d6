/**
 * A private queue of Hoplight's own and its consumer. Exclusive and auto-delete: it goes with the connection, so a
 * Hoplight that died leaves nothing behind that fills up. Bounded on the broker's side (drop-head): a tap that cannot keep
 * up loses the oldest trace messages, never slows a publisher, never fills the broker's memory.
 *
 * In a cluster it is a quorum queue, which goes on when the node that holds it dies and is found again by its name. Such a
 * queue cannot be exclusive: it expires when nobody has listened for a minute.
 *
 * Deliveries are acknowledged once their facts are stored, not taken with no-ack: what is not acknowledged bounds what
 * lies in our memory, and leaves the rest in the bounded queue, where an overflow can be noticed.
 */
import { randomBytes } from 'node:crypto';
import type { Channel, ConsumeMessage, Options } from 'amqplib';
import { closeCause } from '../amqp/close-causes.ts';
import type { AmqpConnection } from '../amqp/connection.ts';
import { OWN_QUEUE_PREFIX } from '../model/broker.ts';
import type { Acknowledging } from './batch.ts';

/** Deliveries that wait for their batch: four batches, so that the next fills while one is written. */
export const PREFETCH = 2_000;
/** Most bytes that may wait in the broker for one tap. */
const LENGTH_BYTES = 512 * 1_048_576;

const EXPIRES_MS = 60_000;

/** `hoplight.KIND.RANDOM`: left out of lists. */
export function tapQueueName(kind: 'tap' | 'dlx' | 'events' | 'log'): string {
  return `${OWN_QUEUE_PREFIX}${kind}.${randomBytes(6).toString('hex')}`;
}

export interface TapQueueOptions {
  connection: AmqpConnection;
  name: string;
  /** Outlives the connection and any one node of a cluster. */
  quorum: boolean;
  /** x-max-length */
  length: number;
  /** Called for each delivery; hand it to the batch with this queue as the one to tell when it is stored. */
  take: (message: ConsumeMessage) => void;
  /** The channel or the consumer is gone though nobody asked; words say why. */
  ended: (words: string) => void;
}

export class TapQueue implements Acknowledging {
  readonly name: string;
  readonly #o: TapQueueOptions;
  #channel: Channel | null = null;
  /** The latest delivery not yet acknowledged. */
  #last: ConsumeMessage | null = null;
  #takenSince = 0;
  #bytesSince = 0;
  #largest = 0;

  constructor(o: TapQueueOptions) {
    this.#o = o;
    this.name = o.name;
  }

  /**
   * Declares the queue and has `bind` bind it before consuming. Answers whether it was there already, as a quorum queue may
   * be. Throws what the broker refuses.
   */
  async open(bind: (channel: Channel) => Promise<void>): Promise<boolean> {
    const wasThere = this.#o.quorum && (await this.#isThere());
    const channel = await this.#o.connection.channel();
    let reason = 'The broker closed the channel of the tap.';
    channel.on('error', (error) => {
      reason = error instanceof Error ? error.message : reason;
    });
    channel.on('close', () => {
      if (this.#channel !== channel) return;
      this.#channel = null;
      this.#o.ended(reason);
    });
    await channel.prefetch(PREFETCH);
    await channel.assertQueue(this.name, this.#declaration());
    try {
      await bind(channel);
      this.#channel = channel;
      await channel.consume(this.name, (message) => {
        if (message === null) this.#cancelled(channel);
        else if (this.#channel === channel) this.#take(message);
      });
    } catch (error) {
      this.#channel = null;
      if (!wasThere) await this.#remove();
      throw error;
    }
    return wasThere;
  }

  /** It would stay as long as the connection, and each new try would leave another. */
  async #remove(): Promise<void> {
    try {
      const channel = await this.#o.connection.channel();
      await channel.deleteQueue(this.name);
      await channel.close();
    } catch {
      // the connection went, and the queue with it
    }
  }

  #declaration(): Options.AssertQueue {
    const limits = {
      'x-max-length': this.#o.length,
      'x-max-length-bytes': LENGTH_BYTES,
      'x-overflow': 'drop-head',
    };
    return this.#o.quorum
      ? { durable: true, arguments: { ...limits, 'x-queue-type': 'quorum', 'x-expires': EXPIRES_MS } }
      : {
          exclusive: true,
          autoDelete: true,
          durable: false,
          arguments: { ...limits, 'x-queue-type': 'classic' },
        };
  }

  /** On a channel of its own, which a queue that is not there closes. */
  async #isThere(): Promise<boolean> {
    const channel = await this.#o.connection.channel();
    try {
      await channel.checkQueue(this.name);
      await channel.close();
      return true;
    } catch (error) {
      if (closeCause(error).code === 404) return false;
      throw error;
    }
  }

  get isOpen(): boolean {
    return this.#channel !== null;
  }

  /** Everything handed in so far is stored: acknowledges it in one frame. */
  stored(): void {
    const last = this.#last;
    this.#last = null;
    if (!this.#channel || !last) return;
    try {
      this.#channel.ack(last, true);
    } catch {
      // the channel is closing; its 'close' says so
    }
  }

  /**
   * Whether the queue may have dropped events since the last call: it could have been full at some moment in between.
   * Throws when the channel is gone.
   */
  async mayHaveDropped(): Promise<boolean> {
    if (!this.#channel) return false;
    const { messageCount } = await this.#channel.checkQueue(this.name);
    const taken = this.#takenSince;
    const bytes = this.#bytesSince;
    this.#takenSince = 0;
    this.#bytesSince = 0;
    const couldHaveHeld = messageCount + taken;
    return couldHaveHeld >= this.#o.length || messageCount * this.#largest + bytes >= LENGTH_BYTES;
  }

  /** Ends it on purpose: `ended` is not called. `forGood`: nobody will come back for the queue. */
  async close(forGood = false): Promise<void> {
    const channel = this.#channel;
    this.#channel = null;
    if (forGood && this.#o.quorum) await channel?.deleteQueue(this.name).catch(() => {});
    await channel?.close().catch(() => {});
  }

  #take(message: ConsumeMessage): void {
    this.#last = message;
    this.#takenSince++;
    this.#bytesSince += message.content.length;
    this.#largest = Math.max(this.#largest, message.content.length);
    this.#o.take(message);
  }

  #cancelled(channel: Channel): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    channel.close().catch(() => {});
    this.#o.ended('The broker cancelled the consumer of the tap: its queue is gone.');
  }
}
