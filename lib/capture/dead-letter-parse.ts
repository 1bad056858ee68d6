/**
 * One message that came through a dead-letter exchange to a fact of a death. Pure but for what `Republished` remembers.
 * Anybody may publish to such an exchange: without `x-death` it is no death, and with the `x-death` of an earlier one
 * (a consumer that publishes its message again, headers and all) it is none either.
 */
import { decodeProperties } from '../amqp/properties.ts';
import type { Fact } from '../model/fact.ts';
import { headerValue } from '../model/message.ts';
import { aboutMessage, type Seen } from './message-of.ts';

export interface DeadLetterCopy {
  exchange: string;
  routingKey: string;
  /** property bytes as on the wire */
  raw: Buffer;
  body: Buffer;
}

export type DeadLetterParsed = { fact: Fact } | { dropped: 'not a death' | 'death told before' };

/** x-death's time is the broker's clock: a newest death that far back was not what brought the message here now. */
const STALE_MS = 3_600_000;
const REMEMBERED = 20_000;

export function parseDeadLetter(
  copy: DeadLetterCopy,
  vhost: string,
  seen: Seen,
  republished: Republished,
): DeadLetterParsed {
  const { properties, headers } = decodeProperties(copy.raw);
  const about = aboutMessage(properties, headers, copy.body, seen);
  const death = about.deaths?.[0];
  if (!death) return { dropped: 'not a death' };
  if (death.at !== null && seen.at - death.at > STALE_MS) return { dropped: 'death told before' };
  if (republished.take({ ...about, vhost, exchange: copy.exchange })) return { dropped: 'death told before' };
  const cc = headerValue(headers, 'CC');
  const more = Array.isArray(cc) ? cc.flatMap((key) => (typeof key === 'string' ? [key] : [])) : [];
  return {
    fact: {
      ...about,
      kind: 'died',
      source: 'dead-letter-tap',
      vhost,
      exchange: copy.exchange,
      routingKeys: [copy.routingKey, ...more],
      queue: death.queue,
    },
  };
}

/**
 * Messages that clients were seen (by the firehose) to publish with an old `x-death`. The broker publishes dead letters
 * without a trace message, so each of these accounts for one copy at a dead-letter tap that is no death.
 */
export class Republished {
  readonly #waiting = new Map<string, number>();

  note(fact: Pick<Fact, 'vhost' | 'exchange' | 'fingerprint' | 'deaths'>): void {
    const key = keyOf(fact);
    if (key === null) return;
    const before = this.#waiting.get(key) ?? 0;
    this.#waiting.delete(key);
    this.#waiting.set(key, before + 1);
    if (this.#waiting.size <= REMEMBERED) return;
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined) this.#waiting.delete(oldest);
  }

  /** True once for each that was noted. */
  take(fact: Pick<Fact, 'vhost' | 'exchange' | 'fingerprint' | 'deaths'>): boolean {
    const key = keyOf(fact);
    const left = key === null ? 0 : (this.#waiting.get(key) ?? 0);
    if (key === null || left === 0) return false;
    if (left === 1) this.#waiting.delete(key);
    else this.#waiting.set(key, left - 1);
    return true;
  }
}

function keyOf(fact: Pick<Fact, 'vhost' | 'exchange' | 'fingerprint' | 'deaths'>): string | null {
  const death = fact.deaths?.[0];
  if (!death) return null;
  const { queue, reason, count, at } = death;
  return JSON.stringify([fact.vhost, fact.exchange, fact.fingerprint, queue, reason, count, at]);
}
