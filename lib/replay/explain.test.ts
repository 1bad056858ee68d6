import { describe, expect, it } from 'vitest';
import { queue, snapshot } from '../../test/build.ts';
import { aPlan } from '../../test/build-replay.ts';
import { messageOf } from '../store/journal-samples.ts';
import { explained, type Known } from './explain.ts';

const NOW = 100_000;
const job = { vhost: '/', plan: aPlan() };
const hears = { hears: () => true, seesDeaths: () => true, hides: null };
const known = (more: Partial<Known> = {}): Known => ({
  now: NOW,
  snapshot: snapshot({ readAt: NOW, queues: [queue('billing', { ready: 312, total: 312, consumers: 0 })] }),
  tap: hears,
  gaps: [],
  ...more,
});
const said = (
  outcome: 'confirmed' | 'delivered' | 'settled',
  at: number,
  k = known(),
  reason: string | null = null,
) => explained(job, [messageOf(1, { outcome, at, reason, routingKey: 'billing' })], k)[0]?.reason;

describe('what is said of a copy whose end is not known', () => {
  it('where it waits, and who could take it', () => {
    expect(said('confirmed', NOW - 17_000)).toBe(
      'in billing for 17 s, not yet delivered; 312 ready there, no consumers',
    );
    // a reading from before the copy says nothing of it
    expect(said('confirmed', NOW - 500)).toBe('in billing for 0.5 s, not yet delivered');
  });

  it('that its queue is empty: then it was taken, and nobody saw by whom', () => {
    const empty = snapshot({ readAt: NOW, queues: [queue('billing', { ready: 0, total: 0 })] });
    const gap = {
      id: 'g',
      vhost: '/',
      from: 0,
      to: null,
      kind: 'dropped' as const,
      reason: 'The tap was full.',
      missing: 4,
    };
    expect(said('confirmed', NOW - 17_000, known({ snapshot: empty, gaps: [gap] }))).toBe(
      'no longer in billing, which is empty; its delivery was not seen; it may have been missed: the tap was full',
    );
    const over = known({ snapshot: empty, gaps: [{ ...gap, to: NOW - 20_000 }] });
    expect(said('confirmed', NOW - 17_000, over)).not.toContain('missed');
  });

  it('that nobody listens', () => {
    const off = known({ tap: { ...hears, hears: () => false, hides: 'The tap was switched off.' } });
    const words = 'went into billing 17 s ago; what became of it is not seen: the tap was switched off';
    expect(said('confirmed', NOW - 17_000, off)).toBe(words);
    expect(said('confirmed', NOW - 17_000, known({ tap: null }))).toContain('the tap of this vhost is off');
  });

  it('of a delivered one to whom, and that no span came', () => {
    expect(said('delivered', NOW - 17_000, known(), 'to billing-2 (tag c1)')).toBe(
      'to billing-2 (tag c1), no span for 17 s: settled or held, not known',
    );
    const failed = 'its consumer’s span ended with an error: no card';
    expect(said('delivered', NOW - 17_000, known(), failed)).toBe(failed);
    expect(said('settled', NOW - 17_000, known(), 'x')).toBe('x');
  });
});
