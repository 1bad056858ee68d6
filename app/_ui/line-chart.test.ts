import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gapsOf, niceTicks, spread, stretchWords, timeTicks } from './line-chart.ts';

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

describe('timeTicks', () => {
  const at = (day: number, hour = 0, minute = 0, second = 0) =>
    new Date(2026, 10, day, hour, minute, second).getTime();
  const labels = (from: number, to: number, most: number) => timeTicks(from, to, most).map((t) => t.label);

  it('are round times of the local clock, and tell midnight as its day', () => {
    expect(labels(at(21, 13, 58), at(21, 14, 28), 4)).toEqual(['14:00', '14:10', '14:20']);
    expect(labels(at(20, 15), at(21, 15), 5)).toEqual(['18:00', 'Sat 21', '06:00', '12:00']);
    expect(labels(at(21, 14, 0, 3), at(21, 14, 1, 3), 5)).toEqual([
      '14:00:15',
      '14:00:30',
      '14:00:45',
      '14:01:00',
    ]);
  });

  it('are days with their names over a week, and dates over a month', () => {
    expect(labels(at(14, 13), at(21, 13), 8)).toEqual([
      'Sun 15',
      'Mon 16',
      'Tue 17',
      'Wed 18',
      'Thu 19',
      'Fri 20',
      'Sat 21',
    ]);
    expect(labels(at(1, 13), at(30, 13), 4)).toEqual(['11 Nov', '21 Nov']);
  });

  it('are rising and never more than asked for, over any stretch', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_500_000_000_000, max: 2_000_000_000_000 }),
        fc.integer({ min: 10_000, max: 40 * 86_400_000 }),
        fc.integer({ min: 2, max: 12 }),
        (from, span, most) => {
          const ats = timeTicks(from, from + span, most).map((t) => t.at);
          expect(ats).toEqual([...new Set(ats)].sort((a, b) => a - b));
          expect(ats.length).toBeLessThanOrEqual(most + 1);
          expect(ats.every((t) => t >= from && t <= from + span)).toBe(true);
        },
      ),
      { numRuns: 50 },
    );
  });

  it('tells a stretch in few words', () => {
    expect(stretchWords(at(21, 14), at(21, 14, 30))).toBe('21 Nov 14:00 to 14:30');
    expect(stretchWords(at(20, 23), at(21, 1))).toBe('20 Nov 23:00 to 21 Nov 01:00');
  });
});

describe('spread', () => {
  it('keeps apart what would overlap and leaves the rest', () => {
    expect(spread([30, 34, 90], 15, 0, 120)).toEqual([30, 45, 90]);
    expect(spread([118, 119], 15, 0, 120)).toEqual([105, 120]);
  });
});
