import type { Fact } from '../model/fact.ts';
import type { Hop } from '../model/journey.ts';
import {
  type Copy,
  type CopyDeath,
  copiesOf,
  deathsInOrder,
  isStreamed,
  listOf,
  type Stay,
  timeOf,
} from './copies.ts';
import { byTime, type HopMaker, seenBy } from './hop.ts';
import { type Lineage, lineageOf, newestAt } from './lineage.ts';
import type { Publish } from './publishes.ts';
import { completeStays, type Routes } from './stays.ts';
import { addReplays, addSettled } from './way-ends.ts';
import { addPublishes } from './way-publishes.ts';
import { addRepublished } from './way-republished.ts';
import { why } from './why.ts';

export interface WayMore {
  routes?: Routes;
  /** By ID of a settlement: ID of the delivery that it ended, where that is known. */
  ended?: ReadonlyMap<string, string>;
  parks?: Parks;
}

/** True for a queue in which dead letters stay: a dead-letter exchange feeds it, and nothing leads out of it by itself. */
export type Parks = (vhost: string, queue: string) => boolean;

/** The hops of one message: every copy of it, with the edges between them. */
export function wayOf(message: string, facts: readonly Fact[], make: HopMaker, more: WayMore = {}): Hop[] {
  const copies = copiesOf(facts);
  const bounced = (publish: Fact) =>
    copies.some((c) => c.answers.some((a) => a.kind === 'returned' && sameWay(a, publish)));
  completeStays(copies, bounced, more.routes);
  const way = new Way(message, facts, make);
  for (const copy of copies) addPublishes(way, copy);
  for (const copy of copies) way.addStays(copy);
  for (const copy of copies) addReplays(way, copy);
  for (const copy of copies) addSettled(way, copy, more.ended);
  for (const copy of copies) addRepublished(way, copy, more.parks);
  return way.hops;
}

/** An answer to our publisher speaks of this publish: the same copy by the same exchange. */
function sameWay(answer: Fact, publish: Fact): boolean {
  return (
    answer.ids.replayId === publish.ids.replayId && (answer.exchange ?? publish.exchange) === publish.exchange
  );
}

/** A publish, and the hop that was made of it. */
export type Made = { publish: Publish; hop: Hop };

export class Way {
  readonly hops: Hop[] = [];
  private readonly message: string;
  readonly make: HopMaker;
  private readonly any: Fact | undefined;
  readonly publishes = new Map<Copy, Made[]>();
  readonly queueHops = new Map<Stay, Hop>();
  readonly deliveryHops = new Map<Stay, { fact: Fact; hop: Hop }[]>();
  private readonly attempts = new Map<Fact, number>();
  private readonly firsts = new Map<Copy, Firsts>();

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
    const { routed, unrouted } = this.publishesTo(copy, stay.lineage);
    const here = routed.get(stay.queue);
    if (here) return (here[nth] ?? here[here.length - 1])?.hop ?? null;
    const death = deathHops.get(stay.lineage);
    if (death) return death;
    // routing is not known of a publish that only our own publisher saw, or nobody: then it led here
    if (unrouted.length > 0) return (unrouted[nth] ?? unrouted[0])?.hop ?? null;
    // rounds of a ring too far back to be unfolded: the way between is left out, the beginning is the same
    const folded = stay.lineage !== '' && !copy.deaths.has(stay.lineage);
    return folded ? (this.publishes.get(copy)?.[0]?.hop ?? null) : null;
  }

  private readonly to = new Map<string, { routed: Map<string, Made[]>; unrouted: Made[] }>();

  /** The copy's publishes with these deaths behind them, by the queues they reached; others where routing is not known. */
  private publishesTo(copy: Copy, lineage: Lineage): { routed: Map<string, Made[]>; unrouted: Made[] } {
    const key = JSON.stringify([copy.replayId, lineage]);
    const known = this.to.get(key);
    if (known) return known;
    const sorted = { routed: new Map<string, Made[]>(), unrouted: [] as Made[] };
    for (const made of this.publishes.get(copy) ?? []) {
      if (made.publish.lineage !== lineage) continue;
      const queues = made.publish.tapped?.routedQueues;
      for (const queue of new Set(queues ?? [])) {
        const list = sorted.routed.get(queue);
        if (list) list.push(made);
        else sorted.routed.set(queue, [made]);
      }
      if (!queues && made.hop.outcome !== 'returned') sorted.unrouted.push(made);
    }
    this.to.set(key, sorted);
    return sorted;
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
      if (last && !isStreamed(fact)) {
        from = this.add('retry', name, fact, {
          source: fact.source,
          provenance: 'inferred',
          why: why.requeued(stay.deliveries[i - 1] ?? fact, fact),
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
      ids: originalIds(fact, copy),
      death: death.newest,
      message: seen?.message ?? null,
    });
    if (from.kind === 'delivery' && (reason === 'rejected' || reason === 'delivery_limit') && seen)
      from.until = Math.max(from.at ?? 0, seen.at);
    return hop;
  }

  /** After expiring it was in a queue again in which it had died or been delivered before: a retry ring brought it back. */
  private comesBack(copy: Copy, death: CopyDeath): boolean {
    const known = this.firsts.get(copy) ?? firstDeliveries(copy);
    this.firsts.set(copy, known);
    const after = known.stays.get(death.lineage) ?? [];
    return after.some((stay) => {
      const lived = stay.deliveries.length > 0 || stay.death !== null;
      if (stay.queue === death.newest.queue || !lived) return false;
      const before = known.at.get(stay.queue) ?? Number.POSITIVE_INFINITY;
      return death.list.some((d) => d.queue === stay.queue) || before < (stay.deliveries[0]?.at ?? 0);
    });
  }
}

interface Firsts {
  /** By queue: when the copy was first delivered from it. */
  at: Map<string, number>;
  stays: Map<Lineage, Stay[]>;
}

function firstDeliveries(copy: Copy): Firsts {
  const firsts: Firsts = { at: new Map(), stays: new Map() };
  for (const stay of copy.stays) {
    const [first] = stay.deliveries;
    if (first) firsts.at.set(stay.queue, Math.min(firsts.at.get(stay.queue) ?? first.at, first.at));
    const list = firsts.stays.get(stay.lineage);
    if (list) list.push(stay);
    else firsts.stays.set(stay.lineage, [stay]);
  }
  return firsts;
}

/** What a replay read tells of the copy before it: the replay's own ID is not that one's. */
function originalIds(fact: Fact, copy: Copy): Hop['ids'] {
  if (fact.kind !== 'replayed') return fact.ids;
  const { replayId: _, ...ids } = fact.ids;
  return copy.replayId === '' ? ids : { ...ids, replayId: copy.replayId };
}

/** x-death cuts the second off: what it tells did not happen before that which led to it in the same second. */
function notBefore(from: number | null, at: number | null, seen: boolean): number | null {
  return !seen && at !== null && from !== null && from > at && from - at < 1_000 ? from : at;
}
