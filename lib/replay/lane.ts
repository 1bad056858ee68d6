/**
 * The way of the copies: a confirm channel on a connection of its own, so that a message that the broker answers by
 * closing the channel does not take the reading channel, and every message read, with it.
 *
 *                 open()                      a publish was answered by a close
 *   closed ─────────────────▶ open ────────────────────────────────────────────▶ broken
 *                              ▲                                                   │
 *                              └──────────────────── open() ───────────────────────┘
 */
import { EventEmitter } from 'node:events';
import type { ConfirmChannel, Message } from 'amqplib';
import { closeCause } from '../amqp/close-causes.ts';
import type { AmqpConnection } from '../amqp/connection.ts';
import { publishRaw, type RawPublish } from '../amqp/properties.ts';
import type { ReplayMessage } from '../model/replay.ts';
import { Returns } from './returns.ts';

/**
 * confirmed  a queue has it
 * returned   no queue took it; the broker then confirms it too, so the return is looked for first
 * refused    the broker said no (nack): a queue is full and rejects; or the file of a deletion cannot grow: `words`
 * lost       no answer: the channel or the connection closed first
 * impossible never sent: its properties do not fit
 */
export type Answer =
  | { kind: 'confirmed' }
  | { kind: 'returned'; words: string }
  | { kind: 'refused'; words?: string }
  | { kind: 'lost' }
  | { kind: 'impossible'; words: string };

/** Why the lane broke. `cut`: not an answer to any message (network, node, an operator). */
export interface Break {
  cut: boolean;
  words: string;
  /** AMQP reply code, where there is one. */
  code?: number | null;
}

/** Where the chosen messages go: to the broker as copies, or into the file of a deletion. */
export interface CopyLane {
  /** Why no answer will come any more; null while it is open. */
  readonly broken: Break | null;
  open(): Promise<void>;
  writable(): Promise<void>;
  /** `row`: which one of the receipt it is; a file keeps it beside the message. */
  publish(
    message: Omit<RawPublish, 'mandatory'>,
    replayId: string,
    row: Pick<ReplayMessage, 'seq' | 'deadLetterId'>,
  ): Promise<Answer>;
  /** Of a deletion: whether this one stands in the file, whatever became of its answer. */
  wrote?(seq: number): boolean;
  /** Ends every waiting `writable()`. */
  release(): void;
  close(): Promise<void>;
}

export class Lane implements CopyLane {
  readonly #connect: () => Promise<AmqpConnection>;
  readonly #onBlocked: (reason: string | null) => void;
  #connection: AmqpConnection | null = null;
  #channel: ConfirmChannel | null = null;
  #broken: Break | null = null;
  #returns = new Returns();
  #unblocked: (() => void)[] = [];

  constructor(connect: () => Promise<AmqpConnection>, onBlocked: (reason: string | null) => void = () => {}) {
    this.#connect = connect;
    this.#onBlocked = onBlocked;
  }

  get broken(): Break | null {
    return this.#broken;
  }

  /** A channel to publish on; a new connection only when there is none. Throws HoplightError. */
  async open(): Promise<void> {
    if (!this.#connection || this.#connection.status().state === 'closed') {
      this.#connection = await this.#connect();
      this.#watchBlocking(this.#connection);
    }
    const channel = await this.#connection.confirmChannel();
    this.#broken = null;
    // what the old channel still answers must not be taken for the new one's
    const returns = new Returns();
    this.#returns = returns;
    this.#channel = channel;
    const tell = (cause: unknown, cut?: boolean) => {
      if (this.#channel !== channel || this.#broken) return;
      const { code, words } = closeCause(cause);
      this.#broken = { cut: cut ?? (code === null || code === 320), words, code };
    };
    channel.on('return', (message: Message) => {
      const { replyCode, replyText } = message.fields as { replyCode?: number; replyText?: string };
      if (returns.came(message, `${replyCode ?? 312} ${replyText ?? 'NO_ROUTE'}`)) return;
      // better once more, each alone, than one of them taken for done
      tell(new Error('a message came back that cannot be told from the others in flight'), false);
      // when it is closed already, that is what was wanted
      channel.close().catch(() => {});
    });
    const failed = (error: unknown) => tell(error);
    channel.on('error', failed);
    // the connection's own end: its reason comes here, to the channel comes only 'close'
    const inner: unknown = channel.connection;
    if (inner instanceof EventEmitter) inner.on('error', failed);
    channel.on('close', () => {
      tell(new Error(this.#connection?.status().reason ?? 'Connection closed'));
      // each message that closes a channel leaves one more on the same connection
      if (inner instanceof EventEmitter) inner.off('error', failed);
    });
  }

  /** Resolves while the broker takes publishes: at once, or when its alarm is over, or when the lane is closed. */
  async writable(): Promise<void> {
    if (this.#connection?.status().state !== 'blocked') return;
    await new Promise<void>((resolve) => this.#unblocked.push(resolve));
  }

  /** Sends one copy, mandatory; `replayId` is its row's, and of a replay its header. Never throws: what happens is the answer. */
  publish(message: Omit<RawPublish, 'mandatory'>, replayId: string): Promise<Answer> {
    const channel = this.#channel;
    if (!channel || this.#broken) return Promise.resolve({ kind: 'lost' });
    return new Promise((resolve) => {
      const returns = this.#returns;
      const mark = returns.sent(message.raw, message.body, replayId);
      try {
        publishRaw(channel, { ...message, mandatory: true }, (error) => {
          const words = returns.answered(mark);
          if (error && /nacked/.test(error.message)) resolve({ kind: 'refused' });
          else if (error || this.#broken) resolve({ kind: 'lost' });
          else if (words !== null) resolve({ kind: 'returned', words });
          else resolve({ kind: 'confirmed' });
        });
      } catch (error) {
        returns.answered(mark);
        if (error instanceof RangeError) resolve({ kind: 'impossible', words: error.message });
        else resolve({ kind: 'lost' });
      }
    });
  }

  async close(): Promise<void> {
    this.release();
    await this.#connection?.close();
  }

  #watchBlocking(connection: AmqpConnection): void {
    connection.onChange((status) => {
      if (status.state === 'blocked') this.#onBlocked(status.reason);
      else {
        this.#onBlocked(null);
        this.release();
      }
    });
  }

  /** Ends every waiting `writable()`. */
  release(): void {
    for (const resolve of this.#unblocked.splice(0)) resolve();
  }
}
