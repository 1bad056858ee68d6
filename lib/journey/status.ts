import type { JourneyStatus, JourneySummary } from '../model/journey.ts';
import { allSettled, endsOf, takenBySpans } from './ends.ts';
import { type DeathTally, LIMIT, type SummaryState } from './summary-state.ts';

/**
 * Taps of different queues may bring a death and the delivery after it in either order; within this many ms the
 * counts in x-death decide, not the times.
 */
const SKEW_MS = 1_000;

/**
 * Where the journey stands, the branch that is worst off deciding:
 * dead > returned > replayed (a copy not yet seen to arrive) > in flight > settled > delivered > unknown.
 * *settled* is said only where a consumer's end is known for every first delivery: acks cannot be seen.
 */
export function statusOf(s: SummaryState): JourneyStatus {
  if (s.deaths.some(([, d]) => isOpen(d, s))) return 'dead';
  const { counts } = s;
  const inQueue = s.queues.some(([name]) => pending(s, name) > 0);
  if (counts.bouncedAt > counts.takenAt && !inQueue) return 'returned';
  if (s.replays.some(([, r]) => r.sentAt > 0 && !r.ended)) return 'replayed';
  if (inQueue) return 'in flight';
  if (counts.deliveries > 0) return allSettled(s) ? 'settled' : 'delivered';
  if (counts.settled > 0) return 'settled';
  if (endsOf(s).processed.some((e) => e.queue !== null)) return allSettled(s) ? 'settled' : 'delivered';
  // our own publish, confirmed, with no tap to see what became of it
  if (counts.confirmed > 0) return 'in flight';
  return 'unknown';
}

/** True while the message lies dead: it was neither delivered nor published again, nor replayed, since. */
function isOpen(death: DeathTally, s: SummaryState): boolean {
  const replayed = s.replays.some(([, r]) => r.message === death.message && r.sentAt > death.at);
  if (replayed) return false;
  return death.count > death.passedCount || death.at > death.passedAt + SKEW_MS;
}

/** Messages routed to the queue less those seen to leave it. A rejection tells of a delivery, seen or not. */
function pending(s: SummaryState, name: string): number {
  const tally = s.queues.find(([n]) => n === name)?.[1];
  if (!tally) return 0;
  let rejected = 0;
  let dropped = 0;
  for (const [, death] of s.deaths) {
    if (death.queue !== name) continue;
    if (death.reason === 'expired' || death.reason === 'maxlen') dropped += death.count;
    else rejected += death.count;
  }
  const spans = s.ends?.length ? takenBySpans(s, name) : 0;
  const seen = Math.max(tally.first, tally.again > 0 ? 1 : 0, rejected, spans) + dropped;
  // the default exchange names even a queue that is not there: what came back was not put into it
  const named = Math.max(0, tally.named - s.counts.returned - s.counts.refused);
  return tally.routed + named - seen;
}

/** The line that lists show. */
export function journeySummary(s: SummaryState): JourneySummary {
  const { counts, origin } = s;
  const last = s.deaths.reduce<DeathTally | null>(
    (best, [, d]) => (best === null || d.at > best.at ? d : best),
    null,
  );
  const told = s.deaths.reduce((sum, [, d]) => sum + d.count, 0);
  const sent = s.replays.filter(([, r]) => r.sentAt > 0).length;
  return {
    id: s.id,
    vhost: origin?.vhost ?? '',
    ids: origin?.ids ?? {},
    status: statusOf(s),
    firstAt: s.firstAt ?? 0,
    lastAt: s.lastAt,
    exchange: origin?.exchange ?? null,
    routingKey: origin?.routingKey ?? null,
    queues: [...new Set([...s.queues.map(([name]) => name), ...s.deaths.map(([, d]) => d.queue)])].sort(),
    messages: messagesIn(s),
    deliveries: counts.deliveries,
    // a full list may have left some out: then what the tap counted is nearer
    deaths: s.deaths.length < LIMIT ? told : Math.max(told, counts.died),
    replays: Math.max(counts.replayed, sent),
    reason: last?.reason ?? null,
    error: last ? (last.error ?? s.failure?.words ?? null) : (s.failure?.words ?? null),
    deathQueue: last?.queue ?? null,
    spans: counts.spans ?? 0,
    latencyMs: latencyOf(s),
  };
}

/** 0 when no message was seen, and spans alone told of it. */
function messagesIn({ messages = [], counts, origin }: SummaryState): number {
  if (origin?.rank === 3) return 0;
  const told = messages.reduce((sum, [, m]) => sum + (m.named ? 1 : Math.max(1, m.tapped, m.ours)), 0);
  return messages.length > 0 && messages.length < LIMIT
    ? told
    : Math.max(1, told, counts.published, counts.ours);
}

/** Of the first message whose publish and first delivery were both seen; two taps may bring them in either order. */
function latencyOf({ messages = [] }: SummaryState): number | null {
  let first: { publishedAt: number; latency: number } | null = null;
  for (const [, { publishedAt, deliveredAt }] of messages) {
    if (publishedAt === null || deliveredAt === null) continue;
    if (first === null || publishedAt < first.publishedAt)
      first = { publishedAt, latency: Math.max(0, deliveredAt - publishedAt) };
  }
  return first?.latency ?? null;
}
