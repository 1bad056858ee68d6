import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Story, shuffled, T0, TRACE } from '../../test/build-facts.ts';
import { processes, sends, span, spanFacts, spanId } from '../../test/build-spans.ts';
import type { Fact } from '../model/fact.ts';
import { type Hop, type Journey, journeySchema } from '../model/journey.ts';
import type { Span } from '../model/span.ts';
import { assemble } from './assemble.ts';
import { journeySummary, statusOf } from './status.ts';
import { emptySummary, foldSummary } from './summary.ts';

/** A message whose traceparent names span 1 as its sender. */
const sent = () => new Story({ traceId: TRACE, spanId: spanId(1), messageId: 'm1' });
const journeyOf = (story: Story, spans: readonly Span[]) =>
  assemble([...story.facts, ...spanFacts(spans)], []);
const fold = (facts: readonly Fact[]) => facts.reduce(foldSummary, emptySummary(`trace:${TRACE}`));
const line = (journey: Journey) =>
  journey.hops.map((h) => {
    const spans = h.spans.map((s) => Number.parseInt(s.spanId, 16)).join(',');
    return `${h.kind} ${h.row}${spans && ` [${spans}]`}`;
  });
const hop = (journey: Journey, kind: Hop['kind']) => journey.hops.find((h) => h.kind === kind);

describe('spans of services', () => {
  //  tap      ●publish──▶▭billing──▶●deliver
  //  service  ╰1 publish            ╰2 process ── 3 charge card
  it('stand at the publish and the delivery that they are about, with those below', () => {
    const story = sent().published(1, 'orders', ['billing']).delivered(11, 'billing');
    const journey = journeyOf(story, [
      sends(1, 0, 'orders'),
      processes(2, 12, 30, 'billing', 1),
      span(3, 13, 20, { name: 'charge card', parentSpanId: spanId(2) }),
      span(9, -50, 40, { name: 'POST /orders', service: 'shop' }),
    ]);
    expect(line(journey)).toEqual([
      'publish ex:orders [1]',
      'queue q:billing',
      'delivery q:billing [2,3]',
      'settlement q:billing',
    ]);
    expect(journey.spans.map((s) => s.name)).toEqual(['POST /orders']);
    expect(hop(journey, 'settlement')).toMatchObject({ at: T0 + 30, source: 'otlp', provenance: 'observed' });
    expect(hop(journey, 'settlement')?.why).toContain('the ack itself cannot be seen');
    expect(hop(journey, 'delivery')?.until).toBe(T0 + 30);
    expect(journey.status).toBe('settled');
    expect(journey.factCount).toBe(6);
  });

  //  tap      ●deliver ✕died ········ replay ············· ●deliver (5 s late)
  //  service  (no span)                     ╰3 process, well
  it('belong to the copy that a replay sent before they began, however late the tap tells of it', () => {
    const copy = { ids: { ...sent().ids, replayId: 'j.1' } };
    const story = sent()
      .published(1, 'orders', ['billing'])
      .delivered(11, 'billing')
      .died(20, { queue: 'billing' })
      .replayed(1_000, 'billing.dead', 'j.1', copy)
      .delivered(6_000, 'billing', 1, copy);
    const journey = journeyOf(story, [processes(3, 1_010, 1_020, 'billing', 1)]);
    const spans = journey.hops.filter((h) => h.kind === 'delivery').map((h) => h.spans.map((s) => s.spanId));
    expect(spans).toEqual([[], [spanId(3)]]);
    expect(hop(journey, 'settlement')?.ids.replayId).toBe('j.1');
  });

  it('give one settlement, whether by a process span, a settle span below it, or both', () => {
    const story = sent().published(1, 'orders', ['billing']).delivered(11, 'billing');
    const ack = span(3, 29, 30, {
      kind: 'client',
      name: 'ack billing',
      parentSpanId: spanId(2),
      messaging: { operation: 'settle' },
    });
    for (const spans of [[processes(2, 12, 30, 'billing', 1), ack], [{ ...ack, parentSpanId: spanId(1) }]]) {
      const journey = journeyOf(story, spans);
      expect(journey.hops.filter((h) => h.kind === 'settlement')).toHaveLength(1);
      expect(journey.status).toBe('settled');
    }
  });

  it('never settle both queues by two spans of one delivery', () => {
    const story = sent().published(1, 'orders', ['billing', 'audit']);
    story.delivered(11, 'billing').delivered(12, 'audit');
    const ack = span(3, 29, 30, { name: 'ack', parentSpanId: spanId(1), messaging: { operation: 'settle' } });
    expect(journeyOf(story, [processes(2, 12, 30, 'billing', 1), ack]).status).toBe('delivered');
    const both = journeyOf(story, [processes(2, 12, 30, 'billing', 1), processes(4, 13, 31, 'audit', 1)]);
    expect(both.status).toBe('settled');
    expect(both.hops.filter((h) => h.kind === 'settlement').map((h) => h.queue)).toEqual([
      'billing',
      'audit',
    ]);
  });

  //  ●──▶▭billing──▶●1 (error) ↺ ●2 (fine)
  it('say what went wrong on a delivery, and settle the one that went well', () => {
    const story = sent().published(1, 'orders', ['billing']).delivered(11, 'billing');
    const failed = processes(2, 12, 30, 'billing', 1, {
      status: 'error',
      statusMessage: 'timeout calling psp',
      exceptionType: 'TimeoutError',
    });
    const first = journeyOf(story, [failed]);
    expect(hop(first, 'delivery')?.error).toBe('TimeoutError: timeout calling psp');
    expect(first.status).toBe('delivered');
    story.redelivered(1_000, 'billing', 2);
    const journey = journeyOf(story, [failed, processes(3, 1_001, 1_020, 'billing', 1)]);
    expect(line(journey).slice(2)).toEqual([
      'delivery q:billing [2]',
      'retry q:billing',
      'delivery q:billing [3]',
      'settlement q:billing',
    ]);
    expect(journey.status).toBe('settled');
  });

  it('settle nothing by a span that says nack, or that ended well before its message died', () => {
    const story = sent().published(1, 'orders', ['billing']).delivered(11, 'billing');
    const nack = span(3, 29, 30, {
      name: 'nack billing',
      parentSpanId: spanId(2),
      messaging: { operation: 'settle' },
    });
    const process = processes(2, 12, 30, 'billing', 1);
    expect(journeyOf(story, [process, nack]).status).toBe('delivered');
    story.died(31, { queue: 'billing' });
    const journey = journeyOf(story, [process]);
    expect(journey.status).toBe('dead');
    expect(hop(journey, 'settlement')).toBeUndefined();
    expect(hop(journey, 'delivery')?.why).toContain('went back or died');
  });

  //  consumers with traces of their own, which link to the sender's
  it('are found by links from another trace', () => {
    const other = 'b'.repeat(32);
    const story = sent().published(1, 'orders', ['billing']).delivered(11, 'billing');
    const linked = processes(2, 12, 30, 'billing', 1, {
      traceId: other,
      parentSpanId: null,
      links: [{ traceId: TRACE, spanId: spanId(1) }],
    });
    const journey = journeyOf(story, [linked]);
    expect(line(journey)).toContain('delivery q:billing [2]');
    expect(journey.status).toBe('settled');
    // the consumer's own trace holds its span too, and no message: what it processed is told elsewhere
    const own = spanFacts([linked], other);
    expect(assemble(own, [])).toMatchObject({ hops: [], status: 'unknown' });
    expect(journeySummary(own.reduce(foldSummary, emptySummary(`trace:${other}`)))).toMatchObject({
      messages: 0,
      spans: 1,
      status: 'unknown',
    });
  });

  it('make the hops themselves where no tap saw anything', () => {
    const spans = [
      sends(1, 0, 'orders', { messaging: { routingKey: 'order.created' } }),
      processes(2, 12, 30, 'billing', 1),
    ];
    const journey = assemble(spanFacts(spans), []);
    expect(line(journey)).toEqual([
      'publish ex:orders [1]',
      'queue q:billing',
      'delivery q:billing [2]',
      'settlement q:billing',
    ]);
    expect(hop(journey, 'publish')).toMatchObject({
      source: 'otlp',
      provenance: 'observed',
      routingKeys: ['order.created'],
    });
    expect(hop(journey, 'queue')?.from).toEqual([hop(journey, 'publish')?.id]);
    expect(hop(journey, 'publish')?.why).toContain('checkout-api');
    expect(journey.status).toBe('settled');
    expect(journeySummary(fold(spanFacts(spans))).messages).toBe(0);
  });

  it('tell of a delivery that the tap did not see, and take no second hop when it did', () => {
    const story = sent().published(1, 'orders', ['billing']);
    const spans = [processes(2, 12, 30, 'billing', 1)];
    const unseen = journeyOf(story, spans);
    expect(hop(unseen, 'delivery')).toMatchObject({ source: 'otlp', until: T0 + 30 });
    expect(unseen.status).toBe('settled');
    const seen = journeyOf(story.delivered(11, 'billing'), spans);
    expect(seen.hops.map((h) => h.id)).toEqual(unseen.hops.map((h) => h.id));
    expect(hop(seen, 'delivery')).toMatchObject({ source: 'firehose' });
  });

  //  ▭billing──▶● process 2 ── 4 publish ●──▶▭mail      another connection, but its span lies below
  it('join a message to the one whose handling sent it', () => {
    const story = sent().published(1, 'orders', ['billing']).delivered(11, 'billing');
    const ids = { traceId: TRACE, spanId: spanId(4), messageId: 'invoice' };
    story.published(21, 'invoices', ['mail'], { ids });
    const journey = journeyOf(story, [
      processes(2, 12, 30, 'billing', 1),
      span(3, 13, 29, { parentSpanId: spanId(2) }),
      sends(4, 20, 'invoices', { parentSpanId: spanId(3) }),
    ]);
    const delivery = hop(journey, 'delivery');
    const invoice = journey.hops.find((h) => h.exchange === 'invoices' && h.kind === 'publish');
    expect(invoice?.from).toEqual([delivery?.id]);
    expect(invoice?.why).toContain('below the consumer’s span');
    expect(delivery?.spans.map((s) => s.spanId)).toEqual([spanId(2), spanId(3)]);
  });

  it('of other brokers are nobody’s', () => {
    const story = sent().published(1, 'orders', ['billing']).delivered(11, 'billing');
    const kafka = processes(2, 12, 30, 'billing', 1, { messaging: { system: 'kafka' } });
    expect(journeyOf(story, [kafka])).toMatchObject({ status: 'delivered', spans: [{ spanId: spanId(2) }] });
  });
});

describe('any spans with any facts', () => {
  const any = fc.record({
    n: fc.integer({ min: 1, max: 8 }),
    length: fc.integer({ min: 0, max: 19 }),
    parent: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
    link: fc.option(fc.integer({ min: 1, max: 9 }), { nil: null }),
    kind: fc.constantFrom<Span['kind']>('producer', 'consumer', 'internal'),
    operation: fc.constantFrom('process', 'receive', null),
    queue: fc.constantFrom('billing', 'audit', null),
    error: fc.boolean(),
  });
  const spans = fc.uniqueArray(any, { maxLength: 8, selector: (s) => s.n }).map((list) =>
    list.map((s) =>
      span(s.n, s.n * 20, s.n * 20 + s.length, {
        kind: s.kind,
        // parents begin before their children; settle spans have none
        parentSpanId: s.parent === null || s.parent >= s.n || s.parent > 6 ? null : spanId(s.parent),
        links: s.link === null ? [] : [{ traceId: TRACE, spanId: spanId(s.link) }],
        status: s.error ? 'error' : 'ok',
        messaging:
          s.kind === 'internal'
            ? null
            : {
                operation: s.kind === 'producer' ? 'send' : s.n > 6 ? 'settle' : s.operation,
                queue: s.queue,
                exchange: 'orders',
              },
      }),
    ),
  );
  const fact = fc.record({
    what: fc.constantFrom('published', 'delivered', 'redelivered', 'died'),
    at: fc.integer({ min: 0, max: 20 }),
    sender: fc.integer({ min: 1, max: 3 }),
    queue: fc.constantFrom('billing', 'audit'),
  });
  const facts = fc.array(fact, { maxLength: 8 }).map((list) => {
    const story = new Story();
    for (const { what, at, sender, queue } of list) {
      const ids = { traceId: TRACE, spanId: spanId(sender), messageId: `m${sender}` };
      if (what === 'published') story.published(at * 10, 'orders', [queue], { ids });
      else if (what === 'died') story.died(at * 10, { queue }, { ids });
      else story[what === 'delivered' ? 'delivered' : 'redelivered'](at * 10, queue, 1, { ids });
    }
    return story.facts;
  });

  it('give a valid journey, each span once or more and none lost, the same in any order', () => {
    fc.assert(
      fc.property(facts, spans, fc.nat(), (seen, told, seed) => {
        const all = [...seen, ...spanFacts(told)];
        const journey = journeySchema.parse(assemble(all, []));
        expect(assemble(shuffled(all, seed), [])).toEqual(journey);
        const at = new Map(journey.hops.map((h, i) => [h.id, i]));
        for (const [i, one] of journey.hops.entries())
          for (const from of one.from) expect(at.get(from)).toBeLessThan(i);
        const placed = new Set(
          [...journey.spans, ...journey.hops.flatMap((h) => h.spans)].map((s) => s.spanId),
        );
        expect([...placed].sort()).toEqual(told.map((s) => s.spanId).sort());
        expect(journey.status).toBe(statusOf(fold(shuffled(all, seed))));
      }),
      { numRuns: 60, seed: 1 },
    );
  });
});
