/** What happened on the broker and explains a step: a consumer's connection that closed, a queue that was deleted. */
import type { BrokerEvent } from '../model/broker-event.ts';
import type { Hop } from '../model/journey.ts';

/** The broker's clock and the tap's differ. */
const SKEW_MS = 2_000;
/** Without a later sign of the message its consumer's end explains something only so long after the delivery. */
const PATIENCE_MS = 30 * 60_000;

/** Puts events to the hops that they explain. `hops` with their edges; events in any order, of any vhost. */
export function putEvents(hops: readonly Hop[], events: readonly BrokerEvent[]): void {
  if (events.length === 0) return;
  const sorted = [...new Map(events.map((e) => [e.id, e])).values()].sort(
    (a, b) => a.at - b.at || (a.id < b.id ? -1 : 1),
  );
  const next = new Map<string, Hop[]>();
  for (const hop of hops)
    for (const from of hop.from) {
      const list = next.get(from);
      if (list) list.push(hop);
      else next.set(from, [hop]);
    }
  for (const hop of hops) {
    const after = next.get(hop.id) ?? [];
    if (hop.kind === 'delivery') consumerLost(hop, after, next, sorted);
    if (hop.kind === 'queue' && after.length === 0) queueDeleted(hop, sorted);
  }
}

/** The connection (or a channel of it) on which a delivery was held went away before the message was seen again. */
function consumerLost(
  delivery: Hop,
  after: readonly Hop[],
  next: ReadonlyMap<string, Hop[]>,
  events: readonly BrokerEvent[],
): void {
  const { at, connection } = delivery;
  if (at === null || connection === null || after.some((h) => h.kind === 'settlement')) return;
  const retry = after.find((h) => h.kind === 'retry' && h.reason === 'requeued');
  if (!retry && after.some((h) => h.kind !== 'publish')) return;
  const again = retry ? (next.get(retry.id)?.[0]?.at ?? null) : at + PATIENCE_MS;
  const own = events.filter(
    (e) => e.connection === connection && e.at >= at - SKEW_MS && (again === null || e.at <= again + SKEW_MS),
  );
  const closed =
    own.find((e) => e.kind === 'connection.closed') ?? own.find((e) => e.kind === 'channel.closed');
  if (!closed) return;
  const hop = retry ?? delivery;
  hop.events.push(closed);
  const what =
    closed.kind === 'channel.closed' ? 'A channel of its consumer’s connection' : 'Its consumer’s connection';
  hop.why = retry
    ? `${what} closed while it held the message, and the next delivery says redelivered: ${closed.words}`
    : `${hop.why} ${what} closed after that (${closed.words}): had it not acked, the message went back to the queue.`;
  if (retry) retry.at = Math.max(at, Math.min(closed.at, again ?? closed.at));
}

/** It lay in the queue when that was deleted: nothing dead-letters what a deleted queue held. */
function queueDeleted(wait: Hop, events: readonly BrokerEvent[]): void {
  const { at } = wait;
  const deleted = events.find(
    (e) =>
      e.kind === 'queue.deleted' &&
      e.queue === wait.queue &&
      e.vhost === wait.vhost &&
      at !== null &&
      e.at >= at - SKEW_MS,
  );
  if (!deleted || at === null) return;
  wait.until = Math.max(at, deleted.at);
  wait.events.push(deleted);
  wait.why += ' The queue was deleted while it lay there, and what a deleted queue holds is gone.';
}

/** The queue was deleted with the message in it: it waits no longer. */
export function isLost(hop: Hop): boolean {
  return hop.kind === 'queue' && hop.events.some((e) => e.kind === 'queue.deleted');
}
