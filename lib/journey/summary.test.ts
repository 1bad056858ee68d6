import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { death, Story, shuffled, T0, TRACE } from '../../test/build-facts.ts';
import { processes, spanFacts, spanId } from '../../test/build-spans.ts';
import type { Fact } from '../model/fact.ts';
import { journeySummary, statusOf } from './status.ts';
import { emptySummary, foldSummary, mergeSummary, type SummaryState } from './summary.ts';

const fold = (facts: readonly Fact[]): SummaryState => facts.reduce(foldSummary, emptySummary('j'));
const status = (story: Story) => statusOf(fold(story.facts));
const replayedIds = (story: Story, replayId: string) => ({ ids: { ...story.ids, replayId } });

describe('statusOf', () => {
  it('is unknown before anything is known', () => expect(status(new Story())).toBe('unknown'));

  // ──publish──▶ billing ──deliver──▶
  it('goes from in flight to delivered', () => {
    const story = new Story().published(0, 'orders', ['billing']);
    expect(status(story)).toBe('in flight');
    expect(status(story.delivered(11, 'billing'))).toBe('delivered');
  });

  // ──publish──▶┬ billing ──deliver──▶
  //             └ audit   (still there)
  it('is in flight while one of two queues holds it', () => {
    const story = new Story().published(0, 'orders', ['billing', 'audit']).delivered(11, 'billing');
    expect(status(story)).toBe('in flight');
    expect(status(story.delivered(12, 'audit'))).toBe('delivered');
  });

  // ──publish──▶ billing ──deliver──✕──▶ billing.dead        (audit was delivered long ago)
  it('is dead when one branch died, though another arrived later', () => {
    const story = new Story()
      .published(0, 'orders', ['billing', 'audit'])
      .delivered(11, 'billing')
      .died(20, { queue: 'billing' })
      .delivered(500, 'audit');
    expect(status(story)).toBe('dead');
  });

  // ──▶ billing ─✕─▶ billing.dead ──◆replay──▶ billing ──deliver──▶ settled
  it('goes from dead through replayed to settled', () => {
    const story = new Story()
      .published(0, 'orders', ['billing'])
      .delivered(11, 'billing')
      .died(20, { queue: 'billing' });
    expect(status(story)).toBe('dead');
    story.replayed(60_000, 'billing.dead', 'R1.0');
    expect(status(story)).toBe('replayed');
    const copy = replayedIds(story, 'R1.0');
    story.published(60_005, '', ['billing'], copy);
    expect(status(story)).toBe('replayed');
    story.delivered(60_010, 'billing', 1, copy);
    expect(status(story)).toBe('delivered');
    expect(status(story.settled(60_090, 'billing', copy))).toBe('settled');
  });

  // ──▶ billing ─✕─▶ dead ──◆──▶ billing ─✕─▶ dead            (x-death starts again at count 1)
  it('is dead again when the copy dies', () => {
    const story = new Story().published(0, 'orders', ['billing']).died(20, { queue: 'billing' });
    story.replayed(60_000, 'billing.dead', 'R1.0');
    story.died(60_100, { queue: 'billing' }, replayedIds(story, 'R1.0'));
    expect(status(story)).toBe('dead');
    expect(journeySummary(fold(story.facts))).toMatchObject({ deaths: 2, replays: 1 });
    story.replayed(90_000, 'billing.dead', 'R2.0');
    story.delivered(90_010, 'billing', 1, replayedIds(story, 'R2.0'));
    expect(status(story)).toBe('delivered');
  });

  // ──▶ billing ─✕─▶ billing.retry ─✕ expired─▶ billing ──deliver──▶   (x-death on the delivery names both)
  it('is delivered when a retry ring brought it back', () => {
    const ring = [
      death({ queue: 'billing.retry', reason: 'expired' }, 5_020),
      death({ queue: 'billing' }, 20),
    ];
    const story = new Story()
      .published(0, 'orders', ['billing'])
      .delivered(11, 'billing')
      .died(20, { queue: 'billing' });
    expect(status(story)).toBe('dead');
    story.delivered(5_025, 'billing', 2, { deaths: ring });
    expect(status(story)).toBe('delivered');
    expect(journeySummary(fold(story.facts)).deaths).toBe(2);
  });

  // dead-letter tap's copy comes 40 ms after the firehose showed the delivery out of the dead-letter queue
  it('lets x-death counts decide when two taps bring death and delivery in the wrong order', () => {
    const story = new Story()
      .published(0, 'orders', ['billing'])
      .delivered(30, 'billing.dead', 3, { deaths: [death({ queue: 'billing' }, 20)] })
      .died(70, { queue: 'billing' });
    expect(status(story)).toBe('delivered');
  });

  // ──publish──▶ no queue
  it('is returned when no queue took it', () => {
    expect(status(new Story().published(0, 'orders', []))).toBe('returned');
    // the default exchange: the firehose names a queue that is not there, the publisher's own return knows better
    const story = new Story().published(5, '', ['gone'], { message: undefined });
    expect(status(story.answered(3, 'returned', { exchange: '' }))).toBe('returned');
  });

  it('is in flight when only our own publisher knows that a queue has it', () => {
    const story = new Story().published(0, 'orders', [], { source: 'publisher', routedQueues: undefined });
    expect(status(story)).toBe('unknown');
    expect(status(story.answered(4, 'confirmed'))).toBe('in flight');
  });

  it('is settled once each first delivery has an end, the same span told twice counting once', () => {
    const ids = { traceId: TRACE, spanId: spanId(9), messageId: 'm' };
    const story = new Story(ids).published(0, 'orders', ['billing', 'audit']);
    story.delivered(5, 'billing').delivered(6, 'audit');
    const one = spanFacts([processes(1, 6, 8, 'billing', 9)]);
    const again = one.map((f) => ({ ...f, id: 'told again' }));
    expect(statusOf(fold([...story.facts, ...one, ...again]))).toBe('delivered');
    const both = [...story.facts, ...one, ...spanFacts([processes(2, 6, 9, 'audit', 9)])];
    expect(statusOf(fold(both))).toBe('settled');
  });

  it('does not take our own reading for a delivery', () => {
    const story = new Story()
      .published(0, 'orders', ['billing'])
      .delivered(9, 'billing', 1, { source: 'read' });
    expect(status(story)).toBe('in flight');
  });
});

describe('journeySummary', () => {
  it('tells where it began and of what it died last', () => {
    const story = new Story()
      .published(0, 'orders', ['billing', 'audit'])
      .delivered(11, 'billing')
      .died(20, { queue: 'billing' }, { error: 'timeout calling psp' });
    expect(journeySummary(fold(story.facts))).toEqual({
      id: 'j',
      vhost: '/',
      ids: story.ids,
      status: 'dead',
      firstAt: T0,
      lastAt: T0 + 20,
      exchange: 'orders',
      routingKey: 'order.created',
      queues: ['audit', 'billing'],
      messages: 1,
      deliveries: 1,
      deaths: 1,
      replays: 0,
      reason: 'rejected',
      error: 'timeout calling psp',
      deathQueue: 'billing',
      spans: 0,
      latencyMs: 11,
    });
  });

  it('counts a publish once that both the firehose and our publisher saw', () => {
    const story = new Story()
      .published(0, 'orders', ['billing'], { source: 'publisher', routedQueues: undefined })
      .published(1, 'orders', ['billing']);
    expect(journeySummary(fold(story.facts)).messages).toBe(1);
  });

  it('takes queue names such as __proto__ for ordinary names', () => {
    const story = new Story().published(0, 'orders', ['__proto__', 'constructor']);
    expect(journeySummary(fold(story.facts)).queues).toEqual(['__proto__', 'constructor']);
  });
});

describe('folding', () => {
  const step = fc.record({
    at: fc.integer({ min: 0, max: 100_000 }),
    what: fc.constantFrom(
      'published',
      'delivered',
      'died',
      'replayed',
      'settled',
      'returned',
      'confirmed',
      'span',
    ),
    queue: fc.oneof(fc.constantFrom('billing', 'audit', 'dead', '__proto__'), fc.string()),
    count: fc.integer({ min: 1, max: 4 }),
    replay: fc.option(fc.constantFrom('R1.0', 'R1.1'), { nil: undefined }),
    message: fc.constantFrom('m1', 'm2'),
  });
  const facts = fc.array(step, { maxLength: 40 }).map((steps) => {
    const story = new Story();
    for (const { at, what, queue, count, replay, message } of steps) {
      const more = { ids: { ...story.ids, messageId: message, ...(replay ? { replayId: replay } : {}) } };
      if (what === 'published') story.published(at, count === 1 ? '' : 'orders', [queue], more);
      else if (what === 'delivered')
        story.delivered(at, queue, 1, { ...more, deaths: [death({ queue, count }, at)] });
      else if (what === 'died') story.died(at, { queue, count }, { ...more, error: `e${count}` });
      else if (what === 'replayed') story.replayed(at, queue, replay ?? 'R9.9', { deaths: [] });
      else if (what === 'span')
        story.facts.push(
          ...spanFacts([processes(count, at, at + count, queue, 9)]).map((f) => ({ ...f, id: `${at}` })),
        );
      else if (what === 'settled') story.settled(at, queue, more);
      else if (what === 'returned' || what === 'confirmed') story.answered(at, what, more);
    }
    return story.facts;
  });

  it('gives the same whatever the order', () => {
    fc.assert(
      fc.property(facts, fc.nat(), (list, seed) => {
        expect(fold(shuffled(list, seed))).toEqual(fold(list));
      }),
    );
  });

  it('gives the same in batches as one by one, also through JSON', () => {
    fc.assert(
      fc.property(facts, fc.nat({ max: 40 }), (list, cut) => {
        const head = JSON.parse(JSON.stringify(fold(list.slice(0, cut)))) as SummaryState;
        expect(mergeSummary(head, fold(list.slice(cut)))).toEqual(fold(list));
      }),
    );
  });

  it('goes on from what a version kept that counted no spans', () => {
    const story = new Story().published(0, 'orders', ['billing']).delivered(11, 'billing');
    const { messages: _, ends: __, ...old } = fold(story.facts.slice(0, 1));
    const kept = JSON.parse(
      JSON.stringify({ ...old, counts: { ...old.counts, spans: undefined } }),
    ) as SummaryState;
    const state = story.facts.slice(1).reduce(foldSummary, kept);
    expect(journeySummary(state)).toMatchObject({
      status: 'delivered',
      messages: 1,
      spans: 0,
      latencyMs: null,
    });
    expect(journeySummary(kept)).toMatchObject({ messages: 1, spans: 0 });
  });

  it('stays bounded over thousands of queues and messages', () => {
    const story = new Story();
    for (let i = 0; i < 2_000; i++) {
      story.published(i, 'orders', [`q${i}`], { ids: { messageId: `m${i}` } });
      story.died(i, { queue: `q${i}` }, { ids: { messageId: `m${i}` } });
      story.facts.push(...spanFacts([processes(i, i, i + 1, `q${i}`, i)]));
    }
    const summary = fold(story.facts);
    expect(JSON.stringify(summary).length).toBeLessThan(50_000);
    expect(journeySummary(summary)).toMatchObject({
      messages: 2_000,
      deaths: 2_000,
      spans: 2_000,
      status: 'dead',
    });
  });
});
