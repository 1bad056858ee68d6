/** Which facts a user may see. The broker decides by its read permission, as regular expressions on names. */
import { journeySummary } from '../../../lib/journey/status.ts';
import { emptySummary, foldSummary, LIMIT } from '../../../lib/journey/summary.ts';
import { queueKey } from '../../../lib/model/broker.ts';
import type { BrokerEvent } from '../../../lib/model/broker-event.ts';
import type { Fact, Gap } from '../../../lib/model/fact.ts';
import type { Journey, JourneyStatus, JourneySummary } from '../../../lib/model/journey.ts';

export interface Reader {
  vhosts: readonly string[];
  mayRead(vhost: string, name: string): boolean;
}

/** A message may be seen by whoever may read a queue it went to, or bind a queue to its exchange (which needs read). */
export function maySee(reader: Reader, fact: Fact): boolean {
  if (!reader.vhosts.includes(fact.vhost)) return false;
  const may = (name: string | null | undefined) => Boolean(name) && reader.mayRead(fact.vhost, name ?? '');
  if (fact.kind === 'span') {
    const place = placeOf(fact);
    return place === null || may(place);
  }
  if (fact.queue !== undefined) return may(fact.queue);
  if (fact.replay?.fromQueue) return may(fact.replay.fromQueue);
  // the default exchange cannot be bound to: its keys name the queues
  const named = fact.exchange === '' ? (fact.routingKeys ?? []) : [fact.exchange];
  return named.some(may) || (fact.routedQueues ?? []).some(may);
}

/** The queue, or else the exchange, that a service's span names; null where it names none, as most spans do. */
function placeOf({ span }: Fact): string | null {
  if (!span?.messaging) return null;
  const { queue, exchange, routingKey, destination } = span.messaging;
  return queue || (exchange === '' ? routingKey : exchange || destination) || null;
}

/**
 * The facts of one journey that the reader may see. A span about an exchange that a visible fact tells of belongs to it:
 * who may read the queue that the message came to sees how it was sent.
 */
export function seenOf(reader: Reader, facts: readonly Fact[]): Fact[] {
  const exchanges = new Set(
    facts
      .filter((f) => f.kind !== 'span' && f.exchange && maySee(reader, f))
      .map((f) => queueKey(f.vhost, f.exchange ?? '')),
  );
  const isAbout = (fact: Fact) => {
    const place = fact.kind === 'span' && !fact.span?.messaging?.queue ? placeOf(fact) : null;
    return place !== null && exchanges.has(queueKey(fact.vhost, place));
  };
  return facts.filter((fact) => maySee(reader, fact) || isAbout(fact));
}

/** The broker quotes names of what it refused: `no queue 'orders' in vhost '/'`. */
const QUOTED = /(?:queue|exchange) '([^']*)' in vhost '/g;

/** A narrower scope names queues and exchanges of its vhost: those words are for who may change it, who sees all of them. */
export function gapsFor({ tags }: { tags: readonly string[] }, gaps: readonly Gap[]): Gap[] {
  const words = 'Only some of the exchanges and queues are captured in this vhost.';
  if (tags.includes('administrator')) return [...gaps];
  return gaps.map((gap) => (gap.kind === 'scope' ? { ...gap, reason: words } : gap));
}

/** Events about the connections and queues of these facts that name nothing which the reader may not see. */
export function eventsAbout(
  reader: Reader,
  facts: readonly Fact[],
  events: readonly BrokerEvent[],
): BrokerEvent[] {
  const connections = new Set(facts.map((fact) => fact.connection));
  const queues = new Set(
    facts.flatMap((f) => [f.queue ?? '', ...(f.routedQueues ?? [])].map((q) => queueKey(f.vhost, q))),
  );
  return events.filter((e) => {
    const isAbout =
      (e.connection !== null && connections.has(e.connection)) ||
      (e.queue !== null && queues.has(queueKey(e.vhost, e.queue)));
    if (!isAbout || !reader.vhosts.includes(e.vhost)) return false;
    const named = [
      ...(e.queue === null ? [] : [e.queue]),
      ...[...e.words.matchAll(QUOTED)].map((m) => m[1] ?? ''),
    ];
    return named.every((name) => reader.mayRead(e.vhost, name));
  });
}

/** True when nothing in the line is hidden from the reader, so that it can be shown as it was kept. */
export function seesWhole(reader: Reader, everyVhost: boolean, line: JourneySummary): boolean {
  if (!reader.vhosts.includes(line.vhost)) return false;
  const names = line.exchange ? [...line.queues, line.exchange] : line.queues;
  // queue names carry no vhost: only who sees all vhosts can be sure whose they are
  return everyVhost && names.every((name) => reader.mayRead(line.vhost, name));
}

/** True when the line may have left names out: its lists are full. */
export function mayHideNames(line: JourneySummary): boolean {
  return line.queues.length >= LIMIT || line.deaths >= LIMIT;
}

/** The line folded anew from what the reader may see; null when that is nothing. */
export function narrowed(reader: Reader, id: string, facts: readonly Fact[]): JourneySummary | null {
  const visible = seenOf(reader, facts);
  if (visible.length === 0) return null;
  const line = journeySummary(visible.reduce(foldSummary, emptySummary(id)));
  return visible.length < facts.length ? { ...line, status: partly(line.status) } : line;
}

/** With a part hidden, "in flight" would claim that nobody got it yet: that is not known. */
function partly(status: JourneyStatus): JourneyStatus {
  return status === 'in flight' ? 'unknown' : status;
}

/** A journey of which the reader sees a part only, and is told so. */
export function inPart(journey: Journey): Journey {
  return {
    ...journey,
    status: partly(journey.status),
    states: journey.states.map((s) => ({ ...s, status: partly(s.status) })),
    sentence: [
      ...journey.sentence,
      { text: ' A part of its way is hidden: it lies in queues or exchanges that you may not read.' },
    ],
  };
}
