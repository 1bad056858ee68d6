import { expect, it } from 'vitest';
import { type Following, judgeFollowing } from './follow.ts';

const at = (s: number, counts: Partial<Following['counts']>, more: Partial<Following> = {}) =>
  judgeFollowing({
    counts: { confirmed: 0, delivered: 0, settled: 0, diedAgain: 0, ...counts },
    now: s * 1_000,
    until: 60_000,
    quietSince: 1_000,
    spans: true,
    deathsKnown: true,
    ...more,
  });

//  all sent   1 s last change        60 s
//  ──●────────●──────────────────────●
it('ends at once when every copy is at its end', () => {
  expect(at(0, { settled: 9, diedAgain: 1 })).toEqual({ note: null });
});

it('waits for what may still be heard, until its time is over', () => {
  expect(at(30, { confirmed: 1 })).toBeNull();
  expect(at(30, { delivered: 1 })).toBeNull();
  expect(at(60, { confirmed: 1 })?.note).toMatch(/^1 not yet seen to be delivered: it waits/);
  expect(at(60, { delivered: 2 })?.note).toMatch(/^2 delivered, not known to be settled: no span has come/);
});

it('takes delivered for the end where no spans come, after five seconds in which nothing changed', () => {
  expect(at(5, { delivered: 2 }, { spans: false })).toBeNull();
  expect(at(6, { delivered: 2 }, { spans: false })?.note).toMatch(/no spans come from there/);
  expect(at(6, { delivered: 2, confirmed: 1 }, { spans: false })).toBeNull();
  // a death would not be known: it is looked for, or the time runs out
  expect(at(6, { delivered: 2 }, { spans: false, deathsKnown: false })).toBeNull();
  expect(at(60, { delivered: 2 }, { spans: false, deathsKnown: false })?.note).toContain('died again is not');
});
