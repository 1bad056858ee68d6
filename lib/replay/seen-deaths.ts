/** Whether anybody would know that a copy died out of its target: by a dead-letter tap, by reading the dead letters, or in no way. */
import type { Snapshot } from '../model/broker.ts';
import { route } from '../model/topology.ts';
import { findQueue, rulesOf } from './queue-facts.ts';

/** How far a vhost is listened to. */
export interface TapView {
  /** Deliveries out of this queue are heard. */
  hears: (queue: string) => boolean;
  /** Dead letters through this exchange are seen. */
  seesDeaths: (exchange: string) => boolean;
  /** Why not all is heard, in words; null when it is. */
  hides: string | null;
}

/** More dead letters are not read through to look for a copy. */
export const MOST_LOOKED = 1_000;

export interface Deaths {
  by: 'tap' | 'reading' | 'nobody' | 'nothing dies';
  /** By reading: the queues where its dead letters go. */
  queues: string[];
}

/**
 * `own`: a queue that only we read now. Others are read only while nobody takes from them, and none whose reading would cost
 * its messages a life.
 */
export function deathsOf(
  snapshot: Snapshot | null,
  tap: TapView | null,
  vhost: string,
  name: string,
  own: string,
): Deaths {
  const queue = snapshot && findQueue(snapshot, vhost, name);
  if (!snapshot || !queue) return { by: 'nobody', queues: [] };
  if (!queue.deadLetter) return { by: 'nothing dies', queues: [] };
  const { exchange, routingKey } = queue.deadLetter;
  if (tap?.seesDeaths(exchange)) return { by: 'tap', queues: [] };
  const { queues } = route(snapshot, vhost, exchange, [routingKey ?? name]);
  const readable = queues.every((dead) => {
    const found = findQueue(snapshot, vhost, dead);
    if (!found || found.type === 'stream' || rulesOf(snapshot, found).level !== 'none') return false;
    return dead === own || found.consumers === 0;
  });
  return queues.length > 0 && readable ? { by: 'reading', queues } : { by: 'nobody', queues: [] };
}
