/**
 * Facts in, journey out: pure, and the same for the same facts in whatever order they came. Hops are what was seen or
 * what can be told from it for certain; each says how we know. Acks cannot be seen, so a delivery is never taken for
 * a settlement.
 */
import type { BrokerEvent } from '../model/broker-event.ts';
import type { Fact, Gap } from '../model/fact.ts';
import type { MessageIds } from '../model/ids.ts';
import type { Hop, Journey, JourneyStatus } from '../model/journey.ts';
import { gapsOf, gapWithin } from './gaps.ts';
import { putEvents } from './happenings.ts';
import { byTime, HopMaker } from './hop.ts';
import { linkMessages } from './links.ts';
import { inOrder, leadsTo, placeInTime } from './order.ts';
import { rowOf, rowsOf } from './rows.ts';
import { sentenceOf } from './sentence.ts';
import { planSpans, type SpanPlan } from './spans.ts';
import { standing } from './standing.ts';
import { statesOf } from './states.ts';
import { statusOf } from './status.ts';
import type { Routes } from './stays.ts';
import { emptySummary, foldSummary, messageOf } from './summary.ts';
import { isMarked, isNamed, twinsOf } from './twins.ts';
import { type Parks, wayOf } from './way.ts';

export interface AssembleMore {
  /** Where exchanges route to now: fills in the dead-letter queue before anything was seen of it. */
  routes?: Routes;
  /** Queues in which dead letters stay: what a service puts there itself is dead, though no x-death says so. */
  parks?: Parks;
  /** What happened on the broker meanwhile, of any vhost; what explains a step is put to it. */
  events?: readonly BrokerEvent[];
  /** The store holds more facts than were given. */
  truncated?: boolean;
}

const OPEN: readonly JourneyStatus[] = ['in flight', 'dead', 'replayed', 'unknown'];

/**
 * `facts` of one journey (facts with the same ID count once), `gaps` that may touch it. An empty list of facts gives
 * an empty journey of status unknown. Never throws on hostile facts.
 */
export function assemble(facts: readonly Fact[], gaps: readonly Gap[], more: AssembleMore = {}): Journey {
  const unique = [...new Map(facts.map((f) => [f.id, f])).values()].sort(byTime);
  const [first] = unique;
  const summary = unique.reduce(foldSummary, emptySummary(first?.journey ?? ''));
  const vhost = summary.origin?.vhost ?? first?.vhost ?? '';
  const seenAt = summary.firstAt ?? 0;

  const messages = new Map<string, Fact[]>();
  const plan = planSpans(unique);
  const seen = [...unique.filter((f) => f.kind !== 'span'), ...plan.made];
  for (const fact of seen) {
    const key = JSON.stringify([fact.vhost, messageOf(fact)]);
    const list = messages.get(key);
    if (list) list.push(fact);
    else messages.set(key, [fact]);
  }
  const make = new HopMaker();
  const loose: Hop[] = [];
  let count = 0;
  for (const [key, own] of [...messages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const twins = twinsOf(own, plan.ended);
    // alone among those that share an ID it has nobody to be taken for; content alone may be anybody's
    const named = own.some(isNamed) || (twins.length === 1 && own.some(isMarked));
    count += twins.length;
    for (const twin of twins) {
      const way = wayOf(key + twin.name, twin.facts, make, {
        routes: more.routes,
        parks: more.parks,
        ended: plan.ended,
      });
      if (!named) joinedByContent(way, twins.length);
      for (const hop of way) loose.push(hop);
    }
  }
  putSpans(loose, plan, make.of);
  linkMessages(loose);
  putEvents(loose, more.events ?? []);
  for (const hop of loose) {
    hop.row = rowOf(hop, vhost);
    hop.from.sort();
  }
  const hops = inOrder(loose, placeInTime(loose, seenAt));
  // a span's fact bears the time of its end, its hop that of its beginning
  const firstAt = hops.reduce((at, hop) => Math.min(at, hop.at ?? at), seenAt);
  const status = standing(statusOf(summary), hops, more.parks);
  const vhosts = new Set(unique.map((f) => f.vhost));
  const touching = gapsOf(gaps, vhosts, firstAt, summary.lastAt, OPEN.includes(status));
  sayGaps(hops, touching);
  return {
    id: summary.id,
    ids: sharedIds(unique, summary.origin?.ids ?? {}),
    vhost,
    status,
    states: statesOf(hops, status),
    sentence: sentenceOf(hops, count, !unique.some(isNamed)),
    firstAt,
    lastAt: summary.lastAt,
    rows: rowsOf(hops, more.parks),
    hops,
    gaps: touching,
    spans: plan.loose,
    factCount: unique.length,
    truncated: more.truncated ?? false,
  };
}

/** With no ID on the message the wait between a publish and a delivery is told by their equal content alone. */
function joinedByContent(hops: readonly Hop[], twins: number): void {
  const order =
    twins > 1 ? ` and order: ${twins.toLocaleString('en-US')} messages of this content were seen` : '';
  for (const hop of hops) {
    if (hop.kind !== 'queue') continue;
    hop.provenance = 'inferred';
    hop.why += ` The message carries no ID: what came in and what went out are joined by their content${order}.`;
  }
}

/** Gives each step its spans, and a publish the delivery whose consumer sent it. */
function putSpans(hops: readonly Hop[], plan: SpanPlan, of: ReadonlyMap<string, Hop>): void {
  for (const [id, spans] of plan.spans) of.get(id)?.spans.push(...spans);
  for (const [id, words] of plan.errors) {
    const hop = of.get(id);
    if (hop) hop.error ??= words;
  }
  if (plan.causes.size === 0) return;
  const byId = new Map(hops.map((h) => [h.id, h]));
  for (const [id, cause] of plan.causes) {
    const publish = of.get(id);
    const delivery = of.get(cause);
    if (!publish || !delivery || publish.from.includes(delivery.id) || leadsTo(publish, delivery, byId))
      continue;
    publish.from.push(delivery.id);
    publish.why += ' Its span lies below the consumer’s span of the delivery that led here.';
  }
}

/** The identifiers of the first publish, less those that later messages of the trace have otherwise. */
function sharedIds(facts: readonly Fact[], ids: MessageIds): MessageIds {
  const { spanId: _, ...kept } = ids;
  const several = new Set(facts.map(messageOf)).size > 1;
  if (!several) return kept;
  const { messageId: __, ...shared } = kept;
  return shared;
}

/** A wait after which nothing was seen, while the tap did not see all, says so. */
function sayGaps(hops: readonly Hop[], gaps: readonly Gap[]): void {
  if (gaps.length === 0) return;
  const leads = new Set(hops.flatMap((h) => h.from));
  for (const hop of hops) {
    if (leads.has(hop.id) || (hop.kind !== 'queue' && hop.kind !== 'delivery') || hop.at === null) continue;
    const gap = gapWithin(gaps, hop.at, null);
    if (gap) hop.why += ` What came after may be unseen: ${unseen(gap)}.`;
  }
}

/** The gap's reason as part of a sentence. */
function unseen(gap: Gap): string {
  const reason = gap.reason.replace(/\.$/, '');
  return gap.kind === 'scope' ? `not all exchanges and queues are listened to (${reason})` : reason;
}
