import { describe, expect, it } from 'vitest';
import { percentile, round, spread } from './statistics.ts';

describe('percentile', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => 100 - i);

  it('is a sample that was measured, in whatever order they came', () => {
    expect(percentile(hundred, 0.5)).toBe(50);
    expect(percentile(hundred, 0.95)).toBe(95);
    expect(percentile(hundred, 1)).toBe(100);
  });

  it('of one sample is that sample', () => expect(percentile([7], 0.95)).toBe(7));

  it('of none is refused, not zero', () => expect(() => percentile([], 0.5)).toThrow(RangeError));
});

describe('spread', () => {
  it('leaves the samples as they were', () => {
    const samples = [3, 1, 2];
    expect(spread(samples)).toEqual({ n: 3, p50: 2, p95: 3, max: 3 });
    expect(samples).toEqual([3, 1, 2]);
  });
});

describe('round', () => {
  it('keeps what a noisy machine can tell', () => {
    expect([1.2345, 12.345, 123.45].map(round)).toEqual([1.23, 12.3, 123]);
  });
});
