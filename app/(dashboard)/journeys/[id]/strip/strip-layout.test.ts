import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '@/lib/journey/assemble.ts';
import { gap, Story, T0 } from '../../../../../test/build-facts.ts';
import { APART } from './columns.ts';
import { LABELS } from './measures.ts';
import { stripLayout } from './strip-layout.ts';
import { share, ticksOf, timeAxis } from './time-axis.ts';

const moments = (...ats: number[]) => ats.map((at) => ({ at, room: 26, width: 0 }));
const story = () => {
  const told = new Story()
    .published(0, 'orders', ['billing', 'audit'])
    .delivered(5, 'audit', 7)
    .delivered(11, 'billing', 1)
    .redelivered(1_512, 'billing', 2)
    .redelivered(3_020, 'billing', 3)
    .died(4_525, { queue: 'billing' }, { error: 'timeout calling psp' })
    .replayed(2_414_000, 'billing.dead', 'R118.0');
  const copy = { ids: { ...told.ids, replayId: 'R118.0' } };
  return told.published(2_414_003, '', ['billing'], copy).delivered(2_414_018, 'billing', 1, copy);
};

describe('timeAxis', () => {
  //  0 5 11      1512    3020             2414000 2414018
  it('folds a wait that is very much longer than what is beside it, and nothing else', () => {
    const axis = timeAxis(moments(0, 5, 11, 1_512, 3_020, 2_414_000, 2_414_018), 183, 860);
    expect(axis.stretches.map((s) => [s.toAt - s.fromAt, s.folded])).toEqual([
      [11, false],
      [3_009, false],
      [2_410_980, true],
      [18, false],
    ]);
    const fold = axis.stretches[2];
    expect(fold && fold.x1 - fold.x0).toBeGreaterThanOrEqual(96);
    expect(fold && fold.x1 - fold.x0).toBeLessThanOrEqual(200);
    expect(axis.end).toBeCloseTo(183 + 860);
  });

  it('does not fold what is long but alone, or short', () => {
    expect(timeAxis(moments(0, 60_000), 0, 500).stretches.some((s) => s.folded)).toBe(false);
    expect(timeAxis(moments(0, 1, 9_000), 0, 500).stretches.some((s) => s.folded)).toBe(false);
  });

  it('is even within a stretch and never runs backwards', () => {
    const axis = timeAxis(moments(0, 1_000, 3_000), 0, 600);
    expect(axis.xs).toEqual([0, 200, 600]);
    expect(axis.xOf(2_000)).toBe(400);
    expect([axis.xOf(-5), axis.xOf(9_999)]).toEqual([0, 600]);
  });

  it('gives every moment its room, in order, whatever the times', () => {
    const times = fc.uniqueArray(fc.integer({ min: 0, max: 1e9 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(times, fc.integer({ min: 100, max: 2_000 }), (ats, width) => {
        const list = moments(...ats.sort((a, b) => a - b));
        const axis = timeAxis(list, 10, width);
        axis.xs.forEach((x, i) => {
          expect(Number.isFinite(x)).toBe(true);
          if (i > 0) expect(x - (axis.xs[i - 1] ?? 0)).toBeGreaterThan(25.99);
        });
        for (const tick of ticksOf(axis, { full: String, short: String })) {
          expect(tick.x).toBeGreaterThanOrEqual(10);
          expect(tick.x).toBeLessThanOrEqual(axis.end + 0.01);
        }
      }),
    );
  });

  it('shares room by weight, nobody below the least', () => {
    expect(share([10, 10], [1, 3], 100)).toEqual([25, 75]);
    expect(share([40, 10], [1, 9], 100)).toEqual([40, 60]);
    expect(share([80, 80], [1, 1], 100)).toEqual([80, 80]);
  });
});

describe('stripLayout', () => {
  it('puts each hop in its lane, dead letters under the queue they died in', () => {
    const layout = stripLayout(assemble(story().facts, []), 1_054);
    expect(layout.lanes.map((l) => [l.row.name, l.y, l.height])).toEqual([
      ['orders', 48, 52],
      ['billing', 100, 94],
      ['billing.dead', 194, 66],
      ['audit', 260, 80],
    ]);
    const replay = layout.nodes.find((n) => n.hop.kind === 'replay');
    expect(replay?.y).toBe(194 + 33);
    expect(layout.waits.filter((w) => w.hop.queue === 'billing.dead')).toHaveLength(1);
    expect(layout.held.map((h) => [h.ms, h.atMost])).toEqual([
      [1_501, true],
      [1_508, true],
      [1_505, false],
    ]);
  });

  it('keeps nodes of a lane at least 26 px apart and every line within the picture, at any width', () => {
    const kinds = fc.constantFrom('published', 'delivered', 'redelivered', 'died', 'replayed');
    const steps = fc.array(
      fc.record({ kind: kinds, at: fc.integer({ min: 0, max: 50 }), far: fc.boolean() }),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(steps, fc.integer({ min: 320, max: 1_600 }), (list, width) => {
        const told = new Story();
        list.forEach(({ kind, at, far }, i) => {
          const when = far ? at * 100_000 : at;
          if (kind === 'published') told.published(when, 'orders', ['q', 'r']);
          else if (kind === 'delivered') told.delivered(when, 'q');
          else if (kind === 'redelivered') told.redelivered(when, 'q');
          else if (kind === 'died') told.died(when, { queue: 'q', count: i + 1 });
          else told.replayed(when, 'dead', `R${i}.0`);
        });
        const layout = stripLayout(assemble(told.facts, [gap(20, 1_000), gap(1e7, null)]), width);
        const lanes = Map.groupBy(layout.nodes, (node) => node.y);
        for (const nodes of lanes.values()) {
          const spans = nodes.map((n) => [n.x, n.out] as const).sort((a, b) => a[0] - b[0]);
          spans.forEach(([x], i) => {
            const before = spans[i - 1];
            if (before) expect(x - before[1]).toBeGreaterThan(APART - 0.1);
          });
        }
        for (const node of layout.nodes) {
          expect(node.x).toBeGreaterThan(LABELS);
          expect(node.out).toBeLessThan(layout.width);
        }
        for (const edge of layout.edges) expect(edge.path).not.toMatch(/NaN|Infinity/);
        for (const wait of layout.waits) expect(wait.x1).toBeGreaterThan(wait.x0);
        for (const band of layout.gaps) expect(band.x1 - band.x0).toBeGreaterThanOrEqual(27.9);
      }),
    );
  });

  it('draws an empty journey without hops', () => {
    expect(stripLayout(assemble([], []), 1_054)).toMatchObject({ nodes: [], lanes: [], edges: [] });
  });

  it('draws a gap inside a fold at least 28 px wide', () => {
    const layout = stripLayout(assemble(story().facts, [gap(300_000, 420_000)]), 1_054);
    const fold = layout.axis.stretches.find((s) => s.folded);
    const [band] = layout.gaps;
    expect(band && band.x1 - band.x0).toBeGreaterThanOrEqual(28);
    expect(band?.x0).toBeGreaterThanOrEqual(fold?.x0 ?? 0);
    expect(band?.x1).toBeLessThanOrEqual(fold?.x1 ?? 0);
    expect(layout.axis.xOf(T0)).toBe(183);
  });
});
