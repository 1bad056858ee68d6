/**
 * The bindings of the firehose tap's queue. When the scope changes the new keys are bound before the old ones go: an event
 * that both match comes once all the while (a queue gets one copy, however many of its bindings match), so none is lost.
 */
import type { Channel } from 'amqplib';
import type { AmqpConnection } from '../amqp/connection.ts';

const TRACE_EXCHANGE = 'amq.rabbitmq.trace';

export class FirehoseBindings {
  readonly #connection: Pick<AmqpConnection, 'channel'>;
  #queue: string | null = null;
  #bound = new Set<string>();
  #last: { queue: string; keys: ReadonlySet<string> } | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(connection: Pick<AmqpConnection, 'channel'>) {
    this.#connection = connection;
  }

  /** Binds a queue before it is consumed; one that was attached before may still have bindings of then. */
  async attach(channel: Channel, queue: string, keys: readonly string[]): Promise<void> {
    const before = this.#last?.queue === queue ? this.#last.keys : new Set<string>();
    for (const key of keys) await channel.bindQueue(queue, TRACE_EXCHANGE, key);
    for (const key of before) if (!keys.includes(key)) await channel.unbindQueue(queue, TRACE_EXCHANGE, key);
    this.#queue = queue;
    this.#bound = new Set(keys);
  }

  detach(): void {
    if (this.#queue !== null) this.#last = { queue: this.#queue, keys: this.#bound };
    this.#queue = null;
    this.#bound = new Set();
  }

  /** `bound` is called when the new keys are and the old ones still are. Resolves when the broker has it so; one change after the other. Rejects when the connection goes: `attach` comes again. */
  want(keys: readonly string[], bound: () => void): Promise<void> {
    const round = this.#work.then(() => this.#round(keys, bound));
    this.#work = round.catch(() => {});
    return round;
  }

  async #round(keys: readonly string[], bound: () => void): Promise<void> {
    const queue = this.#queue;
    if (queue === null) return;
    const added = keys.filter((key) => !this.#bound.has(key));
    const gone = [...this.#bound].filter((key) => !keys.includes(key));
    if (added.length + gone.length === 0) {
      bound();
      return;
    }
    const channel = await this.#connection.channel();
    channel.on('error', () => {}); // the call that failed rejects with it
    for (const key of added) {
      await channel.bindQueue(queue, TRACE_EXCHANGE, key);
      if (this.#queue === queue) this.#bound.add(key);
    }
    bound();
    for (const key of gone) {
      await channel.unbindQueue(queue, TRACE_EXCHANGE, key);
      if (this.#queue === queue) this.#bound.delete(key);
    }
    await channel.close();
  }
}
