import { describe, expect, it } from 'vitest';
import { bridged, moved, scaled, spanIn, tellsMore, upTo, wideEnough } from './past-span.ts';

const M = 60_000;
const now = 1_000 * M;

describe('readings at a slower pace than slots', () => {
  const at = (list: string) => [...list].map((c, i) => ({ at: i * 5_000, ready: c === '·' ? null : 1 }));
  const left = (list: string) =>
    bridged(at(list), (p) => p.ready !== null)
      .map((p) => (p.ready === null ? '·' : 'r'))
      .join('');

  it('are no gaps, while a longer hole is one', () => {
    expect(left('rrr·rrr')).toBe('rrrrrr');
    expect(left('r·r·r·r·r')).toBe('rrrrr');
    expect(left('r·r·r·····r·r')).toBe('rrr·····rr');
    expect(left('rrrr···rrr·')).toBe('rrrr···rrr·');
  });
});

describe('the axis of the last half hour', () => {
  it('goes on to now once nothing is read any more', () => {
    const points = [{ at: now - 60_000 }, { at: now - 10_000 }];
    expect(upTo(points, now)).toBeNull();
    expect(upTo(points, now + 5_000)).toEqual({ from: now - 60_000, to: now + 5_000 });
    expect(upTo([], now)).toBeNull();
  });
});

it('asks the record for what was before Hoplight was restarted', () => {
  const points = [{ at: now - 300_000 }, { at: now }];
  expect(tellsMore(now - 1_800_000, points)).toBe(true);
  expect(tellsMore(now - 310_000, points)).toBe(false);
  expect(tellsMore(null, points)).toBe(false);
  expect(tellsMore(now - 1_800_000, [])).toBe(true);
});

describe('stretches of the past', () => {
  it('come from the URL when they make sense', () => {
    expect(spanIn('1000', '61000')).toEqual({ from: 1_000, to: 61_000 });
    for (const [from, to] of [
      [null, null],
      ['x', '5'],
      ['61000', '1000'],
      ['1000', '1001'],
      ['1e400', '2e400'],
    ] as const)
      expect(spanIn(from, to)).toBeNull();
  });

  it('are halved and doubled around their middle, and never reach beyond now', () => {
    expect(scaled({ from: 100 * M, to: 140 * M }, 0.5, now)).toEqual({ from: 110 * M, to: 130 * M });
    expect(scaled({ from: 110 * M, to: 130 * M }, 2, now)).toEqual({ from: 100 * M, to: 140 * M });
    expect(scaled({ from: 900 * M, to: 980 * M }, 2, now)).toEqual({ from: 840 * M, to: now });
    expect(scaled({ from: 10 * M, to: 11 * M }, 0.5, now)).toBeNull();
  });

  it('keep their end at now when they had it there', () => {
    expect(scaled({ from: now - 40 * M, to: now }, 0.5, now)).toEqual({ from: now - 20 * M, to: now });
  });

  it('move by half their length, as far as there is time', () => {
    expect(moved({ from: 100 * M, to: 140 * M }, -1, now)).toEqual({ from: 80 * M, to: 120 * M });
    expect(moved({ from: 950 * M, to: 990 * M }, 1, now)).toEqual({ from: 960 * M, to: now });
    expect(moved({ from: now - 40 * M, to: now }, 1, now)).toBeNull();
  });

  it('are a minute long at least', () => {
    expect(wideEnough({ from: 0, to: 10_000 })).toEqual({ from: -25_000, to: 35_000 });
  });
});
