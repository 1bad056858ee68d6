/**
 * Consumers that come and go again and again. A consumer that comes back has another connection and often another tag: it is
 * known again by queue, user, host, client and the shape of its name. Pure.
 */
import type { Consumer, GoneConsumer } from '../model/broker.ts';

export const FLAP_MS = 600_000;
const COME = 3;
const STAY = 2;

export interface Flaps {
  /** Times in the last 10 minutes that such a one came and went. */
  times: number;
  /** When the first of them went, ms since 1970. */
  firstAt: number;
  /** The newest of them. */
  last: GoneConsumer;
  /** Connections by which such ones are there now: as many may go once each when a service is deployed. */
  peers: number;
}

/**
 * By `identityOf`. `cameAt`: when one that went had come, ms since 1970; null: before anybody looked, or not known.
 * One connection that takes several consumers with it went once. What the broker itself ended is not counted.
 */
export function flapsOf(
  gone: readonly GoneConsumer[],
  there: Iterable<Consumer>,
  cameAt: (one: GoneConsumer) => number | null,
  now: number,
): Map<string, Flaps> {
  const flaps = new Map<string, Flaps & { ends: Set<string> }>();
  for (const one of gone) {
    const came = one.goneAt > now - FLAP_MS && !isTheBrokers(one) ? cameAt(one) : null;
    if (came === null || came <= now - FLAP_MS) continue;
    const key = identityOf(one);
    const known = flaps.get(key);
    const ends = known?.ends ?? new Set<string>();
    ends.add(`${one.connection} ${one.goneAt}`);
    flaps.set(key, {
      times: ends.size,
      firstAt: Math.min(one.goneAt, known?.firstAt ?? one.goneAt),
      last: known && known.last.goneAt >= one.goneAt ? known.last : one,
      peers: 0,
      ends,
    });
  }
  for (const [key, { times }] of flaps) if (times < STAY) flaps.delete(key);
  if (flaps.size === 0) return flaps;
  const queues = new Set([...flaps.values()].map((f) => f.last.queue));
  const peers = new Map<string, Set<string>>();
  for (const c of there) {
    if (!queues.has(c.queue)) continue;
    const key = identityOf(c);
    if (flaps.has(key)) peers.set(key, (peers.get(key) ?? new Set()).add(c.connection));
  }
  for (const [key, f] of flaps) f.peers = peers.get(key)?.size ?? 0;
  return flaps;
}

/** `already`: it was said at the reading before; it takes less to stay than to come. */
export function isFlapping({ times, peers }: Flaps, already: boolean): boolean {
  return already ? times >= Math.max(STAY, peers) : times >= Math.max(COME, peers + 1);
}

export function identityOf(
  c: Pick<Consumer, 'vhost' | 'queue' | 'user' | 'peer' | 'client' | 'tag'>,
): string {
  const host = c.peer?.replace(/:\d+$/, '') ?? '';
  const name = c.client.name ?? (c.tag.startsWith('amq.ctag-') ? '' : c.tag);
  return [c.vhost, c.queue, c.user ?? '', host, c.client.product ?? '', shapeOf(name)].join('\u0000');
}

/** Names and tags with a random or counted part differ each time: `rabbitConnectionFactory#5e8a459:0`. */
function shapeOf(name: string): string {
  return name.replace(/[0-9a-f-]{6,}|\d+/gi, '#');
}

function isTheBrokers({ cause }: GoneConsumer): boolean {
  return cause === 'queue deleted' || cause === 'node restarted' || cause === 'broker away';
}
