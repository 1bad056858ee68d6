/**
 * Which of the messages in flight came back. A copy of a replay bears its own `x-replay-id`; a moved message bears what it
 * bore before, so it is told by its content. That is compared without order, of doubled names by the first: so 4.x gives headers
 * back, where 3.10 gives the bytes as they were sent.
 */
import { createHash } from 'node:crypto';
import type { Message } from 'amqplib';
import { decodeProperties, rawProperties } from '../amqp/properties.ts';

/** Names one publish; those that share it cannot be told apart, and need not be. */
export type Mark = string;

export class Returns {
  readonly #inFlight = new Map<Mark, number>();
  readonly #came = new Map<Mark, string[]>();

  /** Before it is published; `replayId` is its row's. */
  sent(raw: Buffer, body: Buffer, replayId: string): Mark {
    const mark = raw.includes(replayId) ? `id ${replayId}` : contentOf(raw, body);
    this.#inFlight.set(mark, (this.#inFlight.get(mark) ?? 0) + 1);
    return mark;
  }

  /** False when it is none of those in flight: then nobody can say which of several it was. */
  came(message: Message, words: string): boolean {
    const id: unknown = message.properties.headers?.['x-replay-id'];
    const raw = rawProperties(message);
    const marks = [`id ${String(id)}`, ...(raw ? [contentOf(raw, message.content)] : [])];
    const [only] = this.#inFlight.size === 1 ? this.#inFlight.keys() : [];
    const mark = marks.find((m) => this.#inFlight.has(m)) ?? only;
    if (mark === undefined) return false;
    this.#came.set(mark, [...(this.#came.get(mark) ?? []), words]);
    return true;
  }

  /** At its answer, which follows its return: the words of the return, or null when it did not come back. */
  answered(mark: Mark): string | null {
    const left = (this.#inFlight.get(mark) ?? 1) - 1;
    if (left > 0) this.#inFlight.set(mark, left);
    else this.#inFlight.delete(mark);
    const came = this.#came.get(mark);
    const words = came?.shift() ?? null;
    if (came?.length === 0) this.#came.delete(mark);
    return words;
  }
}

function contentOf(raw: Buffer, body: Buffer): Mark {
  const { properties, headers } = decodeProperties(raw);
  const once = new Map<string, string>();
  for (const { name, value } of headers) if (!once.has(name)) once.set(name, JSON.stringify(value));
  const parts = [...once].sort(([a], [b]) => (a < b ? -1 : 1));
  const head = JSON.stringify([properties, parts, body.length]);
  return `content ${createHash('sha256').update(head).update(body).digest('base64')}`;
}
