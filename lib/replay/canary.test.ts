import { expect, it } from 'vitest';
import { type CanaryCopy, type CanaryVerdict, judgeCanary } from './canary.ts';

const copy = (more: Partial<CanaryCopy> = {}): CanaryCopy => ({
  outcome: 'confirmed',
  reason: null,
  at: 0,
  queue: 'billing',
  spans: false,
  deaths: 'seen',
  ...more,
});
const delivered = (at: number, more: Partial<CanaryCopy> = {}) => copy({ outcome: 'delivered', at, ...more });
/** Sent at 0, judged at `s` seconds, 30 s to wait. */
const at = (s: number, ...copies: CanaryCopy[]): CanaryVerdict =>
  judgeCanary(copies, 0, s * 1_000, { waitSeconds: 30 });

//  0 s      4.9 s
//  sent ────settled▸ passed
it('passes when all are settled, at once', () => {
  const settled = copy({ outcome: 'settled', at: 4_900 });
  expect(at(5, settled)).toEqual({ kind: 'passed', words: 'Canary settled after 4.9 s' });
  expect(at(5, settled, { ...settled, at: 3_000 })).toEqual({
    kind: 'passed',
    words: 'Canary: all 2 settled after 4.9 s',
  });
  expect(at(5, settled, copy())).toEqual({ kind: 'wait', until: 30_000 });
});

//  0 s   2 s       10 s
//  sent ─delivered─✕ stop, whatever the others do
it('stops when one died again, came back or has no answer', () => {
  const dead = copy({ outcome: 'died again', reason: 'rejected: no stock', at: 10_000 });
  expect(at(10, dead)).toEqual({ kind: 'stop', words: 'Canary died again: rejected: no stock' });
  expect(at(10, copy({ outcome: 'settled' }), dead, copy())).toEqual({
    kind: 'stop',
    words: 'Canary: 1 of 3 died again: rejected: no stock',
  });
  expect(at(0, copy({ outcome: 'returned', reason: '312 NO_ROUTE' }))).toMatchObject({ kind: 'stop' });
  expect(at(0, copy({ outcome: 'unknown' }))).toEqual({ kind: 'stop', words: 'Canary has no answer' });
});

//  0 s   20 s                30 s      50 s
//  sent ─delivered───────────·─────────time is over: each step has its 30 s
it('gives each copy its time to be delivered, and again to end', () => {
  expect(at(29, copy())).toEqual({ kind: 'wait', until: 30_000 });
  expect(at(30, copy())).toEqual({
    kind: 'stop',
    words: 'Canary not seen to be delivered out of billing within 30 s',
  });
  expect(at(49, delivered(20_000))).toEqual({ kind: 'wait', until: 50_000 });
});

it('passes where nobody can know that it is settled, when it did not come back, and says so', () => {
  expect(at(31, delivered(1_000))).toEqual({
    kind: 'passed',
    words:
      'Canary delivered and not died again within 30 s; no spans come from billing, so settled is not known',
  });
  expect(at(31, delivered(1_000, { deaths: 'none' }))).toMatchObject({
    kind: 'passed',
    words: expect.stringContaining('nor would a death there be seen'),
  });
});

it('stops where a span should have come, or said that the work failed', () => {
  expect(at(31, delivered(1_000, { spans: true }))).toMatchObject({
    kind: 'stop',
    words: expect.stringMatching(/no span came within 30 s.*settled or held, not known/),
  });
  const reason = 'its consumer’s span ended with an error: no card';
  expect(at(31, delivered(1_000, { reason, spans: true }))).toEqual({
    kind: 'stop',
    words: `Canary delivered, but ${reason}`,
  });
});

//  delivered ── silence ── time is over ─▶ look ─┬─ not among the dead letters ─▶ passed
//                                                 └─ they cannot be read ────────▶ stop
it('looks into the dead letters where no tap sees a death, and stops where it cannot', () => {
  expect(at(31, delivered(1_000, { deaths: 'ask' }))).toEqual({ kind: 'look' });
  expect(at(31, delivered(1_000, { deaths: 'looked' }))).toMatchObject({ kind: 'passed' });
  expect(at(31, delivered(1_000, { deaths: 'hidden' }))).toMatchObject({
    kind: 'stop',
    words: expect.stringContaining('no tap sees what dies there'),
  });
});
