import { describe, expect, it } from 'vitest';
import { Story, TRACE } from '../../test/build-facts.ts';
import type { Fact } from '../model/fact.ts';
import { assemble } from './assemble.ts';

const says = (facts: readonly Fact[]) =>
  assemble(facts, [])
    .sentence.map((p) => p.text)
    .join('');

describe('the sentence of a fan-out', () => {
  //           ┌▶▭billing ●✕
  //  ●publish─┼▶▭audit ●   ┼▶▭mail ●
  //           └▶▭search
  const story = new Story()
    .published(0, 'orders', ['audit', 'billing', 'mail', 'search'])
    .delivered(5, 'audit')
    .delivered(6, 'mail')
    .delivered(7, 'billing')
    .died(20, { queue: 'billing' }, { error: 'timeout calling psp' });

  it('tells the worst branch first and each queue once', () => {
    expect(says(story.facts)).toBe(
      'checkout-api published it to orders, which reached four queues: it died in billing (rejected: timeout ' +
        'calling psp), waits in search, was delivered from audit and mail.',
    );
  });

  it('goes on with what came after, and sets causes apart from prose', () => {
    const { ids } = story;
    const again = { ids: { ...ids, replayId: 'R1.0' } };
    const more = new Story(ids)
      .replayed(60_020, 'billing.dead', 'R1.0')
      .delivered(60_040, 'billing', 1, again);
    const facts = [...story.facts, ...more.facts.map((f, i) => ({ ...f, id: `r${i}` }))];
    expect(says(facts)).toContain(
      'was delivered from audit and mail. anna replayed it 60 s later. It was delivered',
    );
    const marks = assemble(facts, []).sentence.filter((p) => p.mark === 'dead');
    expect(marks.map((p) => p.text)).toEqual(['timeout calling psp']);
  });

  it('counts the branches of a trace of many messages', () => {
    const many = new Story();
    for (let i = 0; i < 9; i++) {
      const ids = { traceId: TRACE, messageId: `m${i}` };
      many.published(i * 10, 'orders', ['billing'], { ids });
      if (i < 8) many.delivered(i * 10 + 5, 'billing', 1, { ids });
      if (i < 2) many.died(i * 10 + 6, { queue: 'billing' }, { ids });
    }
    expect(says(many.facts)).toBe(
      'The trace holds nine messages: 2 died in billing (rejected), 1 waits in billing, 6 were delivered from ' +
        'billing. checkout-api published the first to orders, which reached billing.',
    );
  });
});
