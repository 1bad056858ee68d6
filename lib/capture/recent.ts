/**
 * Tells a message that comes again from one that only looks like it. When the connection of a quorum tap is lost, the
 * broker gives the next one all that it has no acknowledgement of, also what was taken and stored meanwhile.
 */
import { hash } from 'node:crypto';

export class Recent {
  readonly #limit: number;
  /** How often each was taken, oldest first. */
  readonly #taken = new Map<string, number>();
  readonly #order: string[] = [];

  /** `limit`: how many are remembered; at least what may be unacknowledged. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  note(properties: Buffer, body: Buffer): void {
    const key = keyOf(properties, body);
    this.#taken.set(key, (this.#taken.get(key) ?? 0) + 1);
    this.#order.push(key);
    if (this.#order.length < 2 * this.#limit) return;
    for (const old of this.#order.splice(0, this.#limit)) this.#less(old);
  }

  /** Whether this redelivered message was taken before; each that was answers for one redelivery. */
  had(properties: Buffer, body: Buffer): boolean {
    const key = keyOf(properties, body);
    const had = this.#taken.has(key);
    this.#less(key);
    return had;
  }

  #less(key: string): void {
    const count = this.#taken.get(key) ?? 0;
    if (count > 1) this.#taken.set(key, count - 1);
    else this.#taken.delete(key);
  }
}

function keyOf(properties: Buffer, body: Buffer): string {
  return hash('sha1', Buffer.concat([properties, body]), 'base64');
}
