/**
 * Why consumers went, as the broker's log tells it. A whole fleet goes at one reading, and each of it is asked about at
 * each of the next few: what was told in that time is read once for them all.
 */

import type { GoneConsumer } from '../model/broker.ts';
import { type BrokerEvent, whyEnded } from '../model/broker-event.ts';
import type { FactReader } from '../store/facts.ts';

/** Our clock and the broker’s differ. */
const CLOCKS_MS = 30_000;
const MOST_EVENTS = 2_000;
/** Shorter than the pace of readings: the next one hears what the log has told since. */
const KEPT_MS = 250;

/** `clock`: ms since 1970. What it answers gives null where the log says nothing. */
export function createWhyGone(
  facts: Pick<FactReader, 'events'>,
  clock: () => number,
): (one: Pick<GoneConsumer, 'vhost' | 'connection' | 'channel' | 'lastSeenAt' | 'goneAt'>) => string | null {
  const read = new Map<string, BrokerEvent[]>();
  let readAt = 0;
  return ({ vhost, connection, channel, lastSeenAt, goneAt }) => {
    if (clock() - readAt > KEPT_MS) {
      read.clear();
      readAt = clock();
    }
    const key = JSON.stringify([vhost, lastSeenAt, goneAt]);
    const events =
      read.get(key) ?? facts.events([vhost], lastSeenAt - CLOCKS_MS, goneAt + CLOCKS_MS, MOST_EVENTS);
    read.set(key, events);
    return whyEnded(events, connection, channel);
  };
}
