import { describe, expect, it } from 'vitest';
import { gap, Story } from '../../test/build-facts.ts';
import type { Gap } from '../model/fact.ts';
import { assemble } from './assemble.ts';

const whyOf = (more: Partial<Gap>) => {
  const journey = assemble(new Story().published(0, 'orders', ['billing']).facts, [gap(500, null, more)]);
  return { gaps: journey.gaps.length, why: journey.hops.at(-1)?.why };
};

describe('gaps', () => {
  it('say what may be unseen after the last sign of the message', () => {
    expect(whyOf({ reason: '412 events dropped' }).why).toContain('may be unseen: 412 events dropped.');
    expect(whyOf({ kind: 'scope', reason: 'only queue audit.' }).why).toContain(
      'not all exchanges and queues are listened to (only queue audit).',
    );
  });

  it('of sampling are shown, and hide nothing of a journey that was kept', () => {
    const { gaps, why } = whyOf({ kind: 'sampling', reason: 'one journey in ten is kept' });
    expect(gaps).toBe(1);
    expect(why).not.toContain('unseen');
  });
});
