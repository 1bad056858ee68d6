/** What a scenario plays on: names of its own in the shared vhost, a publisher and a consumer that know nothing of Hoplight. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Channel, ChannelModel, ConfirmChannel, ConsumeMessage, Options } from 'amqplib';
import type { TestBroker } from '../with-broker.ts';

export type QueueType = 'classic' | 'quorum' | 'stream';
/**
 * What a consumer does with one message: acknowledge it, reject it, or give it back, by a nack or by a reject (which
 * quorum queues of 4.3 tell apart: only a reject counts towards the delivery limit).
 */
export type Verdict = 'ack' | 'reject' | 'requeue' | 'reject back';

export interface Scenario {
  /** Also names its journey: `message:NAME` unless `journey` says otherwise. */
  name: string;
  /** Series on which it can be played; all without it. */
  on?: (version: string) => boolean;
  /** What is not here and without which it cannot be played. */
  missing?: string | null;
  declare(scene: Scene): Promise<unknown>;
  /** Ends when all that was to happen has happened at the broker. */
  act(scene: Scene): Promise<unknown>;
  journey?: (scene: Scene) => string;
  /** See drawing.ts; by version where brokers differ. */
  drawn: string | ((version: string) => string);
}

/** 4.3 leaves a message's flag `redelivered` standing when it dead-letters it; earlier ones begin anew in each queue. */
export const stillAgain = (version: string) => (version.startsWith('4.3') ? ' again' : '');

export interface QueueOptions {
  type?: QueueType;
  /** Dead-letter exchange; '' is the default exchange. */
  dlx?: string;
  /** Dead-letter routing key; a queue's name where `dlx` is the default exchange. */
  dlKey?: string;
  ttlMs?: number;
  maxLength?: number;
  more?: Record<string, string | number>;
}

/** The broker did not do in time what a scenario waited for. */
const PATIENCE_MS = 15_000;

export class Scene {
  readonly broker: TestBroker;
  /** Before every name of this scenario. */
  readonly own: string;
  /** The message ID of `publish`, unless its options give others. */
  readonly id: string;
  /** Of what `publish` sends: no other scenario's is the same. */
  readonly body: Buffer;
  /** The dead-letter exchanges that it declared and that a tap can be bound to. */
  readonly deadLetterExchanges = new Set<string>();
  readonly #publisher: ConfirmChannel;
  readonly #consumers: ChannelModel;

  constructor(broker: TestBroker, number: number, publisher: ConfirmChannel, consumers: ChannelModel) {
    this.broker = broker;
    this.own = `${number}.`;
    this.id = `scenario ${number}`;
    this.body = Buffer.from(`{"of":"${this.id}"}`);
    this.#publisher = publisher;
    this.#consumers = consumers;
  }

  /** The name as the broker knows it; '' stays the default exchange. */
  at(name: string): string {
    return name === '' ? '' : `${this.own}${name}`;
  }

  async queue(name: string, o: QueueOptions = {}): Promise<void> {
    if (o.dlx) this.deadLetterExchanges.add(this.at(o.dlx));
    await this.#publisher.assertQueue(this.at(name), {
      durable: true,
      arguments: {
        'x-queue-type': o.type ?? 'classic',
        ...(o.dlx === undefined ? {} : { 'x-dead-letter-exchange': this.at(o.dlx) }),
        ...(o.dlKey === undefined
          ? {}
          : { 'x-dead-letter-routing-key': o.dlx === '' ? this.at(o.dlKey) : o.dlKey }),
        ...(o.ttlMs === undefined ? {} : { 'x-message-ttl': o.ttlMs }),
        ...(o.maxLength === undefined ? {} : { 'x-max-length': o.maxLength }),
        ...o.more,
      },
    });
  }

  async exchange(name: string, type: string, o: { alternate?: string } = {}): Promise<void> {
    await this.#publisher.assertExchange(this.at(name), type, {
      durable: true,
      ...(o.alternate ? { alternateExchange: this.at(o.alternate) } : {}),
    });
  }

  /** Binds queues to an exchange. */
  async bind(exchange: string, key: string, ...queues: string[]): Promise<void> {
    for (const queue of queues) await this.#publisher.bindQueue(this.at(queue), this.at(exchange), key);
  }

  async bindHeaders(exchange: string, queue: string, args: Record<string, string>): Promise<void> {
    await this.#publisher.bindQueue(this.at(queue), this.at(exchange), '', args);
  }

  async bindExchange(from: string, key: string, to: string): Promise<void> {
    await this.#publisher.bindExchange(this.at(to), this.at(from), key);
  }

  /** Resolves at the confirm with true, at the broker's refusal (a nack) with false. On the default exchange `key` is a queue. */
  publish(exchange: string, key: string, options: Options.Publish = {}): Promise<boolean> {
    const to = exchange === '' ? this.at(key) : key;
    return new Promise((resolve) => {
      const body = Buffer.from(`{"of":"${this.id}"}`);
      const ids = { messageId: this.id };
      this.#publisher.publish(this.at(exchange), to, body, { ...ids, ...options }, (error) =>
        resolve(!error),
      );
    });
  }

  /**
   * A consumer on a channel of its own that does one thing after another to what it is given, and is cancelled after
   * the last. Resolves once the broker has taken the last verdict.
   */
  async consume(queue: string, ...verdicts: Verdict[]): Promise<void> {
    await this.#take(queue, verdicts, {});
  }

  /** A consumer of a stream that reads one message from its beginning. */
  async readStream(queue: string): Promise<void> {
    await this.#take(queue, ['ack'], { arguments: { 'x-stream-offset': 'first' } });
  }

  /** Takes one message and has `then` publish on the same channel, as a service does that passes things on. */
  async passOn(queue: string, then: (message: ConsumeMessage, channel: Channel) => void): Promise<void> {
    await this.#take(queue, ['ack'], {}, then);
  }

  async #take(
    queue: string,
    verdicts: readonly Verdict[],
    options: Options.Consume,
    then?: (message: ConsumeMessage, channel: Channel) => void,
  ): Promise<void> {
    const channel = await this.#consumers.createChannel();
    await channel.prefetch(1);
    const left = [...verdicts];
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`${queue}: ${left.length} of ${verdicts.length} messages did not come`)),
        PATIENCE_MS,
      );
      const take = (message: ConsumeMessage | null) => {
        const verdict = left.shift();
        if (!message || !verdict) return;
        then?.(message, channel);
        if (verdict === 'ack') channel.ack(message);
        else if (verdict === 'requeue') channel.nack(message, false, true);
        else channel.reject(message, verdict === 'reject back');
        if (left.length > 0) return;
        clearTimeout(late);
        resolve();
      };
      channel.on('error', reject);
      channel.consume(this.at(queue), take, options).catch(reject);
    });
    // A round trip behind the verdict on the same channel: the broker has read it.
    await channel.close();
  }

  /** Waits until the queue holds so many messages. */
  async holds(queue: string, count: number): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while ((await this.#publisher.checkQueue(this.at(queue))).messageCount !== count) {
      if (Date.now() > end) throw new Error(`${queue} did not come to hold ${count} messages`);
      await delay(25);
    }
  }

  /** A call of the management API on something of this vhost: `path` begins behind it. */
  manage(method: string, kind: 'queues' | 'exchanges', name: string, path: string, body: unknown) {
    const vhost = encodeURIComponent(this.broker.vhost);
    const thing = encodeURIComponent(name === '' ? 'amq.default' : this.at(name));
    return this.broker.api(method, `/api/${kind}/${vhost}/${thing}${path}`, body);
  }
}
