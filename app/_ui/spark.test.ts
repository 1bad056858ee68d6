import { describe, expect, it } from 'vitest';
import { barHeights, hatchPath, sparkShape } from './spark.ts';

describe('sparkShape', () => {
  it('starts at zero, so that a steady depth does not look like a slope', () => {
    expect(sparkShape([0, 10], 64, 18).lines).toEqual(['M0 16.5L64 1.5']);
    expect(sparkShape([5, 5], 64, 18, 10).lines).toEqual(['M0 9L64 9']);
  });
  it('draws nothing but the ground line for an empty queue', () => {
    expect(sparkShape([0, 0, 0], 64, 18).lines).toEqual(['M0 16.5L32 16.5L64 16.5']);
  });
  it('breaks at a gap and hatches it from the last to the next known point', () => {
    const shape = sparkShape([1, 1, null, null, 1, 1], 50, 18);
    expect(shape.lines).toHaveLength(2);
    const xs = [...shape.hatch.matchAll(/[ML]([\d.]+) /g)].map((m) => Number(m[1]));
    expect(Math.min(...xs)).toBeGreaterThanOrEqual(10);
    expect(Math.max(...xs)).toBeLessThanOrEqual(40);
  });
  it('leaves the time before the first known point empty', () => {
    expect(sparkShape([null, null, 1, 1], 30, 18).hatch).toBe('');
    expect(sparkShape([1, 1, null], 30, 18).hatch).not.toBe('');
  });
  it('takes one point, none, and only gaps', () => {
    expect(sparkShape([], 64, 18)).toEqual({ lines: [], areas: [], hatch: '' });
    expect(sparkShape([3], 64, 18).lines).toEqual(['M0 1.5L1 1.5']);
    expect(sparkShape([null, null], 64, 18).lines).toEqual([]);
    expect(sparkShape([null, null], 64, 18).hatch).not.toBe('');
  });
});

it('clips the hatch to its band', () => {
  for (const m of hatchPath(10, 20, 18).matchAll(/[ML]([\d.-]+) ([\d.-]+)/g)) {
    expect(Number(m[1])).toBeGreaterThanOrEqual(10);
    expect(Number(m[1])).toBeLessThanOrEqual(20);
    expect(Number(m[2])).toBeGreaterThanOrEqual(0);
    expect(Number(m[2])).toBeLessThanOrEqual(18);
  }
});

it('never draws something as nothing', () => {
  expect(barHeights([0, 1, 1000, null], 16)).toEqual([0, 1, 16, null]);
  expect(barHeights([0, 0], 16)).toEqual([0, 0]);
});
