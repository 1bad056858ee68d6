/** Which deliveries of one channel can be acknowledged together: all up to a tag, as far as none between is to stay. */
import type { ConsumeMessage } from 'amqplib';

export class Acks {
  /** Every tag from 1 to this one is acknowledged, or waits to be. */
  #whole = 0;
  /** Those beyond the first gap; and those behind a message that stays. */
  readonly #beyond = new Set<number>();
  readonly #late = new Set<number>();
  #waiting: number[] = [];
  #firstHeld = Number.POSITIVE_INFINITY;

  /** Delivery tags count up by one on a channel, whatever its consumers. */
  add(tag: number): void {
    this.#waiting.push(tag);
    // nothing behind a message that stays can ever join
    if (tag > this.#firstHeld) {
      this.#late.add(tag);
      return;
    }
    this.#beyond.add(tag);
    while (this.#beyond.delete(this.#whole + 1)) this.#whole++;
  }

  /** This one stays unacked until its channel closes. */
  hold(tag: number): void {
    this.#firstHeld = Math.min(this.#firstHeld, tag);
  }

  /** The last tag up to `end` that is not acknowledged; 0: all are. */
  lastOpen(end: number): number {
    let tag = end;
    while (tag > this.#whole && (this.#beyond.has(tag) || this.#late.has(tag))) tag--;
    return tag > this.#whole ? tag : 0;
  }

  /** What is to be acknowledged now: all up to `through` in one method, and `single` one by one. `through` is unacked itself. */
  take(): { through: number | null; single: number[] } {
    let through: number | null = null;
    const single: number[] = [];
    for (const tag of this.#waiting) {
      if (tag > this.#whole) single.push(tag);
      else if (through === null || tag > through) through = tag;
    }
    this.#waiting = [];
    return { through, single };
  }
}

/** As much of a message as amqplib needs to settle all up to its tag. */
export function tagged(deliveryTag: number): ConsumeMessage {
  return {
    content: Buffer.alloc(0),
    fields: { consumerTag: '', deliveryTag, redelivered: false, exchange: '', routingKey: '' },
    properties: {
      contentType: undefined,
      contentEncoding: undefined,
      headers: {},
      deliveryMode: undefined,
      priority: undefined,
      correlationId: undefined,
      replyTo: undefined,
      expiration: undefined,
      messageId: undefined,
      timestamp: undefined,
      type: undefined,
      userId: undefined,
      appId: undefined,
      clusterId: undefined,
    },
  };
}
