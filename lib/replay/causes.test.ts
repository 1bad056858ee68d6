import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeOf, type Died, groupCauses } from './causes.ts';

const died = (originQueue: string | null, error: string | null, diedAt: number | null): Died => ({
  originQueue,
  reason: originQueue === null ? null : 'rejected',
  error,
  diedAt,
});

describe('causes', () => {
  /**
   *   billing, timeout   ×   ×   ×        t = 0, 6, 12
   *   billing, no error      ×            t = 6
   *   never died                 ?        no time
   */
  it('group by queue, reason and error, the most frequent first, each with its times', () => {
    const causes = groupCauses([
      died('billing', 'timeout', 0),
      died('billing', null, 6),
      died('billing', 'timeout', 6),
      died('billing', 'timeout', 12),
      died(null, null, null),
    ]);
    expect(causes.map((c) => [c.originQueue, c.reason, c.error, c.count])).toEqual([
      ['billing', 'rejected', 'timeout', 3],
      ['', 'none', null, 1],
      ['billing', 'rejected', null, 1],
    ]);
    expect(causes[0]).toMatchObject({ firstAt: 0, lastAt: 12 });
    expect(causes[0]?.trend).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]);
    expect(causes[1]).toMatchObject({ firstAt: null, lastAt: null });
  });

  it('take errors for one that differ only in what they are about, with one key for all of them', () => {
    const [cause, ...others] = groupCauses([
      died('billing', 'order 9871 already charged', 0),
      died('billing', 'order 9860 already charged', 1),
    ]);
    expect(others).toEqual([]);
    expect(cause).toMatchObject({ error: 'order … already charged', count: 2 });
    expect(cause?.key).toBe(causeOf(died('billing', 'order 1 already charged', null)));
    expect(cause?.key).toBe(causeOf(died('billing', 'order … already charged', null)));
  });

  it('count every message exactly once, in whatever order they come', () => {
    const message = fc.record({
      originQueue: fc.constantFrom('a', 'b', null),
      reason: fc.constantFrom('rejected', 'expired', null),
      error: fc.constantFrom('x', '__proto__', null),
      diedAt: fc.option(fc.nat(100)),
    });
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        const causes = groupCauses(messages);
        expect(causes.reduce((sum, c) => sum + c.count, 0)).toBe(messages.length);
        expect(groupCauses([...messages].reverse())).toEqual(causes);
        for (const m of messages) expect(causes.some((c) => c.key === causeOf(m))).toBe(true);
      }),
    );
  });
});
