/** Messages that cause messages: which delivery led to a publish, where no span says so. Told by evidence, marked as such. */
import type { Hop } from '../model/journey.ts';
import { leadsTo } from './order.ts';

/**
 * Gives publishes that nothing leads to yet the delivery that they answer, repeat, or follow on the same connection, the
 * surest first. The publish says why.
 */
export function linkMessages(hops: readonly Hop[]): void {
  const byId = new Map(hops.map((h) => [h.id, h]));
  const deliveries = hops.filter((h) => h.kind === 'delivery' && h.at !== null).sort(byTime);
  const publishes = hops
    .filter(
      (h) => h.kind === 'publish' && h.at !== null && h.from.length === 0 && h.provenance === 'observed',
    )
    .sort(byTime);
  if (publishes.length === 0 || deliveries.length === 0) return;
  const replies = listsBy(deliveries, (d) => keyOfReply(d.message?.properties.replyTo, d.ids.correlationId));
  const copies = listsBy(deliveries, contentOf);
  const connections = listsBy(deliveries, (d) => d.connection);
  for (const publish of publishes) {
    const link = (lists: Map<string, Hop[]>, key: string | null, why: string): boolean => {
      const delivery = key === null ? undefined : latestBefore(lists.get(key) ?? [], publish);
      if (!delivery || leadsTo(publish, delivery, byId)) return false;
      if (lists === copies && senderOf(delivery, byId) === publish.connection) return false;
      publish.from.push(delivery.id);
      publish.why += ` ${why}`;
      return true;
    };
    const asked =
      publish.exchange === '' ? keyOfReply(publish.routingKeys[0], publish.ids.correlationId) : null;
    if (
      link(
        replies,
        asked,
        'It answers the message delivered before: its key is that one’s reply-to, its correlation ID the same.',
      )
    )
      continue;
    if (
      link(
        copies,
        contentOf(publish),
        'It has the body and the correlation ID of a message delivered before: taken for its copy.',
      )
    )
      continue;
    link(
      connections,
      publish.connection,
      'It came on the connection that had been handed that message before: taken for its consequence.',
    );
  }
}

/** The connection of the publish that led to the delivery: who sent the one may have sent the other, too. */
function senderOf(delivery: Hop, byId: ReadonlyMap<string, Hop>): string | null {
  let hop: Hop | undefined = delivery;
  for (let step = 0; hop && hop.kind !== 'publish' && step < 64; step++) hop = byId.get(hop.from[0] ?? '');
  return hop?.kind === 'publish' ? hop.connection : null;
}

function keyOfReply(replyTo: string | undefined, correlationId: string | undefined): string | null {
  return replyTo && correlationId ? JSON.stringify([replyTo, correlationId]) : null;
}

/** A body that is kept whole and long enough to be no coincidence, with the correlation ID. */
function contentOf({ message, ids }: Hop): string | null {
  const body = message?.body;
  if (!body?.data || body.truncated || body.size < 16 || !ids.correlationId) return null;
  return JSON.stringify([ids.correlationId, body.data]);
}

/** The latest of `sorted` that came before the publish. */
function latestBefore(sorted: readonly Hop[], publish: Hop): Hop | undefined {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle]?.at ?? 0) < (publish.at ?? 0)) low = middle + 1;
    else high = middle;
  }
  return sorted[low - 1];
}

function listsBy(hops: readonly Hop[], key: (hop: Hop) => string | null): Map<string, Hop[]> {
  const lists = new Map<string, Hop[]>();
  for (const hop of hops) {
    const name = key(hop);
    if (name === null) continue;
    const list = lists.get(name);
    if (list) list.push(hop);
    else lists.set(name, [hop]);
  }
  return lists;
}

function byTime(a: Hop, b: Hop): number {
  return (a.at ?? 0) - (b.at ?? 0) || (a.id < b.id ? -1 : 1);
}
