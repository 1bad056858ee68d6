import type { Fact } from '../model/fact.ts';
import type { Hop } from '../model/journey.ts';
import {
  type Copy,
  type CopyDeath,
  copiesOf,
  deathsInOrder,
  listOf,
  type Stay,
  staysIn,
  timeOf,
} from './copies.ts';
import { byTime, type HopMaker, seenBy } from './hop.ts';
import { lineageOf, newestAt } from './lineage.ts';
import { type Publish, publishesOf } from './publishes.ts';
import { completeStays, type Routes } from './stays.ts';
import { addReplays, addSettled } from './way-ends.ts';
import { why } from './why.ts';

export interface WayMore {
  routes?: Routes;
  /** By ID of a settlement: ID of the delivery that it ended, where that is known. */
  ended?: ReadonlyMap<string, string>;
}

/** The hops of one message: every copy of it, with the edges between them. */
export function wayOf(message: string, facts: readonly Fact[], make: HopMaker, more: WayMore = {}): Hop[] {
  const copies = copiesOf(facts);
  const bounced = (publish: Fact) =>
    copies.some((c) => c.answers.some((a) => a.kind === 'returned' && sameWay(a, publish)));
  completeStays(copies, bounced, more.routes);
  const way = new Way(message, facts, make);
  for (const copy of copies) way.addPublishes(copy);
  for (const copy of copies) way.addStays(copy);
  for (const copy of copies) addReplays(way, copy);
  for (const copy of copies) addSettled(way, copy, more.ended);
  return way.hops;
}

/** An answer to our publisher speaks of this publish: the same copy by the same exchange. */
function sameWay(answer: Fact, publish: Fact): boolean {
  return (
    answer.ids.replayId === publish.ids.replayId && (answer.exchange ?? publish.exchange) === publish.exchange
  );
}

export class Way {
  readonly hops: Hop[] = [];
  private readonly message: string;
  readonly make: HopMaker;
  private readonly any: Fact | undefined;
  readonly publishes = new Map<Copy, { publish: Publish; hop: Hop }[]>();
  readonly queueHops = new Map<Stay, Hop>();
  readonly deliveryHops = new Map<Stay, { fact: Fact; hop: Hop }[]>();
  private readonly attempts = new Map<Fact, number>();

  constructor(message: string, facts: readonly Fact[], make: HopMaker) {
    this.message = message;
    this.make = make;
    this.any = [...facts].sort(byTime)[0];
    const counts = new Map<string, number>();
    for (const fact of [...facts].sort(byTime)) {
      if (fact.kind !== 'delivered' || fact.source === 'read') continue;
      const nth = (counts.get(fact.queue ?? '') ?? 0) + 1;
      counts.set(fact.queue ?? '', nth);
      this.attempts.set(fact, nth);
    }
  }

  add(kind: Hop['kind'], name: (string | number)[], fact: Fact, more: Parameters<HopMaker['make']>[3]): Hop {
    const hop = this.make.make(kind, [this.message, ...name], fact, more);
    this.hops.push(hop);
    return hop;
  }

  addPublishes(copy: Copy): void {
    const made = publishesOf(copy).map((publish, i) => {
      const { fact, tapped, ours, replay } = publish;
      const returned = publish.answer?.kind === 'returned';
      const hop = this.add(replay || copy.replayId ? 'replay' : 'publish', [copy.replayId, i], fact, {
        ...seenBy(fact),
        ...(tapped ? { connection: tapped.connection ?? null, channel: tapped.channel ?? null } : {}),
        at: publish.at,
        precision: publish.precision,
        source: publish.source,
        provenance: 'observed',
        why: why.publish(publish),
        from: [],
        exchange: publish.exchange,
        routingKeys: publish.routingKeys,
        routedQueues: returned ? [] : (tapped?.routedQueues ?? []),
        user: tapped?.user ?? fact.user ?? null,
        node: tapped?.node ?? fact.node ?? null,
        message: (ours ?? replay ?? tapped)?.message ?? tapped?.message ?? null,
        outcome: publish.answer?.kind ?? null,
        replay: replay?.replay ?? fact.replay ?? null,
        queue: replay?.replay?.fromQueue ?? null,
      });
      this.make.tell(hop, fact, tapped, ours, replay);
      if (returned || tapped?.routedQueues?.length === 0) this.addReturn(copy, i, publish, hop);
      return { publish, hop };
    });
    this.publishes.set(copy, made.length > 0 ? made : this.unseenPublish(copy));
  }

  private addReturn(copy: Copy, i: number, publish: Publish, hop: Hop): void {
    const answer = publish.answer?.kind === 'returned' ? publish.answer : null;
    const fact = answer ?? publish.fact;
    this.add('return', [copy.replayId, i], fact, {
      at: answer?.at ?? hop.at,
      precision: fact.precision,
      source: fact.source,
      provenance: 'observed',
      why: why.returned(answer, publish.exchange),
      from: [hop.id],
      exchange: publish.exchange,
      routingKeys: publish.routingKeys,
      reason: answer?.detail ?? 'no queue is bound for this key',
      outcome: 'returned',
    });
  }

  /** A publish that nobody saw, told by what came of it: by x-death or by the delivery's own exchange and key. */
  private unseenPublish(copy: Copy): { publish: Publish; hop: Hop }[] {
    const first = copy.stays.find((s) => s.lineage === '') ?? copy.stays[0];
    const death = deathsInOrder(copy).find((d) => d.parent === '');
    const delivery = first?.deliveries[0] ?? first?.reads[0];
    const fact = death ? (death.seen[0] ?? death.told) : delivery;
    if (!fact) return [];
    const exchange = death?.newest.exchange ?? delivery?.exchange ?? null;
    if (exchange === null) return [];
    const routingKeys = death?.newest.routingKeys ?? delivery?.routingKeys ?? [];
    const hop = this.add(copy.replayId ? 'replay' : 'publish', [copy.replayId, 'unseen'], fact, {
      at: null,
      source: death ? 'x-death' : fact.source,
      provenance: 'inferred',
      why: why.unseenPublish(copy.replayId !== '', death !== undefined),
      from: [],
      exchange,
      routingKeys,
      message: null,
      replay: fact.replay ?? null,
    });
    const publish: Publish = {
      fact,
      tapped: null,
      ours: null,
      replay: null,
      answer: null,
      at: null,
      precision: fact.precision,
      source: fact.source,
      exchange,
      routingKeys,
      lineage: '',
    };
    return [{ publish, hop }];
  }

  /** Queue waits, deliveries, retries and deaths, stay by stay, from fewer deaths to more. */
  addStays(copy: Copy): void {
    const order = new Map(deathsInOrder(copy).map((d, i) => [d.lineage, i + 1]));
    const deathHops = new Map<string, Hop>();
    const stays = [...copy.stays].sort((a, b) => (order.get(a.lineage) ?? 0) - (order.get(b.lineage) ?? 0));
    const counts = new Map<string, number>();
    for (const stay of stays) {
      const name = JSON.stringify([stay.lineage, stay.queue]);
      const nth = counts.get(name) ?? 0;
      counts.set(name, nth + 1);
      const came = this.cameBy(copy, stay, nth, deathHops);
      const queue = this.addQueue(copy, stay, nth, came);
      const last = this.addDeliveries(copy, stay, nth, queue);
      if (stay.death) {
        const death = this.addDeath(copy, stay.death, last ?? queue);
        deathHops.set(stay.death.lineage, death);
      }
    }
  }

  /** The hop by which the message came into the queue: the nth publish routed there, else the death before it. */
  private cameBy(copy: Copy, stay: Stay, nth: number, deathHops: ReadonlyMap<string, Hop>): Hop | null {
    const made = (this.publishes.get(copy) ?? []).filter((p) => p.publish.lineage === stay.lineage);
    const routed = made.filter((p) => p.publish.tapped?.routedQueues?.includes(stay.queue));
    if (routed.length > 0) return (routed[nth] ?? routed[routed.length - 1])?.hop ?? null;
    const death = deathHops.get(stay.lineage);
    if (death) return death;
    // routing is not known of a publish that only our own publisher saw, or nobody: then it led here
    const unrouted = made.filter((p) => !p.publish.tapped?.routedQueues && p.hop.outcome !== 'returned');
    if (unrouted.length > 0) return (unrouted[nth] ?? unrouted[0])?.hop ?? null;
    // rounds of a ring too far back to be unfolded: the way between is left out, the beginning is the same
    const folded = stay.lineage !== '' && !copy.deaths.has(stay.lineage);
    return folded ? (this.publishes.get(copy)?.[0]?.hop ?? null) : null;
  }

  private addQueue(copy: Copy, stay: Stay, nth: number, came: Hop | null): Hop {
    const [first] = stay.deliveries;
    const fact = first ?? stay.reads[0] ?? stay.replay ?? stay.death?.seen[0] ?? stay.death?.told ?? this.any;
    if (!fact) throw new RangeError('a message without facts has no way');
    const left = first?.at ?? (stay.death ? timeOf(stay.death) : null) ?? stay.replay?.at ?? null;
    const at = came?.at ?? null;
    const named = came?.kind === 'publish' && came.exchange === '' && came.outcome !== 'confirmed';
    const routed = came?.routedQueues.includes(stay.queue) ?? false;
    const proof = first ? 'delivered' : stay.replay ? 'replayed' : stay.reads.length > 0 ? 'read' : null;
    const observed = proof !== null || (routed && !named);
    const hop = this.add('queue', [copy.replayId, stay.lineage, stay.queue, nth], fact, {
      at,
      until: left === null || at === null ? left : Math.max(at, left),
      precision: came?.precision ?? fact.precision,
      source: proof === null && routed ? (came?.source ?? fact.source) : fact.source,
      provenance: observed ? 'observed' : 'inferred',
      why: why.queue({ proof, routed, named, death: stay.death, came }),
      from: came ? [came.id] : [],
      queue: stay.queue,
      exchange: came?.exchange ?? null,
      // no client took part in a wait
      ids: fact.ids,
    });
    this.queueHops.set(stay, hop);
    return hop;
  }

  private addDeliveries(copy: Copy, stay: Stay, nth: number, queue: Hop): Hop | null {
    let last: Hop | null = null;
    const made: { fact: Fact; hop: Hop }[] = [];
    stay.deliveries.forEach((fact, i) => {
      const name = [copy.replayId, stay.lineage, stay.queue, nth, i];
      let from = queue;
      if (last) {
        from = this.add('retry', name, fact, {
          source: fact.source,
          provenance: 'inferred',
          why: why.requeued(),
          from: [last.id],
          queue: stay.queue,
          reason: 'requeued',
        });
      }
      const hop = this.add('delivery', name, fact, {
        ...seenBy(fact),
        at: fact.at,
        source: fact.source,
        provenance: 'observed',
        why: why.delivered(fact, i === 0),
        from: [from.id],
        queue: stay.queue,
        exchange: fact.exchange ?? null,
        routingKeys: fact.routingKeys ?? [],
        attempt: this.attempts.get(fact) ?? null,
        redelivered: fact.redelivered ?? null,
        replay: fact.replay ?? null,
      });
      this.make.tell(hop, fact);
      made.push({ fact, hop });
      last = hop;
    });
    this.deliveryHops.set(stay, made);
    return last;
  }

  private addDeath(copy: Copy, death: CopyDeath, from: Hop): Hop {
    const [seen] = death.seen;
    const fact = seen ?? death.told ?? this.any;
    if (!fact) throw new RangeError('a message without facts has no way');
    const { reason, queue } = death.newest;
    const ring = reason === 'expired' && this.comesBack(copy, death);
    const at = notBefore(from.at, timeOf(death), seen !== undefined);
    const carried = lineageOf(listOf(fact)) === death.lineage;
    const hop = this.add(ring ? 'retry' : 'death', [copy.replayId, death.lineage], fact, {
      at,
      precision: seen ? seen.precision : 'second',
      source: seen ? seen.source : 'x-death',
      provenance: seen ? 'observed' : 'inferred',
      why: why.died(death, seen !== undefined, newestAt(death.list) === null),
      from: [from.id],
      queue,
      exchange: seen?.exchange ?? null,
      routingKeys: seen?.routingKeys ?? [],
      reason,
      error: carried ? (fact.error ?? null) : null,
      death: death.newest,
      message: seen?.message ?? null,
    });
    if (from.kind === 'delivery' && (reason === 'rejected' || reason === 'delivery_limit') && seen)
      from.until = Math.max(from.at ?? 0, seen.at);
    return hop;
  }

  /** After expiring it was in a queue again in which it had died before: a retry ring brought it back. */
  private comesBack(copy: Copy, death: CopyDeath): boolean {
    return death.list.some(
      ({ queue }) =>
        queue !== death.newest.queue &&
        staysIn(copy, death.lineage, queue).some((s) => s.deliveries.length > 0 || s.death !== null),
    );
  }
}

/** x-death cuts the second off: what it tells did not happen before that which led to it in the same second. */
function notBefore(from: number | null, at: number | null, seen: boolean): number | null {
  return !seen && at !== null && from !== null && from > at && from - at < 1_000 ? from : at;
}
