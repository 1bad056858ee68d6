/**
 * Why consumers went, as the broker's events and its log tell it. A whole fleet goes at one reading, and each of it is asked
 * about at each of the next few: what was told in that time is read and sorted once for them all.
 */

import type { GoneConsumer } from '../model/broker.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import type { FactReader } from '../store/facts.ts';
import { type Ending, type GoneWords, goneWords } from './gone-words.ts';

/** What was told of an end; `words` and `check` as in GoneConsumer's `reason` and `check`. */
export interface Why extends Pick<GoneConsumer, 'cause' | 'code' | 'source' | 'check'> {
  words: GoneWords['reason'];
}

/** Our clock and the broker’s differ. */
const CLOCKS_MS = 30_000;
const MOST_EVENTS = 2_000;
/** Shorter than the pace of readings: the next one hears what was told since. */
const KEPT_MS = 250;

interface Told {
  /** By connection, queue and tag. */
  consumers: Map<string, BrokerEvent[]>;
  /** By connection; what the log told of it or of a channel, and the bare end. */
  connections: Map<string, BrokerEvent[]>;
  queues: Map<string, BrokerEvent[]>;
  nodes: BrokerEvent[];
}

/**
 * `clock`: ms since 1970. What it answers gives null where nothing was told. `node`: which took it along, where it
 * went as `broker`, or where its connection was.
 */
export function createWhyGone(
  facts: Pick<FactReader, 'events'>,
  clock: () => number,
): (one: GoneConsumer, node: string | null) => Why | null {
  const read = new Map<string, Told>();
  let readAt = 0;
  return (one, node) => {
    if (clock() - readAt > KEPT_MS) {
      read.clear();
      readAt = clock();
    }
    const { vhost, lastSeenAt, goneAt } = one;
    const key = JSON.stringify([vhost, lastSeenAt, goneAt]);
    const told =
      read.get(key) ?? sorted(facts.events([vhost], lastSeenAt - CLOCKS_MS, goneAt + CLOCKS_MS, MOST_EVENTS));
    read.set(key, told);
    const event = eventOf(told, one, node);
    return event ? whyOf(event, one) : null;
  };
}

/** The end of the consumer itself is joined with the log's reason already; but the log may have come too late for that. */
function eventOf(told: Told, one: GoneConsumer, node: string | null): BrokerEvent | null {
  const own = nearest(told.consumers.get(consumerKey(one.connection, one.queue, one.tag)), one);
  if (own && !own.deduced) return own;
  const ends = told.connections.get(one.connection) ?? [];
  const faults = ends.filter((e) => e.source === 'log' && e.cause !== 'client closed');
  const fault =
    nearest(
      faults.filter((e) => e.kind === 'connection.closed'),
      one,
    ) ??
    nearest(
      faults.filter((e) => e.kind === 'channel.closed' && e.words.startsWith(`Channel ${one.channel} `)),
      one,
    );
  if (fault) return fault;
  if (one.how === 'broker')
    return nearest(
      told.nodes.filter((e) => e.node === node),
      one,
    );
  // it went with the queue; what its client did after that is no cause
  if (one.how === 'queue-deleted') return own ?? nearest(told.queues.get(one.queue), one);
  return (
    own ??
    nearest(
      ends.filter((e) => e.kind === 'connection.closed'),
      one,
    ) ??
    // a node that dies tells no ends; its peers tell that it died before they list it as down
    nearest(one.how === 'connection' ? told.nodes.filter((e) => e.node === node) : [], one)
  );
}

function sorted(events: readonly BrokerEvent[]): Told {
  const told: Told = { consumers: new Map(), connections: new Map(), queues: new Map(), nodes: [] };
  for (const e of events) {
    if (e.cause === undefined) continue;
    if (e.kind === 'consumer.deleted')
      add(told.consumers, consumerKey(e.connection ?? '', e.queue ?? '', e.consumerTag ?? ''), e);
    else if (e.kind === 'queue.deleted') add(told.queues, e.queue ?? '', e);
    else if (e.kind === 'node.stopped') told.nodes.push(e);
    else if (e.connection !== null) add(told.connections, e.connection, e);
  }
  return told;
}

/** A name or a channel's number may be used again: the one nearest to the time in which it went. */
function nearest(events: readonly BrokerEvent[] | undefined, one: GoneConsumer): BrokerEvent | null {
  const far = ({ at }: BrokerEvent) => Math.max(one.lastSeenAt - at, at - one.goneAt, 0);
  const [first, ...rest] = events ?? [];
  return first ? rest.reduce((best, e) => (far(e) <= far(best) ? e : best), first) : null;
}

function whyOf(e: BrokerEvent, one: GoneConsumer): Why | null {
  if (e.cause === undefined) return null;
  const by = e.kind === 'queue.deleted' ? e.user : null;
  const ending: Ending = {
    cause: e.cause,
    code: e.code ?? null,
    source: e.deduced ? 'deduced' : 'told',
    text: e.text ?? by,
    node: e.node,
  };
  const { reason, check } = goneWords(ending, one);
  return { cause: ending.cause, code: ending.code, source: ending.source, words: reason, check };
}

function consumerKey(connection: string, queue: string, tag: string): string {
  return JSON.stringify([connection, queue, tag]);
}

function add(map: Map<string, BrokerEvent[]>, key: string, event: BrokerEvent): void {
  const list = map.get(key);
  if (list) list.push(event);
  else map.set(key, [event]);
}
