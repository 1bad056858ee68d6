import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapsOf, niceTicks, spread } from './line-chart.ts';

describe('gapsOf', () => {
  it('is a gap only where nothing at all is known', () => {
    const times = [0, 1, 2, 3, 4, 5];
    const gaps = gapsOf(
      times,
      [
        [1, null, null, null, 1, null],
        [1, 2, null, null, 1, 1],
      ],
      'broker did not answer',
    );
    expect(gaps).toEqual([{ from: 1, to: 4, reason: 'broker did not answer' }]);
  });
  it('reaches the edge when the first or last points are unknown', () => {
    expect(gapsOf([0, 1, 2], [[null, 1, null]], 'x').map((g) => [g.from, g.to])).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });
});

describe('niceTicks', () => {
  it('starts at zero and covers the largest value in few round steps', () => {
    expect(niceTicks(1340)).toEqual([0, 500, 1000, 1500]);
    expect(niceTicks(20)).toEqual([0, 10, 20]);
    expect(niceTicks(0)).toEqual([0, 1]);
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (max) => {
        const ticks = niceTicks(max);
        expect(ticks[0]).toBe(0);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(max);
        expect(ticks.length).toBeLessThanOrEqual(5);
      }),
    );
  });
});

describe('spread', () => {
  it('keeps apart what would overlap and leaves the rest', () => {
    expect(spread([30, 34, 90], 15, 0, 120)).toEqual([30, 45, 90]);
    expect(spread([118, 119], 15, 0, 120)).toEqual([105, 120]);
  });
});
