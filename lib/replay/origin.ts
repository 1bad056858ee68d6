/** Where a dead letter came from, and where its copy goes. */
import type { Death } from '../model/death.ts';
import type { ReplayTarget } from '../model/replay.ts';

export interface Origin {
  queue: string;
  /** What it is read from, in words: shown, so that a wrong guess can be seen. */
  evidence: string;
}

/** The queue of the latest death: the broker puts the newest first. Null when the message never died. */
export function originOf(deaths: readonly Death[]): Origin | null {
  const [last] = deaths;
  if (!last) return null;
  const first = deaths.at(-1);
  const before = first && first !== last ? `; it first died in ${first.queue} (${first.reason})` : '';
  return { queue: last.queue, evidence: `x-death: last died in ${last.queue} (${last.reason})${before}` };
}

export interface Address {
  exchange: string;
  routingKey: string;
}

/** The exchange and key of one copy, or why this message has none. */
export function addressOf(target: ReplayTarget, deaths: readonly Death[]): Address | { cannot: string } {
  if (target.kind === 'queue') return { exchange: '', routingKey: target.queue };
  const [last] = deaths;
  if (target.kind === 'origin')
    return last
      ? { exchange: '', routingKey: last.queue }
      : { cannot: 'It carries no x-death, so where it came from is not known. Choose a queue for it.' };
  const key = target.routingKey ?? last?.routingKeys[0];
  return key === undefined
    ? { cannot: 'It carries no x-death, so its routing key is not known. Choose a routing key for it.' }
    : { exchange: target.exchange, routingKey: key };
}

export function sameAddress(a: Address, b: Address): boolean {
  return a.exchange === b.exchange && a.routingKey === b.routingKey;
}
