/**
 * Puts the services' spans where they belong: a producer's to the publish, a consumer's with those below it to the
 * delivery. What no tap saw but a span tells becomes a fact of its own here, so that it is assembled like any other;
 * a consumer's good end becomes a settlement. Nothing that is made here is stored.
 */
import type { Fact } from '../model/fact.ts';
import type { MessageIds } from '../model/ids.ts';
import type { Span } from '../model/span.ts';
import { Epochs } from './span-epochs.ts';
import { FactIndex, fitting, namedBy, nearest, ofQueue, publishOf } from './span-match.ts';
import { causesOf, spansBelow } from './span-tree.ts';
import {
  endedWell,
  failureOf,
  isAboutTrace,
  operationOf,
  queueHint,
  sendersOf,
  traceOf,
} from './span-words.ts';

export interface SpanPlan {
  /** Publishes and deliveries that only spans tell of, and settlements. */
  made: Fact[];
  /** By fact ID: the spans of this step, parents first. */
  spans: Map<string, Span[]>;
  /** By ID of a made settlement: ID of the delivery that it ended. */
  ended: Map<string, string>;
  /** By ID of a delivery: what its consumer's span says went wrong. */
  errors: Map<string, string>;
  /** By ID of a publish: ID of the delivery whose consumer sent it. */
  causes: Map<string, string>;
  /** Spans that belong to no step, in order of time. */
  loose: Span[];
}

/** `facts` each once. Those of kind span are read; the others are what they are matched with. */
export function planSpans(facts: readonly Fact[]): SpanPlan {
  const plan: SpanPlan = {
    made: [],
    spans: new Map(),
    ended: new Map(),
    errors: new Map(),
    causes: new Map(),
    loose: [],
  };
  const told = new Map<string, { fact: Fact; span: Span }>();
  for (const fact of facts) {
    if (fact.kind !== 'span' || !fact.span) continue;
    const { span } = fact;
    const known = told.get(span.spanId);
    const later = !known || known.span.endAt < span.endAt;
    if (later || (known.span.endAt === span.endAt && known.fact.id > fact.id))
      told.set(span.spanId, { fact, span });
  }
  if (told.size === 0) return plan;
  const sorted = [...told.values()].sort((a, b) => bySpanTime(a.span, b.span));
  const planner = new Planner(plan, facts, sorted);
  planner.producers();
  planner.consumers();
  planner.ends();
  planner.below();
  return plan;
}

type Told = { fact: Fact; span: Span };

class Planner {
  readonly #plan: SpanPlan;
  readonly #sorted: Told[];
  readonly #spans: Map<string, Span>;
  readonly #facts: Fact[];
  readonly #epochs: Epochs;
  #index: FactIndex;
  /** By span ID: the facts whose step it is, found for the span itself. */
  readonly #direct = new Map<string, Fact[]>();

  constructor(plan: SpanPlan, facts: readonly Fact[], sorted: Told[]) {
    this.#plan = plan;
    this.#sorted = sorted;
    this.#spans = new Map(sorted.map(({ span }) => [span.spanId, span]));
    this.#facts = facts.filter((f) => f.kind !== 'span');
    this.#index = new FactIndex(this.#facts);
    this.#epochs = new Epochs(this.#facts);
  }

  producers(): void {
    const used = new Set<Fact>();
    const left: Told[] = [];
    for (const told of this.#of('send', 'create')) {
      const fact = publishOf(told.span, this.#index, this.#spans, used);
      if (!fact) {
        if (operationOf(told.span) === 'send') left.push(told);
        continue;
      }
      if (operationOf(told.span) === 'send') used.add(fact);
      this.#direct.set(told.span.spanId, [fact]);
    }
    for (const { fact, span } of left) {
      const exchange = span.messaging?.exchange ?? span.messaging?.destination ?? null;
      if (exchange === null) continue;
      const key = span.messaging?.routingKey;
      const made = this.#make(fact, span, 'published', [span.spanId], {
        at: span.startAt,
        exchange,
        routingKeys: key ? [key] : [],
      });
      this.#direct.set(span.spanId, [made]);
    }
    this.#index = new FactIndex(this.#facts);
  }

  consumers(): void {
    const used = new Map<string, Set<Fact>>();
    // answers to the broker last: they go with the work that they are below
    const sorted = [...this.#of('receive', 'process'), ...this.#of('settle')];
    for (const { fact, span } of sorted) {
      const operation = operationOf(span) ?? '';
      const taken = used.get(operation) ?? new Set();
      used.set(operation, taken);
      const found = this.#deliveriesOf(span, taken);
      const made = found.length === 0 && operation === 'process' ? this.#unseen(fact, span) : null;
      const deliveries = made ? [made] : found;
      for (const one of deliveries) taken.add(one);
      if (deliveries.length > 0) this.#direct.set(span.spanId, deliveries);
    }
  }

  #deliveriesOf(span: Span, taken: ReadonlySet<Fact>): Fact[] {
    // a second process span inside the first, and the answer to the broker, speak of the same delivery
    const above = this.#workAbove(span);
    if (above) return above;
    const named = namedBy(span, this.#index, this.#spans);
    const found = named.flatMap(({ deliveries }) => {
      const fit = this.#epochs.of(ofQueue(deliveries, span), span);
      return (
        nearest(
          fit.filter((f) => !taken.has(f)),
          span,
        ) ??
        nearest(fit, span) ??
        []
      );
    });
    if (found.length > 0 || named.length > 0) return [...new Set(found)];
    const senders = sendersOf(span);
    const unseen = this.#plan.made.filter(
      (f) => f.kind === 'delivered' && senders.includes(f.ids.spanId ?? ''),
    );
    const answered = operationOf(span) === 'settle' ? nearest(ofQueue(unseen, span), span) : null;
    if (answered) return [answered];
    const trace = traceOf(this.#facts[0]?.journey ?? '');
    if (!isAboutTrace(span, trace)) return [];
    const fit = fitting(span, this.#index).filter((f) => !taken.has(f) && !this.#sentByKnown(f));
    const one = nearest(fit, span);
    return one ? [one] : [];
  }

  #workAbove(span: Span): Fact[] | null {
    let above = this.#spans.get(span.parentSpanId ?? '');
    for (let step = 0; above && step < 6; step++) {
      const operation = operationOf(above);
      if (operation === 'process') return this.#direct.get(above.spanId) ?? null;
      if (operation === 'send') return null;
      above = this.#spans.get(above.parentSpanId ?? '');
    }
    return null;
  }

  /** Its headers name a span that was reported: the spans of its consumer name that one too. */
  #sentByKnown(fact: Fact): boolean {
    return fact.ids.spanId !== undefined && this.#spans.has(fact.ids.spanId);
  }

  #unseen(fact: Fact, span: Span): Fact | null {
    if (!isAboutTrace(span, traceOf(fact.journey))) return null;
    const queue = queueHint(span) ?? this.#onlyQueue(span) ?? span.messaging?.destination ?? null;
    if (queue === null) return null;
    const exchange = span.messaging?.exchange ?? undefined;
    const key = span.messaging?.routingKey;
    return this.#make(fact, span, 'delivered', sendersOf(span), {
      at: span.startAt,
      queue,
      ...(exchange === undefined ? {} : { exchange }),
      ...(key ? { routingKeys: [key] } : {}),
    });
  }

  /** The queue to which its message was routed, when that is one. */
  #onlyQueue(span: Span): string | null {
    const published = sendersOf(span).flatMap((by) => this.#index.publishedBy(`span:${by}`));
    const [queue, ...more] = new Set(published.flatMap((f) => f.routedQueues ?? []));
    return queue !== undefined && more.length === 0 ? queue : null;
  }

  /** A fact that the span tells: of the message that one of the senders sent, as far as that was seen. */
  #make(
    told: Fact,
    span: Span,
    kind: 'published' | 'delivered',
    senders: readonly string[],
    more: Partial<Fact>,
  ): Fact {
    const seen = senders
      .flatMap((by) => [...this.#index.publishedBy(`span:${by}`), ...this.#index.deliveredBy(`span:${by}`)])
      .find((f) => f.kind !== kind || f.queue !== more.queue || kind === 'delivered');
    const [sender] = senders;
    const { messageId, conversationId } = span.messaging ?? {};
    const ids: MessageIds = {
      traceId: traceOf(told.journey) ?? span.traceId,
      ...(sender ? { spanId: sender } : {}),
      ...(messageId ? { messageId } : {}),
      ...(conversationId ? { correlationId: conversationId } : {}),
    };
    const fact: Fact = {
      id: `${told.id}~${kind}`,
      kind,
      source: 'otlp',
      at: span.startAt,
      precision: 'exact',
      vhost: seen?.vhost ?? told.vhost,
      journey: told.journey,
      ids: seen?.ids ?? ids,
      fingerprint: seen?.fingerprint ?? `span:${sender ?? span.spanId}`,
      span,
      ...more,
    };
    this.#plan.made.push(fact);
    this.#facts.push(fact);
    return fact;
  }

  /** What each delivery came to: the consumer's answer to the broker where a span tells of it, else how its work ended. */
  ends(): void {
    const last = new Map<Fact, Span>();
    for (const operation of ['process', 'settle'] as const) {
      const done = new Set<Fact>();
      for (const { span } of this.#of(operation)) {
        for (const delivery of this.#direct.get(span.spanId) ?? []) {
          // of two that say the same of one delivery the outer one, which began first, knows how it ended
          if (done.has(delivery)) continue;
          done.add(delivery);
          last.set(delivery, span);
          const words = failureOf(span);
          if (words !== null) this.#plan.errors.set(delivery.id, words);
        }
      }
    }
    for (const [delivery, span] of last) {
      if (!endedWell(span)) {
        if (!this.#plan.errors.has(delivery.id))
          this.#plan.errors.set(delivery.id, `its consumer gave it back (${span.name})`);
        continue;
      }
      const { id: _, redelivered: __, message: ___, deaths: ____, ...same } = delivery;
      const id = `${delivery.id}~settled`;
      this.#plan.made.push({
        ...same,
        id,
        kind: 'settled',
        source: 'otlp',
        at: span.endAt,
        precision: 'exact',
        span,
      });
      this.#plan.ended.set(id, delivery.id);
    }
  }

  /** The spans below those that were placed, what they caused, and the rest. */
  below(): void {
    const sorted = this.#sorted.map(({ span }) => span);
    const { owners, spans, loose } = spansBelow(sorted, this.#direct);
    this.#plan.spans = spans;
    this.#plan.loose = loose;
    this.#plan.causes = causesOf(this.#index.published, sorted, this.#direct, owners);
  }

  #of(...operations: string[]): Told[] {
    return this.#sorted.filter(({ span }) => operations.includes(operationOf(span) ?? ''));
  }
}

function bySpanTime(a: Span, b: Span): number {
  return a.startAt - b.startAt || b.endAt - a.endAt || (a.spanId < b.spanId ? -1 : 1);
}
