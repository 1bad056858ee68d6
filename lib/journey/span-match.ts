/** Finds the publish or the delivery that a service's span is about. Pure; the same for the same spans and facts in any order. */
import type { Fact } from '../model/fact.ts';
import type { Span } from '../model/span.ts';
import { byTime } from './hop.ts';
import { operationOf, queueHint, sendersOf } from './span-words.ts';

/** Clocks of services and of the tap differ; without an ID in common a span and a fact may lie this far apart. */
const SKEW_MS = 2_000;
/** Spans between a consumer's and the one that names the sender: a receive, a poll loop. */
const MOST_STEPS = 6;

/** Spans of one journey by their ID, each once. */
export type SpanMap = ReadonlyMap<string, Span>;

/** By IDs, facts of publishes and deliveries, in order of time. */
export class FactIndex {
  readonly published: Fact[];
  readonly delivered: Fact[];
  readonly #published: Lists;
  readonly #delivered: Lists;

  constructor(facts: readonly Fact[]) {
    const sorted = [...facts].sort(byTime);
    this.published = sorted.filter((f) => f.kind === 'published');
    this.delivered = sorted.filter((f) => f.kind === 'delivered' && f.source !== 'read');
    this.#published = listsOf(this.published);
    this.#delivered = listsOf(this.delivered);
  }

  publishedBy(key: string): readonly Fact[] {
    return this.#published.get(key) ?? [];
  }
  deliveredBy(key: string): readonly Fact[] {
    return this.#delivered.get(key) ?? [];
  }
}

type Lists = Map<string, Fact[]>;

function listsOf(facts: readonly Fact[]): Lists {
  const lists: Lists = new Map();
  const add = (key: string, fact: Fact) => {
    const list = lists.get(key);
    if (list) list.push(fact);
    else lists.set(key, [fact]);
  };
  for (const fact of facts) {
    if (fact.ids.spanId) add(`span:${fact.ids.spanId}`, fact);
    if (fact.ids.messageId) add(`message:${fact.ids.messageId}`, fact);
  }
  return lists;
}

/**
 * The publish of a producer's span: that whose message carries this span (or its message ID), else one that it fits by
 * parent, exchange, key and time. Those in `used` are another span's.
 */
export function publishOf(
  span: Span,
  index: FactIndex,
  spans: SpanMap,
  used: ReadonlySet<Fact>,
): Fact | null {
  const own = [
    ...index.publishedBy(`span:${span.spanId}`),
    ...(span.messaging?.messageId ? index.publishedBy(`message:${span.messaging.messageId}`) : []),
  ];
  const named =
    nearest(
      own.filter((f) => !used.has(f)),
      span,
    ) ?? nearest(own, span);
  if (named) return named;
  const parent = span.parentSpanId;
  const fits = index.published.filter((f) => {
    if (used.has(f) || f.ids.replayId !== undefined || !inTime(f, span)) return false;
    const sender = f.ids.spanId;
    const below = sender !== undefined && sender === parent;
    // its headers name another span that was reported: that one sent it
    if (sender !== undefined && !below && spans.has(sender)) return false;
    return fitsPlace(f, span) && (below || span.messaging?.exchange != null);
  });
  return nearest(fits, span);
}

function fitsPlace(fact: Fact, { messaging }: Span): boolean {
  if (!messaging) return true;
  const { exchange, routingKey } = messaging;
  if (exchange !== null && exchange !== fact.exchange) return false;
  return routingKey === null || (fact.routingKeys ?? []).includes(routingKey);
}

function inTime(fact: Fact, span: Span): boolean {
  return fact.at >= span.startAt - SKEW_MS && fact.at <= span.endAt + SKEW_MS;
}

/** What a consumer's span names: one list of deliveries for each message that it is about. */
export interface Named {
  /** Span ID of the sender, or the message ID. */
  by: string;
  deliveries: readonly Fact[];
}

/**
 * The messages of a consumer's span, found by its links and parent, by the spans above it, or by message ID. An empty
 * list: it names none that was seen to be delivered.
 */
export function namedBy(span: Span, index: FactIndex, spans: SpanMap): Named[] {
  let at: Span | undefined = span;
  const seen = new Set<string>();
  for (let step = 0; at && step < MOST_STEPS && !seen.has(at.spanId); step++) {
    seen.add(at.spanId);
    const found: Named[] = sendersOf(at).flatMap((by) => {
      const deliveries = index.deliveredBy(`span:${by}`);
      return deliveries.length > 0 ? [{ by, deliveries }] : [];
    });
    if (found.length > 0) return found;
    const parent: Span | undefined = at.parentSpanId === null ? undefined : spans.get(at.parentSpanId);
    at = parent && operationOf(parent) !== 'send' ? parent : undefined;
  }
  const id = span.messaging?.messageId;
  const deliveries = id ? index.deliveredBy(`message:${id}`) : [];
  return id && deliveries.length > 0 ? [{ by: id, deliveries }] : [];
}

/** Those of the queue that the span names; a name that is told by its words alone may be no queue. */
export function ofQueue(deliveries: readonly Fact[], span: Span): readonly Fact[] {
  const hint = queueHint(span);
  const same = hint === null ? [] : deliveries.filter((f) => f.queue === hint);
  return same.length > 0 || span.messaging?.queue ? same : deliveries;
}

/** Deliveries that fit by queue and time alone, for spans whose message carries no ID that the span names. */
export function fitting(span: Span, index: FactIndex): readonly Fact[] {
  const hint = queueHint(span);
  return index.delivered.filter((f) => f.queue === hint && inTime(f, span));
}

/** The fact nearest to the span's beginning, the earlier of two. */
export function nearest(facts: readonly Fact[], span: Span): Fact | null {
  let best: Fact | null = null;
  for (const fact of facts)
    if (best === null || Math.abs(fact.at - span.startAt) < Math.abs(best.at - span.startAt)) best = fact;
  return best;
}
