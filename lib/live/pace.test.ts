import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPacer, type PartPace } from './pace.ts';

const quick = (weight = 1): PartPace => ({ leastMs: 2_000, mostMs: 30_000, weight });

/** A pacer that knows what each part costs. */
function knowing(share: number, costs: Record<string, number>) {
  const pacer = createPacer<string>(share);
  for (const [name, ms] of Object.entries(costs))
    for (let i = 0; i < 3; i++) pacer.took(name, ms, Number.POSITIVE_INFINITY);
  return pacer;
}

describe('the pace', () => {
  test('is what is wanted while all together cost less than the share', () => {
    const { everyMs, share } = knowing(0.05, { a: 20, b: 30 }).paces(
      new Map([
        ['a', quick()],
        ['b', quick()],
      ]),
    );
    expect([...everyMs.values()]).toEqual([2_000, 2_000]);
    expect(share).toBeCloseTo(0.025);
  });

  test('of a dear part is longer, a cheap one beside it keeps its own', () => {
    const { everyMs } = knowing(0.05, { cheap: 5, dear: 1_000 }).paces(
      new Map([
        ['cheap', quick()],
        ['dear', quick()],
      ]),
    );
    expect(everyMs.get('cheap')).toBe(2_000);
    expect(everyMs.get('dear')).toBeGreaterThan(20_000);
  });

  test('keeps within the share whatever the costs, unless a part is at its slowest', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5_000), { minLength: 1, maxLength: 8 }), (costs) => {
        const names = costs.map((_, i) => String(i));
        const pacer = knowing(0.05, Object.fromEntries(names.map((name, i) => [name, costs[i] ?? 0])));
        const { everyMs, share } = pacer.paces(new Map(names.map((name) => [name, quick()])));
        const slowest = [...everyMs.values()].some((ms) => ms === 30_000);
        if (!slowest) expect(share).toBeLessThanOrEqual(0.05);
        for (const ms of everyMs.values()) expect(ms).toBeGreaterThanOrEqual(2_000);
        for (const ms of everyMs.values()) expect(ms).toBeLessThanOrEqual(30_000);
      }),
    );
  });
});

describe('a cost', () => {
  test('is the least of the last three: one answer that waited does not slow the pace', () => {
    const pacer = knowing(0.05, { a: 10 });
    pacer.took('a', 5_000, Number.POSITIVE_INFINITY);
    expect(pacer.costOf('a')).toBe(10);
    for (let i = 0; i < 2; i++) pacer.took('a', 5_000, Number.POSITIVE_INFINITY);
    expect(pacer.costOf('a')).toBe(5_000);
  });

  test('is not more than such an answer can cost', () => {
    const pacer = createPacer<string>(0.05);
    pacer.took('a', 5_000, 40);
    expect(pacer.costOf('a')).toBe(40);
    expect(pacer.costOf('b')).toBeNull();
  });

  test('of a first answer slows the pace for a while only', () => {
    const pacer = createPacer<string>(0.05);
    pacer.took('a', 5_000, Number.POSITIVE_INFINITY);
    expect(pacer.paces(new Map([['a', quick()]])).everyMs.get('a')).toBe(10_000);
  });
});
