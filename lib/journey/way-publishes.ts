/** The hops by which a copy of a message came into an exchange. */

import type { Hop } from '../model/journey.ts';
import { type Copy, deathsInOrder } from './copies.ts';
import { seenBy } from './hop.ts';
import { type Publish, publishesOf } from './publishes.ts';
import type { Made, Way } from './way.ts';
import { why } from './why.ts';

/** The copy's publishes with their returns; one that nobody saw is told by what came of it. */
export function addPublishes(way: Way, copy: Copy): void {
  const made = publishesOf(copy).map((publish, i) => {
    const { fact, tapped, ours, replay } = publish;
    const returned = publish.answer?.kind === 'returned';
    const hop = way.add(replay || copy.replayId ? 'replay' : 'publish', [copy.replayId, i], fact, {
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
    way.make.tell(hop, fact, tapped, ours, replay);
    if (returned || tapped?.routedQueues?.length === 0) addReturn(way, copy, i, publish, hop);
    return { publish, hop };
  });
  way.publishes.set(copy, made.length > 0 ? made : unseenPublish(way, copy));
}

function addReturn(way: Way, copy: Copy, i: number, publish: Publish, hop: Hop): void {
  const answer = publish.answer?.kind === 'returned' ? publish.answer : null;
  const fact = answer ?? publish.fact;
  way.add('return', [copy.replayId, i], fact, {
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
function unseenPublish(way: Way, copy: Copy): Made[] {
  const first = copy.stays.find((s) => s.lineage === '') ?? copy.stays[0];
  const death = deathsInOrder(copy).find((d) => d.parent === '');
  const delivery = first?.deliveries[0] ?? first?.reads[0];
  const fact = death ? (death.seen[0] ?? death.told) : delivery;
  if (!fact) return [];
  const exchange = death?.newest.exchange ?? delivery?.exchange ?? null;
  if (exchange === null) return [];
  const routingKeys = death?.newest.routingKeys ?? delivery?.routingKeys ?? [];
  const hop = way.add(copy.replayId ? 'replay' : 'publish', [copy.replayId, 'unseen'], fact, {
    at: null,
    source: death ? 'x-death' : fact.source,
    provenance: 'inferred',
    why: why.unseenPublish(copy.replayId !== '', death !== undefined),
    from: [],
    exchange,
    routingKeys,
    message: null,
    replay: copy.replayId ? (fact.replay ?? null) : null,
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
