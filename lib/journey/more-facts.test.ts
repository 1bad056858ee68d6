/** What was told is not taken back: journeys from a part of the facts against journeys from more of them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { death, gap, Story, T0, TRACE } from '../../test/build-facts.ts';
import type { Fact } from '../model/fact.ts';
import { type Hop, type Journey, journeySchema, journeyStatuses } from '../model/journey.ts';
import { assemble } from './assemble.ts';

const step = fc.record({
  what: fc.constantFrom('published', 'delivered', 'redelivered', 'died', 'read'),
  at: fc.integer({ min: 0, max: 40 }).map((n) => n * 50),
  queue: fc.constantFrom('billing', 'audit', 'billing.dead'),
  count: fc.integer({ min: 0, max: 2 }),
  message: fc.constantFrom('m1', 'm2', undefined),
  connection: fc.constantFrom('a', 'b'),
});
const facts = fc.array(step, { maxLength: 12 }).map((steps) => {
  const story = new Story();
  for (const { what, at, queue, count, message, connection } of steps) {
    const ids = message === undefined ? { correlationId: 'c' } : { traceId: TRACE, messageId: message };
    const deaths = count > 0 ? { deaths: [death({ queue: 'billing', count })] } : {};
    if (what === 'published') story.published(at, 'orders', [queue], { ids, connection });
    else if (what === 'died') story.died(at, { queue }, { ids });
    else if (what === 'read') story.delivered(at, queue, 1, { ids, source: 'read', ...deaths });
    else story[what](at, queue, 1, { ids, connection, ...deaths });
  }
  return story.facts;
});

/** What the tap saw of the step: it holds whatever else becomes known. */
const seen = (hop: Hop) =>
  JSON.stringify([hop.kind, hop.at, hop.queue ?? hop.exchange, hop.connection, hop.redelivered]);
const observed = (journey: Journey) =>
  journey.hops
    .filter((h) => h.provenance === 'observed' && (h.kind === 'delivery' || h.kind === 'publish'))
    .map(seen);

describe('more facts', () => {
  it('never contradict: what was observed is observed still, as it was', () => {
    fc.assert(
      fc.property(facts, fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (list, keep) => {
        const part = assemble(
          list.filter((_, i) => keep[i]),
          [],
        );
        const whole = observed(assemble(list, []));
        for (const one of observed(part)) expect(whole).toContain(one);
        const deaths = (j: Journey) => j.hops.filter((h) => h.death).map((h) => `${h.queue} ${h.reason}`);
        for (const one of deaths(part)) expect(deaths(assemble(list, []))).toContain(one);
      }),
      { numRuns: 80 },
    );
  });

  it('make no hop observed that no fact tells of', () => {
    const own = (list: readonly Fact[], kind: Fact['kind']) =>
      list.filter((f) => f.kind === kind && f.source !== 'read').length;
    fc.assert(
      fc.property(facts, (list) => {
        const journey = journeySchema.parse(assemble(list, [gap(300, 700)]));
        const count = (kind: Hop['kind']) =>
          journey.hops.filter((h) => h.kind === kind && h.provenance === 'observed').length;
        expect(count('delivery')).toBe(own(list, 'delivered'));
        expect(count('publish')).toBe(own(list, 'published'));
        expect(count('death')).toBeLessThanOrEqual(own(list, 'died'));
        expect(count('retry')).toBeLessThanOrEqual(own(list, 'died'));
        expect(journeyStatuses).toContain(journey.status);
        const [from, to] = [Math.min(...list.map((f) => f.at)), Math.max(...list.map((f) => f.at))];
        // a gap in the middle of what was seen is always named
        if (from <= T0 + 700 && to >= T0 + 300) expect(journey.gaps).toHaveLength(1);
      }),
      { numRuns: 80 },
    );
  });
});
