/**
 * A message that a service publishes again itself, under the same message ID: round a retry queue of its own, or into a
 * dead-letter queue without the broker's help. No x-death tells of it.
 *
 *   ▭work ─● delivery 1 ─ (retry) ─ ● publish ─▶ ▭work.retry ─ …
 */
import type { Hop } from '../model/journey.ts';
import type { Copy } from './copies.ts';
import { leadsTo } from './order.ts';
import type { Made, Parks, Way } from './way.ts';
import { why } from './why.ts';

/** Joins each publish but the first to the delivery before it, and says whether it came back or was parked. */
export function addRepublished(way: Way, copy: Copy, parks?: Parks): void {
  const made = way.publishes.get(copy) ?? [];
  const [first] = made;
  if (!first) return;
  if (made.length === 1 && !copy.stays.some((s) => s.deliveries.some((d) => d.at < (first.hop.at ?? 0))))
    return;
  const deliveries = copy.stays
    .flatMap((stay) => way.deliveryHops.get(stay) ?? [])
    .map(({ hop }) => hop)
    .sort((a, b) => (a.at ?? 0) - (b.at ?? 0) || (a.id < b.id ? -1 : 1));
  made.forEach((one, i) => {
    const delivery = cameFrom(deliveries, one.hop);
    if (!delivery || (one !== first && sentTwice(first, one, delivery))) return;
    const byId = new Map(way.hops.map((h) => [h.id, h]));
    if (one.hop.kind !== 'publish' || leadsTo(one.hop, delivery, byId)) return;
    const parked = parks ? one.hop.routedQueues.find((queue) => parks(one.hop.vhost, queue)) : undefined;
    const step =
      parked !== undefined
        ? end(way, copy, i, one, delivery, parked)
        : cameBack(copy, one, delivery)
          ? retry(way, copy, i, one, delivery)
          : delivery;
    one.hop.from.push(step.id);
    one.hop.why += ' A message of this ID had been delivered before: a service published it again.';
  });
}

/** The delivery that was published again: to the very client that published it, else the latest before it. */
function cameFrom(deliveries: readonly Hop[], { connection, at }: Hop): Hop | undefined {
  const before = deliveries.filter((d) => (d.at ?? 0) < (at ?? 0));
  return before.findLast((d) => connection !== null && d.connection === connection) ?? before.at(-1);
}

/** The publisher itself sent it a second time, for want of a confirm for example. */
function sentTwice(first: Made, again: Made, delivery: Hop): boolean {
  const { connection } = again.hop;
  return connection !== null && connection === first.hop.connection && connection !== delivery.connection;
}

/** It went into the queue of that delivery, or later came there out of one that this publish reached. */
function cameBack(copy: Copy, { hop }: Made, delivery: Hop): boolean {
  if (hop.routedQueues.includes(delivery.queue ?? '')) return true;
  return copy.stays.some(
    (stay) =>
      stay.queue === delivery.queue &&
      stay.deliveries.some(
        (d) => d.at > (hop.at ?? 0) && d.deaths?.some((death) => hop.routedQueues.includes(death.queue)),
      ),
  );
}

function retry(way: Way, copy: Copy, i: number, { publish, hop }: Made, delivery: Hop): Hop {
  return way.add('retry', [copy.replayId, 'republished', i], publish.fact, {
    source: hop.source,
    provenance: 'inferred',
    why: why.republished(),
    from: [delivery.id],
    queue: delivery.queue,
    reason: 'republished',
  });
}

function end(way: Way, copy: Copy, i: number, { publish, hop }: Made, delivery: Hop, parked: string): Hop {
  return way.add('death', [copy.replayId, 'parked', i], publish.fact, {
    source: hop.source,
    provenance: 'inferred',
    why: why.parked(parked),
    from: [delivery.id],
    queue: delivery.queue,
    reason: 'parked',
    error: publish.fact.error ?? null,
  });
}
