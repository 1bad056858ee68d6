/** What ends a message's time in a queue, beside its death: a replay that took it out, its consumer being done with it. */
import type { Copy } from './copies.ts';
import { byTime, seenBy } from './hop.ts';
import { leadsTo } from './order.ts';
import type { Way } from './way.ts';
import { why } from './why.ts';

/** A replay's copy comes from the queue that the replay read. */
export function addReplays(way: Way, copy: Copy): void {
  if (copy.replays.length === 0) return;
  const byId = new Map(way.hops.map((h) => [h.id, h]));
  for (const [stay, queue] of way.queueHops) {
    const { replay } = stay;
    if (!replay || !copy.replays.includes(replay)) continue;
    const made = way.publishes.get(copy) ?? [];
    const hop = made.find((p) => p.publish.replay === replay)?.hop;
    if (!hop) continue;
    const last = way.deliveryHops.get(stay)?.at(-1)?.hop;
    const from = last ?? queue;
    if (!leadsTo(hop, from, byId)) hop.from.push(from.id);
  }
}

/**
 * A consumer's end, under the delivery it belongs to: the one that `ended` names, else the latest one of its queue that
 * had begun. A consumer's span that ended well while the message came back or died all the same settled nothing.
 */
export function addSettled(way: Way, copy: Copy, ended?: ReadonlyMap<string, string>): void {
  copy.settled.forEach((fact, i) => {
    const known = ended?.get(fact.id);
    const all = copy.stays
      .filter((s) => s.queue === fact.queue || fact.queue === undefined)
      .flatMap((stay) =>
        (way.deliveryHops.get(stay) ?? []).map((d, nth, { length }) => ({
          ...d,
          stay,
          last: nth === length - 1,
        })),
      );
    const begun = all
      .filter(({ hop }) => hop.until === null && (hop.at ?? 0) <= fact.at + 1_000)
      .sort((a, b) => byTime(a.fact, b.fact));
    const of = known === undefined ? begun.at(-1) : all.find((d) => d.fact.id === known);
    if (of && known !== undefined && (!of.last || of.stay.death !== null)) {
      of.hop.why += ' Its consumer’s span ended without error, yet the message went back or died.';
      return;
    }
    const delivery = of?.hop;
    if (delivery) delivery.until = Math.max(delivery.at ?? fact.at, fact.at);
    way.add('settlement', [copy.replayId, fact.queue ?? '', i], fact, {
      ...seenBy(fact),
      // a span's clock is the service's own: the end is not before the delivery
      at: delivery?.until ?? fact.at,
      source: fact.source,
      provenance: 'observed',
      why: why.settled(fact),
      from: delivery ? [delivery.id] : [],
      queue: fact.queue ?? delivery?.queue ?? null,
    });
  });
}
