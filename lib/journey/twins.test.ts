import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { death, Story, shuffled, T0 } from '../../test/build-facts.ts';
import type { Journey } from '../model/journey.ts';
import { assemble } from './assemble.ts';
import { twinsOf } from './twins.ts';

/** A message that carries nothing by which to know it. */
const nobody = () => new Story({});
/** Each branch's times after T0, from its publish on: `publish 0, queue 0-5, delivery 5`. */
function branches(journey: Journey): string[] {
  const next = (id: string) => journey.hops.filter((h) => h.from.includes(id));
  const tell = (id: string): string[] =>
    next(id).flatMap((h) => [
      `${h.kind} ${(h.at ?? T0) - T0}${h.until === null ? '' : `-${h.until - T0}`}`,
      ...tell(h.id),
    ]);
  return journey.hops
    .filter((h) => h.from.length === 0)
    .map((h) => [`${h.kind} ${(h.at ?? T0) - T0}`, ...tell(h.id)].join(', '));
}

describe('messages of equal content without an ID', () => {
  it('leave nothing to guess where one alone bears its X-Trace-ID or correlation ID', () => {
    const wait = (story: Story) => assemble(story.facts, []).hops.filter((h) => h.kind === 'queue');
    const one = () => new Story({ xTraceId: 'order-8841' }).published(0, 'orders', ['q']).delivered(5, 'q');
    expect(wait(one())).toMatchObject([{ provenance: 'observed' }]);
    expect(wait(one().published(9, 'orders', ['q']))).toMatchObject([
      { provenance: 'inferred' },
      { provenance: 'inferred' },
    ]);
    expect(wait(nobody().published(0, 'orders', ['q']).delivered(5, 'q'))).toMatchObject([
      { provenance: 'inferred' },
    ]);
  });

  //  ●0 ▶▭───▶●5      ●100 ▶▭──▶●103      ●200 ▶▭
  it('are a branch each, first in first out, and the wait between is inferred', () => {
    const story = nobody().published(0, 'beats', ['q']).delivered(5, 'q').published(100, 'beats', ['q']);
    story
      .published(101, 'beats', ['q'])
      .delivered(103, 'q')
      .published(200, 'beats', ['q'])
      .delivered(204, 'q');
    const journey = assemble(story.facts, []);
    expect(branches(journey)).toEqual([
      'publish 0, queue 0-5, delivery 5',
      'publish 100, queue 100-103, delivery 103',
      'publish 101, queue 101-204, delivery 204',
      'publish 200, queue 200',
    ]);
    for (const hop of journey.hops)
      expect(hop.provenance).toBe(hop.kind === 'queue' ? 'inferred' : 'observed');
    expect(journey.hops.find((h) => h.kind === 'queue')?.why).toContain('carries no ID');
    expect(journey.hops.filter((h) => h.kind === 'delivery').map((h) => h.attempt)).toEqual([1, 1, 1]);
    expect(journey.status).toBe('in flight');
    expect(journey.sentence[0]?.text).toContain('The journey holds four messages');
  });

  //  ●0 ▶▭q ●1 ✕2 ▶▭dead ●9         ●3 ▶▭q ●4
  it('die each for itself', () => {
    const story = nobody()
      .published(0, 'x', ['q'])
      .delivered(1, 'q')
      .died(2, { queue: 'q' })
      .published(3, 'x', ['q']);
    story.delivered(4, 'q').delivered(9, 'dead', 1, { deaths: [death({ queue: 'q' }, 2)] });
    expect(branches(assemble(story.facts, []))).toEqual([
      'publish 0, queue 0-1, delivery 1-2, death 2, queue 2-9, delivery 9',
      'publish 3, queue 3-4, delivery 4',
    ]);
  });

  it('are told apart by deliveries alone', () => {
    const story = nobody().delivered(1, 'q').delivered(2, 'q').redelivered(3, 'q').delivered(4, 'audit');
    expect(assemble(story.facts, []).hops.filter((h) => h.kind === 'publish')).toHaveLength(2);
  });

  it('with a message ID are one message, published again', () => {
    const story = new Story({ messageId: 'm' }).published(0, 'x', ['q']).published(5, 'x', ['q']);
    expect(twinsOf(story.facts, new Map())).toHaveLength(1);
  });

  it('keep every fact once, the same in any order', () => {
    const step = fc.record({
      what: fc.constantFrom(
        'published',
        'delivered',
        'redelivered',
        'died',
        'settled',
        'replayed',
        'confirmed',
      ),
      at: fc.integer({ min: 0, max: 30 }),
      queue: fc.constantFrom('q', 'audit', 'dead'),
      count: fc.integer({ min: 0, max: 2 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 14 }), fc.nat(), (steps, seed) => {
        const story = nobody();
        for (const { what, at, queue, count } of steps) {
          const deaths = count > 0 ? { deaths: [death({ queue: 'q', count })] } : {};
          if (what === 'published') story.published(at, 'x', ['q', 'audit']);
          else if (what === 'delivered' || what === 'redelivered') story[what](at, queue, 1, deaths);
          else if (what === 'died') story.died(at, { queue });
          else if (what === 'settled') story.settled(at, queue);
          else if (what === 'replayed') story.replayed(at, queue, `R1.${count}`, deaths);
          else story.answered(at, 'confirmed');
        }
        const twins = twinsOf(story.facts, new Map());
        expect(twins.flatMap((t) => t.facts.map((f) => f.id)).sort()).toEqual(
          story.facts.map((f) => f.id).sort(),
        );
        expect(new Set(twins.map((t) => t.name)).size).toBe(twins.length);
        expect(assemble(shuffled(story.facts, seed), [])).toEqual(assemble(story.facts, []));
      }),
      { numRuns: 60 },
    );
  });
});
