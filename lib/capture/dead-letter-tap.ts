/**
 * The bindings of the dead-letter tap's queue, kept as the plan says while the topology changes. Each exchange is bound
 * on a channel of its own making: a refusal closes that channel and leaves the others, and the consumer, alone.
 */
import { closeCause } from '../amqp/close-causes.ts';
import type { AmqpConnection } from '../amqp/connection.ts';
import type { Tap } from '../model/live.ts';
import type { DeadLetterSource, TapBinding } from './dead-letter-plan.ts';

interface Bound {
  bindings: TapBinding[];
  /** null: as wanted; else why not */
  refused: string | null;
}

export class DeadLetterBindings {
  readonly #connection: AmqpConnection;
  #wanted: readonly DeadLetterSource[] = [];
  #bound = new Map<string, Bound>();
  #queue: string | null = null;
  /** The queue that `#bound` tells of. */
  #boundQueue: string | null = null;
  #work: Promise<void> = Promise.resolve();

  constructor(connection: AmqpConnection) {
    this.#connection = connection;
  }

  want(sources: readonly DeadLetterSource[]): void {
    this.#wanted = sources;
    this.#arrange();
  }

  /** `kept`: the queue was there before, and what we had bound to it is bound still; else it has no binding. */
  attach(queue: string, kept: boolean): void {
    this.#queue = queue;
    if (!kept || this.#boundQueue !== queue) this.#bound = new Map();
    this.#boundQueue = queue;
    this.#arrange();
  }

  detach(): void {
    this.#queue = null;
  }

  /** Resolves when all that was wanted so far has been tried. */
  settled(): Promise<void> {
    return this.#work;
  }

  status(): Tap['deadLetterExchanges'] {
    return this.#wanted.map(({ exchange, bindings, words }) => {
      const bound = this.#queue === null ? undefined : this.#bound.get(exchange);
      if (bindings.length === 0) return { exchange, tapped: false, words };
      if (!bound) return { exchange, tapped: false, words: 'Not bound yet.' };
      return { exchange, tapped: bound.refused === null, words: bound.refused ?? words };
    });
  }

  /** One round after the other, so that two changes cannot cross. */
  #arrange(): void {
    this.#work = this.#work.then(() => this.#round()).catch(() => {}); // the connection went: `attach` comes again
  }

  async #round(): Promise<void> {
    const queue = this.#queue;
    if (queue === null) return;
    const wanted = new Map(this.#wanted.map((s) => [s.exchange, s.bindings]));
    for (const exchange of new Set([...this.#bound.keys(), ...wanted.keys()])) {
      const now = this.#bound.get(exchange);
      const then = wanted.get(exchange) ?? [];
      if (this.#queue !== queue) return;
      if (now?.refused === null && same(now.bindings, then)) continue;
      if (!now && then.length === 0) continue;
      const refused = await this.#change(queue, exchange, now?.refused === null ? now.bindings : [], then);
      if (this.#queue !== queue) return;
      if (then.length === 0) this.#bound.delete(exchange);
      else this.#bound.set(exchange, { bindings: then, refused });
    }
  }

  /** Answers why it was refused, or null. */
  async #change(
    queue: string,
    exchange: string,
    from: TapBinding[],
    to: TapBinding[],
  ): Promise<string | null> {
    const channel = await this.#connection.channel();
    try {
      for (const b of without(to, from)) await channel.bindQueue(queue, exchange, b.routingKey, b.arguments);
      for (const b of without(from, to))
        await channel.unbindQueue(queue, exchange, b.routingKey, b.arguments);
      await channel.close();
      return null;
    } catch (error) {
      const { words, next } = closeCause(error);
      return `${words} ${next}`;
    }
  }
}

const textOf = (b: TapBinding) => JSON.stringify([b.routingKey, b.arguments]);

function without(list: readonly TapBinding[], taken: readonly TapBinding[]): TapBinding[] {
  const out = new Set(taken.map(textOf));
  return list.filter((b) => !out.has(textOf(b)));
}

function same(a: readonly TapBinding[], b: readonly TapBinding[]): boolean {
  return without(a, b).length === 0 && without(b, a).length === 0;
}
