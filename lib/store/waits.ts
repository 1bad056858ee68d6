/**
 * From a publish to the first delivery out of each queue that it was routed to. A wait is what is known of one publish
 * until it is measured in each of its queues; waits are kept with their journey, so that a restart loses none. Pure.
 *
 *   publish ──────────── delivery from a          measured: a
 *      └──────────────────────── delivery from b  measured: b, the wait is over
 */
import { messageOf } from '../journey/summary.ts';
import type { Fact } from '../model/fact.ts';

export interface Wait {
  /** The message and the copy of it: a replay's copy is waited for by itself. */
  message: string;
  /** ms since 1970 of the publish; null while only deliveries were seen, which may come in a moment before it. */
  at: number | null;
  /** Queues still waited for; once `at` is null those it was delivered from, with when. */
  queues: [name: string, deliveredAt: number | null][];
}

export interface Measured {
  vhost: string;
  queue: string;
  /** ms since 1970 of the delivery. */
  at: number;
  ms: number;
}

/** Most waits kept for one journey, the latest; the others stay unmeasured. */
const MOST_WAITS = 32;
const MOST_QUEUES = 32;
/** ms that the tap may tell of a delivery before it tells of the publish. */
const EARLY_MS = 10_000;

/** What a fact measures; `waits` is changed. */
export function measure(waits: Wait[], fact: Fact): Measured[] {
  if (fact.source !== 'firehose') return [];
  if (fact.kind === 'published') return published(waits, fact);
  // A message with deaths behind it was published again by the broker; a redelivery is not the first.
  if (fact.kind === 'delivered' && !fact.redelivered && !fact.deaths?.length && fact.queue !== undefined)
    return delivered(waits, fact, fact.queue);
  return [];
}

function published(waits: Wait[], fact: Fact): Measured[] {
  const message = keyOf(fact);
  let queues = [...new Set(fact.routedQueues ?? [])].slice(0, MOST_QUEUES);
  const measured: Measured[] = [];
  dropLate(waits, fact.at);
  for (const early of waits.filter((w) => w.at === null && w.message === message)) {
    const [queue, at] = early.queues[0] ?? [];
    if (queue === undefined || at == null || !queues.includes(queue)) continue;
    queues = queues.filter((q) => q !== queue);
    waits.splice(waits.indexOf(early), 1);
    measured.push(measuredOf(fact.vhost, queue, fact.at, at));
  }
  if (queues.length > 0) keep(waits, { message, at: fact.at, queues: queues.map((q) => [q, null]) });
  return measured;
}

function delivered(waits: Wait[], fact: Fact, queue: string): Measured[] {
  const message = keyOf(fact);
  // the oldest first: the same content may have been published twice without an ID
  const wait = waits.find(
    (w) => w.at !== null && w.message === message && w.queues.some(([q]) => q === queue),
  );
  if (!wait || wait.at === null) {
    dropLate(waits, fact.at);
    keep(waits, { message, at: null, queues: [[queue, fact.at]] });
    return [];
  }
  wait.queues = wait.queues.filter(([q]) => q !== queue);
  if (wait.queues.length === 0) waits.splice(waits.indexOf(wait), 1);
  return [measuredOf(fact.vhost, queue, wait.at, fact.at)];
}

/** Deliveries whose publish would have come by now: nobody saw it. */
function dropLate(waits: Wait[], now: number): void {
  const late = waits.filter((w) => w.at === null && (w.queues[0]?.[1] ?? 0) < now - EARLY_MS);
  for (const wait of late) waits.splice(waits.indexOf(wait), 1);
}

function keep(waits: Wait[], wait: Wait): void {
  waits.push(wait);
  if (waits.length > MOST_WAITS) waits.shift();
}

function keyOf(fact: Fact): string {
  return `${messageOf(fact)} ${fact.ids.replayId ?? ''}`;
}

function measuredOf(vhost: string, queue: string, publishedAt: number, deliveredAt: number): Measured {
  return { vhost, queue, at: deliveredAt, ms: Math.max(0, deliveredAt - publishedAt) };
}
