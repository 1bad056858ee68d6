import type { Fact } from '../model/fact.ts';
import { type Copy, type CopyDeath, deathsInOrder, newStay, type Stay, staysIn, timeOf } from './copies.ts';
import { lineageOf } from './lineage.ts';

/** The queues that an exchange reaches now with these keys, from the topology; null: not known. */
export type Routes = (vhost: string, exchange: string, keys: readonly string[]) => readonly string[] | null;

/** Two taps may bring events of one instant in either order; x-death is in whole seconds. */
const SKEW_MS = 1_000;

/**
 * Completes the stays of all copies of one message: those of routed queues in which nothing was seen to happen, those
 * that a death or a replay tells of, and those into which the dead-letter exchange routes. Deaths and replays are
 * given to the stay that they ended.
 */
export function completeStays(
  copies: readonly Copy[],
  bounced: (publish: Fact) => boolean,
  routes?: Routes,
): void {
  for (const copy of copies) {
    addRouted(copy, bounced);
    for (const death of deathsInOrder(copy)) {
      if (staysIn(copy, death.parent, death.newest.queue).length === 0)
        newStay(copy, death.parent, death.newest.queue);
    }
  }
  for (const copy of copies) for (const death of deathsInOrder(copy).toReversed()) giveDeath(copy, death);
  const replays = copies.flatMap((c) => c.replays);
  for (const replay of replays.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1)))
    giveReplay(copies, replay);
  if (routes) for (const copy of copies) followRoutes(copy, routes);
  for (const copy of copies) copy.stays.sort((a, b) => startOf(a) - startOf(b) || (key(a) < key(b) ? -1 : 1));
}

const key = (stay: Stay) => `${stay.queue}\n${stay.lineage}`;

/** As many stays as there were publishes routed to the queue. */
function addRouted(copy: Copy, bounced: (publish: Fact) => boolean): void {
  const routed = new Map<string, number>();
  for (const publish of copy.published) {
    if (bounced(publish)) continue;
    const lineage = lineageOf(publish.deaths ?? []);
    for (const queue of new Set(publish.routedQueues ?? [])) {
      const place = JSON.stringify([lineage, queue]);
      const count = (routed.get(place) ?? 0) + 1;
      routed.set(place, count);
      const there = staysIn(copy, lineage, queue).length;
      if (there < count) newStay(copy, lineage, queue);
    }
  }
}

/** The latest stay in its queue that can have ended so; deaths are given from the latest to the earliest. */
function giveDeath(copy: Copy, death: CopyDeath): void {
  const at = timeOf(death);
  const open = staysIn(copy, death.parent, death.newest.queue).filter((s) => s.death === null);
  const begun = open.filter((s) => at === null || startOf(s) <= at + SKEW_MS);
  const delivered = begun.filter((s) => s.deliveries.length > 0);
  const stay =
    latest(delivered) ?? latest(begun) ?? open[0] ?? newStay(copy, death.parent, death.newest.queue);
  stay.death = death;
}

/** The stay in the queue that the replay read: the one its own x-death names, else the latest that is still open. */
function giveReplay(copies: readonly Copy[], replay: Fact): void {
  const from = replay.replay?.fromQueue;
  if (from === null || from === undefined) return;
  const others = copies.filter((c) => c.replayId !== replay.ids.replayId);
  const told = lineageOf(replay.deaths ?? []);
  const open = others
    .flatMap((copy) => copy.stays.map((stay) => ({ copy, stay })))
    .filter(
      ({ copy, stay }) =>
        stay.queue === from && !stay.death && !stay.replay && arrived(copy, stay) <= replay.at,
    );
  const exact = open.filter(({ stay }) => told !== '' && stay.lineage === told);
  const pool = exact.length > 0 ? exact : open;
  const best = pool.sort(
    (a, b) => arrived(a.copy, a.stay) - arrived(b.copy, b.stay) || (key(a.stay) < key(b.stay) ? -1 : 1),
  );
  const found = best.at(-1)?.stay ?? deadEnd(others, told, replay.at, from);
  if (found) found.replay = replay;
}

/** A stay in queue `from` behind the latest death that nothing followed; there the replay found it. */
function deadEnd(copies: readonly Copy[], told: string, at: number, from: string): Stay | null {
  const lived = new Set(
    copies.flatMap((copy) => copy.stays.map((s) => JSON.stringify([copy.replayId, s.lineage]))),
  );
  const ends = copies.flatMap((copy) =>
    deathsInOrder(copy)
      .filter(
        (d) => !lived.has(JSON.stringify([copy.replayId, d.lineage])) && (timeOf(d) ?? 0) <= at + SKEW_MS,
      )
      .map((death) => ({ copy, death })),
  );
  const exact = ends.filter(({ death }) => told !== '' && death.lineage === told);
  const end = (exact.length > 0 ? exact : ends)
    .sort((a, b) => (timeOf(a.death) ?? 0) - (timeOf(b.death) ?? 0))
    .at(-1);
  if (end) return newStay(end.copy, end.death.lineage, from);
  const [first] = copies;
  return first ? newStay(first, '', from) : null;
}

/** Where the dead-letter exchange routes to now, for deaths after which nothing was seen. */
function followRoutes(copy: Copy, routes: Routes): void {
  const lived = new Set(copy.stays.map((s) => s.lineage));
  for (const death of deathsInOrder(copy)) {
    const [seen] = death.seen;
    if (!seen || seen.exchange === undefined || lived.has(death.lineage)) continue;
    const reached = routes(seen.vhost, seen.exchange, seen.routingKeys ?? []);
    for (const queue of [...new Set(reached ?? [])].sort()) newStay(copy, death.lineage, queue);
  }
}

/** First sign of life in the stay, ms; a stay without any sorts last. */
function startOf(stay: Stay): number {
  return stay.deliveries[0]?.at ?? stay.reads[0]?.at ?? stay.replay?.at ?? Number.MAX_SAFE_INTEGER;
}

/** When the message came into the stay's queue at the earliest, ms. */
function arrived(copy: Copy, stay: Stay): number {
  const death = copy.deaths.get(stay.lineage);
  return (death && timeOf(death)) ?? stay.deliveries[0]?.at ?? copy.published[0]?.at ?? 0;
}

function latest(stays: readonly Stay[]): Stay | undefined {
  return [...stays].sort((a, b) => startOf(a) - startOf(b) || (key(a) < key(b) ? -1 : 1)).at(-1);
}
