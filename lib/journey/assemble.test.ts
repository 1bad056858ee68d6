import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { death, gap, Story, shuffled, T0 } from '../../test/build-facts.ts';
import type { Fact } from '../model/fact.ts';
import { type Hop, type Journey, journeySchema } from '../model/journey.ts';
import { assemble } from './assemble.ts';

/** A hop in a word and its place: `publish ex:orders`, `delivery 1 q:billing`, `(death) q:billing`; inferred in brackets. */
function tell(hop: Hop): string {
  const words = [hop.kind, hop.attempt, hop.row].filter((w) => w !== null).join(' ');
  return hop.provenance === 'inferred' ? `(${words})` : words;
}
/** The journey as a list of edges, `a > b`, in the order of the hops. */
function edges(journey: Journey): string[] {
  const byId = new Map(journey.hops.map((h) => [h.id, h]));
  return journey.hops.flatMap((hop) => {
    const from = hop.from.flatMap((id) => byId.get(id) ?? []);
    return from.length === 0 ? [tell(hop)] : from.map((f) => `${tell(f)} > ${tell(hop)}`);
  });
}
const says = (journey: Journey) => journey.sentence.map((p) => p.text).join('');
const states = (journey: Journey) => journey.states.map((s) => s.status);
const copy = (story: Story, replayId: string) => ({ ids: { ...story.ids, replayId } });

describe('assemble', () => {
  it('gives an empty journey for no facts', () => {
    expect(assemble([], [])).toMatchObject({ status: 'unknown', hops: [], rows: [], factCount: 0 });
  });

  //  0          11
  //  ●publish──▶▭billing──▶●deliver 1
  it('follows one message to its consumer', () => {
    const story = new Story().published(0, 'orders', ['billing']).delivered(11, 'billing');
    const journey = assemble(story.facts, []);
    expect(edges(journey)).toEqual([
      'publish ex:orders',
      'publish ex:orders > queue q:billing',
      'queue q:billing > delivery 1 q:billing',
    ]);
    expect(journey.hops[1]).toMatchObject({ at: T0, until: T0 + 11, queue: 'billing', source: 'firehose' });
    expect(says(journey)).toBe(
      'checkout-api published it to orders, which reached billing. It was delivered from billing.',
    );
    expect(states(journey)).toEqual(['delivered']);
  });

  //  0          11          1512      3020                  3500
  //  ●publish┬─▶▭billing──▶●deliver 1 ↺ ●deliver 2 ✕ rejected──▶▭billing.dead──▶◆replay──▶▭billing──▶●deliver 3──✓
  //          └─▶▭audit──▶●deliver 1
  it('tells a whole story: fan-out, retry, death, replay, settlement', () => {
    const story = new Story()
      .published(0, 'orders', ['billing', 'audit'])
      .delivered(5, 'audit', 7)
      .delivered(11, 'billing', 1)
      .redelivered(1_512, 'billing', 2)
      .died(3_500, { queue: 'billing' }, { error: 'timeout calling psp' })
      .replayed(2_414_000, 'billing.dead', 'R118.0');
    const again = copy(story, 'R118.0');
    story
      .published(2_414_003, '', ['billing'], again)
      .delivered(2_414_018, 'billing', 1, again)
      .answered(2_414_004, 'confirmed', { ...again, exchange: '' })
      .settled(2_414_102, 'billing', again);
    const journey = assemble(story.facts, []);
    expect(edges(journey)).toEqual(
      [
        'publish ex:orders',
        'publish ex:orders > queue q:audit',
        'publish ex:orders > queue q:billing',
        'queue q:audit > delivery 1 q:audit',
        'queue q:billing > delivery 1 q:billing',
        'delivery 1 q:billing > (retry q:billing)',
        '(retry q:billing) > delivery 2 q:billing',
        'delivery 2 q:billing > death q:billing',
        'death q:billing > queue q:billing.dead',
        'queue q:billing.dead > replay q:billing.dead',
        'replay q:billing.dead > queue q:billing',
        'queue q:billing > delivery 3 q:billing',
        'delivery 3 q:billing > settlement q:billing',
      ].sort(byStory(journey)),
    );
    expect(journey.rows.map((r) => r.id)).toEqual(['ex:orders', 'q:billing', 'q:billing.dead', 'q:audit']);
    expect(journey.rows.map((r) => r.deadLetters)).toEqual([false, false, true, false]);
    expect(states(journey)).toEqual(['dead', 'replayed', 'delivered']);
    expect(says(journey)).toBe(
      'checkout-api published it to orders, which reached two queues. It was delivered from audit. ' +
        'A consumer of billing rejected it on its second delivery: timeout calling psp. ' +
        'anna replayed it 40 min later. It settled from billing.',
    );
    const replay = journey.hops.find((h) => h.kind === 'replay');
    expect(replay).toMatchObject({ outcome: 'confirmed', precision: 'exact', routedQueues: ['billing'] });
  });

  //  ●publish──▶▭billing  (no delivery yet)
  it('shows a wait that goes on, and what may have been missed in it', () => {
    const story = new Story().published(0, 'orders', ['billing']);
    const journey = assemble(story.facts, [gap(500, null)]);
    expect(journey.status).toBe('in flight');
    expect(journey.hops.at(-1)).toMatchObject({ kind: 'queue', until: null, provenance: 'observed' });
    expect(journey.hops.at(-1)?.why).toContain('tap was off');
    expect(journey.gaps).toHaveLength(1);
  });

  //  ●publish (default exchange)──▶?gone       the firehose names a queue that may not exist
  it('infers the queue of a default exchange until something proves it', () => {
    const story = new Story().published(0, '', ['gone']);
    expect(edges(assemble(story.facts, []))).toEqual(['publish ex:', 'publish ex: > (queue q:gone)']);
    story.answered(2, 'returned', { exchange: '', detail: '312 NO_ROUTE' });
    const journey = assemble(story.facts, []);
    expect(edges(journey)).toEqual(['publish ex:', 'publish ex: > return ex:']);
    expect(journey.status).toBe('returned');
    expect(says(journey)).toContain('No queue took it');
  });

  //  ●publish──▶ no queue
  it('shows a publish that no queue took', () => {
    const journey = assemble(new Story().published(0, 'orders', []).facts, []);
    expect(edges(journey)).toEqual(['publish ex:orders', 'publish ex:orders > return ex:orders']);
    expect(journey.hops[1]?.why).toContain('not visible');
  });

  //  ours ●──┐
  //          ├─ one publish ──▶▭billing
  //  tap  ●──┘
  it('folds our own publish and what the firehose saw of it into one hop with the exact time', () => {
    const story = new Story()
      .published(0, 'orders', [], { source: 'publisher', precision: 'exact', routedQueues: undefined })
      .published(3, 'orders', ['billing'])
      .answered(6, 'confirmed');
    const journey = assemble(story.facts, []);
    expect(edges(journey)).toEqual(['publish ex:orders', 'publish ex:orders > queue q:billing']);
    expect(journey.hops[0]).toMatchObject({
      at: T0,
      precision: 'exact',
      outcome: 'confirmed',
      routedQueues: ['billing'],
      connection: '10.0.3.2:50100 -> 10.0.0.1:5672',
    });
  });

  //  (tap on only here)                      ▭billing.dead──▶●deliver 1   x-death: billing rejected 1
  //  (●publish)──▶(▭billing)──▶(✕ rejected)──┘
  it('reads the past off x-death when only the end was seen', () => {
    const story = new Story().delivered(9_000, 'billing.dead', 1, {
      exchange: 'orders.dlx',
      deaths: [death({ queue: 'billing' }, 3_500)],
    });
    const journey = assemble(story.facts, []);
    expect(edges(journey)).toEqual([
      '(publish ex:orders)',
      '(publish ex:orders) > (queue q:billing)',
      '(queue q:billing) > (death q:billing)',
      '(death q:billing) > queue q:billing.dead',
      'queue q:billing.dead > delivery 1 q:billing.dead',
    ]);
    expect(journey.hops.find((h) => h.kind === 'death')).toMatchObject({
      at: T0 + 3_000,
      precision: 'second',
      source: 'x-death',
    });
  });

  it('places a death that x-death tells to the second not before the delivery that led to it', () => {
    const story = new Story()
      .published(900, 'orders', ['billing'])
      .delivered(911, 'billing')
      .delivered(9_000, 'billing.dead', 1, { deaths: [death({ queue: 'billing' }, 920)] });
    expect(assemble(story.facts, []).hops.find((h) => h.kind === 'death')).toMatchObject({
      at: T0 + 911,
      precision: 'second',
    });
  });

  //  tap ✕ rejected ─────┐
  //                      ├─ one death
  //  x-death on deliver ─┘
  it('tells one death once, seen by the tap and read off x-death', () => {
    const story = new Story()
      .published(0, 'orders', ['billing'])
      .delivered(11, 'billing')
      .died(20, { queue: 'billing' })
      .delivered(9_000, 'billing.dead', 3, { deaths: [death({ queue: 'billing' }, 20)] });
    const journey = assemble(story.facts, []);
    expect(journey.hops.filter((h) => h.kind === 'death')).toHaveLength(1);
    expect(journey.hops.find((h) => h.kind === 'death')).toMatchObject({ provenance: 'observed' });
    expect(journey.hops.find((h) => h.queue === 'billing' && h.kind === 'delivery')?.until).toBe(T0 + 20);
  });

  //  ●▶▭work ●1 ✕ ▶▭retry ✕expired ▶▭work ●2 ✕ ▶▭retry ✕expired ▶▭work ●3
  it('unrolls a retry ring, also where only the last delivery was seen', () => {
    const ring = (count: number) => [
      death({ queue: 'retry', reason: 'expired', count }, 1_000),
      death({ queue: 'work', count }, 0),
    ];
    const seen = new Story()
      .published(0, 'orders', ['work'])
      .delivered(10, 'work')
      .delivered(5_000, 'work', 1, { deaths: ring(1) })
      .delivered(10_000, 'work', 1, { deaths: ring(2) });
    const journey = assemble(seen.facts, []);
    expect(edges(journey)).toEqual([
      'publish ex:orders',
      'publish ex:orders > queue q:work',
      'queue q:work > delivery 1 q:work',
      'delivery 1 q:work > (death q:work)',
      '(death q:work) > (queue q:retry)',
      '(queue q:retry) > (retry q:retry)',
      '(retry q:retry) > queue q:work',
      'queue q:work > delivery 2 q:work',
      'delivery 2 q:work > (death q:work)',
      '(death q:work) > (queue q:retry)',
      '(queue q:retry) > (retry q:retry)',
      '(retry q:retry) > queue q:work',
      'queue q:work > delivery 3 q:work',
    ]);
    expect(journey.status).toBe('delivered');
    expect(journey.rows.find((r) => r.name === 'retry')?.deadLetters).toBe(false);

    const last = assemble([...seen.facts.slice(-1)], []);
    expect(last.hops.filter((h) => h.kind === 'death')).toHaveLength(2);
    expect(last.hops.at(-1)).toMatchObject({ kind: 'delivery', provenance: 'observed' });
    expect(last.hops[0]).toMatchObject({ kind: 'publish', provenance: 'inferred', exchange: 'orders' });
  });

  it('does not unfold a ring that went round a million times', () => {
    const story = new Story().delivered(0, 'work', 1, {
      deaths: [
        death({ queue: 'retry', reason: 'expired', count: 1e6 }),
        death({ queue: 'work', count: 1e6 }),
      ],
    });
    const journey = assemble(story.facts, []);
    expect(journey.hops.length).toBeLessThan(100);
    expect(journey.hops.filter((h) => h.from.length === 0)).toHaveLength(1);
  });

  //  ●▶▭billing ✕ ▶▭?     the dead-letter exchange routes to billing.dead now
  it('infers the dead-letter queue from where the exchange routes, and nothing without that', () => {
    const story = new Story().published(0, 'orders', ['billing']).died(20, { queue: 'billing' });
    expect(edges(assemble(story.facts, [])).at(-1)).toBe('queue q:billing > death q:billing');
    const routes = (_: string, exchange: string) => (exchange === 'orders.dlx' ? ['billing.dead'] : null);
    const journey = assemble(story.facts, [], { routes });
    expect(edges(journey).at(-1)).toBe('death q:billing > (queue q:billing.dead)');
    expect(says(journey)).toContain('It should wait in billing.dead.');
  });

  //  ●▶▭q ✕▶▭dead ◆R1▶▭q ✕▶▭dead ◆R2▶▭q ●
  it('links a second replay to where the first one’s copy died', () => {
    const story = new Story().published(0, 'orders', ['q']).died(20, { queue: 'q' });
    story.replayed(60_000, 'dead', 'R1.0');
    const one = copy(story, 'R1.0');
    story
      .published(60_001, '', ['q'], one)
      .died(60_050, { queue: 'q' }, one)
      .replayed(90_000, 'dead', 'R2.0');
    story.delivered(90_010, 'q', 1, copy(story, 'R2.0'));
    const journey = assemble(story.facts, []);
    const replays = journey.hops.filter((h) => h.kind === 'replay');
    expect(replays).toHaveLength(2);
    const byId = new Map(journey.hops.map((h) => [h.id, h]));
    const waits = replays.map((r) => byId.get(r.from[0] ?? ''));
    expect(waits.map((w) => w?.queue)).toEqual(['dead', 'dead']);
    expect(waits.map((w) => w?.ids.replayId)).toEqual(['R1.0', 'R2.0']);
    expect(waits.map((w) => w?.at)).toEqual([T0 + 20, T0 + 60_050]);
    expect(states(journey)).toEqual(['dead', 'replayed', 'dead', 'replayed', 'delivered']);
  });

  //  ●order▶▭billing●───●invoice▶▭mail      the same connection took the one and sent the other
  it('joins a message to the one its consumer sent on, on one connection only', () => {
    const story = new Story({ traceId: 't'.repeat(32), messageId: 'order' });
    story.published(0, 'orders', ['billing']).delivered(10, 'billing', 4);
    const ids = { traceId: story.ids.traceId, messageId: 'invoice' };
    story.published(20, 'invoices', ['mail'], { ids, connection: '10.0.3.4:51024 -> 10.0.0.1:5672' });
    story.published(21, 'audits', ['log'], { ids: { ...ids, messageId: 'entry' } });
    const journey = assemble(story.facts, []);
    expect(edges(journey)).toContain('delivery 1 q:billing > publish ex:invoices');
    expect(edges(journey)).toContain('publish ex:audits');
    expect(says(journey)).toContain('The trace holds three messages.');
  });

  it('keeps the IDs of hops while more facts come in', () => {
    const story = new Story().published(0, 'orders', ['billing']).delivered(11, 'billing');
    const early = assemble(story.facts, []).hops.map((h) => h.id);
    story.died(20, { queue: 'billing' }).published(-1, 'orders', [], {
      source: 'publisher',
      routedQueues: undefined,
    });
    const late = assemble(story.facts, []).hops.map((h) => h.id);
    expect(late.slice(0, 3)).toEqual(early);
  });
});

/** Sorts expected edges as the journey has them, so that a test of the edges is not one of ties in time. */
function byStory(journey: Journey): (a: string, b: string) => number {
  const order = edges(journey);
  return (a, b) => order.indexOf(a) - order.indexOf(b);
}

describe('any facts', () => {
  const queues = fc.constantFrom('billing', 'audit', 'billing.dead', '__proto__', '');
  const deaths = fc.array(
    fc.record({
      queue: queues,
      reason: fc.constantFrom('rejected', 'expired', 'maxlen', 'odd'),
      count: fc.integer({ min: 1, max: 3 }),
      exchange: fc.constantFrom('orders', ''),
      routingKeys: fc.constant(['k']).map((keys) => [...keys]),
      at: fc.constantFrom(T0, T0 + 1_000, null),
    }),
    { maxLength: 3 },
  );
  const step = fc.record({
    at: fc.integer({ min: 0, max: 30 }).map((n) => n * 100),
    kind: fc.constantFrom<Fact['kind']>(
      'published',
      'delivered',
      'died',
      'replayed',
      'settled',
      'returned',
      'confirmed',
      'unanswered',
    ),
    source: fc.constantFrom<Fact['source']>('firehose', 'dead-letter-tap', 'publisher', 'read', 'replay'),
    queue: queues,
    routed: fc.array(queues, { maxLength: 3 }),
    exchange: fc.constantFrom('orders', ''),
    redelivered: fc.boolean(),
    deaths,
    connection: fc.constantFrom('a', 'b'),
    replayId: fc.constantFrom(undefined, 'R1.0', 'R2.0'),
    messageId: fc.constantFrom('m1', 'm2'),
  });
  const facts = fc.array(step, { maxLength: 14 }).map((steps) => {
    const story = new Story();
    for (const s of steps) {
      const ids = { traceId: story.ids.traceId, messageId: s.messageId };
      const replay =
        s.kind === 'replayed'
          ? { jobId: 'R', replayId: s.replayId ?? 'R9.0', attempt: 1, by: null, fromQueue: s.queue }
          : undefined;
      story.add(s.kind, s.at, {
        source: s.source,
        queue: s.queue,
        exchange: s.exchange,
        routedQueues: s.kind === 'published' ? s.routed : undefined,
        routingKeys: ['k'],
        redelivered: s.redelivered,
        deaths: s.deaths,
        connection: s.connection,
        replay,
        ids: s.replayId ? { ...ids, replayId: s.replayId } : ids,
      });
    }
    return story.facts;
  });
  const gaps = [gap(500, 900), gap(1_500, null)];

  it('give the same journey in any order', () => {
    fc.assert(
      fc.property(facts, fc.nat(), (list, seed) => {
        expect(assemble(shuffled(list, seed), gaps)).toEqual(assemble(list, gaps));
      }),
      { numRuns: 100 },
    );
  });

  it('give a valid journey: edges and rows exist, no circle, no time that is none, waits do not end before they begin', () => {
    fc.assert(
      fc.property(facts, (list) => {
        const journey = journeySchema.parse(assemble(list, gaps));
        const at = new Map(journey.hops.map((h, i) => [h.id, i]));
        const rows = new Set(journey.rows.map((r) => r.id));
        expect(at.size).toBe(journey.hops.length);
        for (const [i, hop] of journey.hops.entries()) {
          expect(rows.has(hop.row)).toBe(true);
          for (const from of hop.from) expect(at.get(from)).toBeLessThan(i);
          if (hop.at !== null && hop.until !== null) expect(hop.until).toBeGreaterThanOrEqual(hop.at);
          expect(hop.why).not.toBe('');
        }
        for (const fact of list)
          if (fact.kind === 'delivered' && fact.source !== 'read')
            expect(journey.hops.some((h) => h.kind === 'delivery' && h.at === fact.at)).toBe(true);
        expect(journey.sentence.every((p) => p.text !== '')).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
