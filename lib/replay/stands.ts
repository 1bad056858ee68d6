/** What a journey shows of the copies that replays sent: the place where deliveries, deaths and spans come together. Pure. */
import type { Hop } from '../model/journey.ts';
import type { CopyChange } from '../store/state.ts';
import { tookWords } from './took.ts';

/** How the reason of a copy begins whose consumer's span failed while nothing is known to have died. */
export const SPAN_FAILED = 'its consumer’s span ended with an error';

/** `hops` of a whole journey, in its order. Copies of which nothing was seen after their sending are left out. */
export function standsIn(hops: readonly Hop[]): CopyChange[] {
  const copies = new Map<string, Hop[]>();
  for (const hop of hops) {
    const { replayId } = hop.ids;
    if (replayId === undefined) continue;
    const own = copies.get(replayId);
    if (own) own.push(hop);
    else copies.set(replayId, [hop]);
  }
  return [...copies].flatMap(([replayId, own]) => standOf(replayId, own) ?? []);
}

/**
 * Its last death decides, unless it came back from there (a retry queue that expired into the queue where it died) and was
 * delivered since. Settled: in every queue that it is known to have reached its consumer's span said so.
 */
function standOf(replayId: string, hops: readonly Hop[]): CopyChange | null {
  const deaths = hops.filter((h) => h.kind === 'death');
  const death = deaths.reduce<Hop | null>((last, h) => (last && when(last) > when(h) ? last : h), null);
  const homes = new Set(deaths.map((h) => h.queue));
  const all = hops.filter((h) => h.kind === 'delivery');
  const since = death ? all.filter((h) => homes.has(h.queue) && when(h) > when(death)) : all;
  if (death && since.length === 0) {
    const error = death.error ?? errorBefore(all, death);
    const reason = [death.reason, error].filter(Boolean).join(': ') || null;
    return { replayId, outcome: 'died again', reason, at: when(death), by: 'journey' };
  }
  const after =
    deaths.length === 0
      ? ''
      : ` after it had died ${deaths.length === 1 ? 'once' : `${deaths.length} times`} more`;
  const by = 'journey' as const;
  const ends = hops.filter((h) => h.kind === 'settlement' && (!death || when(h) > when(death)));
  const reached = queuesReached(hops, since, deaths.length > 0);
  const open = [...reached].filter((queue) => !isSettled(queue, since, ends));
  const [last] = [...ends].sort((a, b) => when(b) - when(a));
  if (last && open.length === 0)
    return { replayId, outcome: 'settled', reason: settledWords(last, since) + after, at: when(last), by };
  const [latest] = [...since].sort((a, b) => when(b) - when(a));
  if (!latest) return null;
  const failed = since.findLast((h) => h.error !== null);
  const words = failed
    ? `${SPAN_FAILED}: ${failed.error}`
    : last
      ? `settled in ${last.queue}, not known to be in ${open.join(', ')}`
      : null;
  return {
    replayId,
    outcome: 'delivered',
    reason: words === null ? after.trim() || null : words + after,
    at: when(latest),
    by,
  };
}

/** The queues that it reached, as far as seen: after a death only those out of which it was delivered again count. */
function queuesReached(hops: readonly Hop[], deliveries: readonly Hop[], died: boolean): Set<string> {
  const sent = died
    ? []
    : hops.filter((h) => h.kind === 'publish' || h.kind === 'replay').flatMap((h) => h.routedQueues);
  return new Set([...sent, ...deliveries.flatMap((h) => h.queue ?? [])]);
}

/** The last delivery out of the queue is the one that counts: what was given back was not settled. */
function isSettled(queue: string, deliveries: readonly Hop[], ends: readonly Hop[]): boolean {
  const last = deliveries.filter((h) => h.queue === queue).at(-1);
  return ends.some((h) => (last ? h.from.includes(last.id) : h.queue === queue));
}

function settledWords(end: Hop, deliveries: readonly Hop[]): string {
  const delivery = deliveries.find((h) => end.from.includes(h.id));
  const by = delivery?.spans[0]?.service;
  const took = delivery ? ` ${tookWords(when(end) - when(delivery))} after its delivery` : '';
  return `${by ?? 'its consumer'} was done with it${took}`;
}

/** What the consumer's span said of the delivery that led to the death, where the dead letter itself does not say it. */
function errorBefore(deliveries: readonly Hop[], death: Hop): string | null {
  return deliveries.findLast((h) => h.queue === death.queue && when(h) <= when(death))?.error ?? null;
}

function when(hop: Hop): number {
  return hop.at ?? 0;
}

/** Whether the consumers of this queue report spans, as far as this journey shows: earlier attempts tell it too. */
export function sendsSpans(hops: readonly Hop[], queue: string): boolean {
  return hops.some((h) => h.queue === queue && h.kind === 'delivery' && h.spans.length > 0);
}
