/** Where a dead letter came from, and where its copy goes. */
import { headerValue } from '../model/message.ts';
import type { ReplayTarget } from '../model/replay.ts';
import type { Letter } from './letter.ts';

type Died = Pick<Letter, 'deaths' | 'headers'>;

export interface Origin {
  /** Where it died last. */
  queue: string;
  /** Where it died first. */
  first: string;
  /** What both are read from, in words: shown, so that a wrong guess can be seen. */
  evidence: string;
}

/**
 * The queues of the latest death (the broker puts the newest first) and of the first. Null when the message never died.
 * In a retry loop the broker counts up and reorders the entries of `x-death`, so the oldest entry need not be the first
 * death: `x-first-death-queue`, written once, is.
 */
export function originOf({ deaths, headers }: Died): Origin | null {
  const [last] = deaths;
  if (!last) return null;
  const header = headerValue(headers, 'x-first-death-queue');
  const named = typeof header === 'string' && header !== '';
  const first = named ? header : (deaths.at(-1)?.queue ?? last.queue);
  const why = headerValue(headers, 'x-first-death-reason');
  const reason = typeof why === 'string' ? why : deaths.findLast((d) => d.queue === first)?.reason;
  const source = named ? 'x-first-death-queue' : 'oldest entry of x-death';
  const before =
    first === last.queue ? '' : `; it died first in ${first}${reason ? ` (${reason})` : ''}, by ${source}`;
  return {
    queue: last.queue,
    first,
    evidence: `x-death: it died last in ${last.queue} (${last.reason})${before}`,
  };
}

export interface Address {
  exchange: string;
  routingKey: string;
}

/** The exchange and key of one copy, or why this message has none. */
export function addressOf(target: ReplayTarget, letter: Died): Address | { cannot: string } {
  if (target.kind === 'queue') return { exchange: '', routingKey: target.queue };
  if (target.kind === 'origin' || target.kind === 'first origin') {
    const origin = originOf(letter);
    return origin
      ? { exchange: '', routingKey: target.kind === 'origin' ? origin.queue : origin.first }
      : { cannot: 'It carries no x-death, so where it came from is not known. Choose a queue for it.' };
  }
  const key = target.routingKey ?? letter.deaths[0]?.routingKeys[0];
  return key === undefined
    ? { cannot: 'It carries no x-death, so its routing key is not known. Choose a routing key for it.' }
    : { exchange: target.exchange, routingKey: key };
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.exchange === b.exchange && a.routingKey === b.routingKey;
}
