import { expect, it } from 'vitest';
import type { Moment } from '@/lib/model/moment.ts';
import { joined } from './timeline-pages.ts';

const m = (at: number, words = ''): Moment => ({
  id: `m${at}`,
  at,
  kind: 'consumer gone',
  vhost: '/',
  queue: null,
  connection: null,
  consumerTag: null,
  words,
  source: 'read',
  count: 1,
  href: null,
});
const at = (moments: readonly Moment[]) => moments.map((one) => one.at);

// latest  9 8 7 6         older page asked for at 7:  first 7 6 5, older 4 3
it('puts what is new over what was kept, and lets a better word win', () => {
  const older = { first: [m(7), m(6), m(5)], moments: [m(4), m(3)], more: true };
  const all = joined({ moments: [m(9), m(8), m(7, 'better'), m(6)], more: true }, older);
  expect(at(all.moments)).toEqual([9, 8, 7, 6, 5, 4, 3]);
  expect(all.moments[2]?.words).toBe('better');
  expect(all).toMatchObject({ more: true, kept: true });
});

it('shows the latest alone rather than a hole', () => {
  const older = { first: [m(7)], moments: [m(3)], more: false };
  expect(joined({ moments: [m(20), m(19)], more: true }, older)).toMatchObject({ more: true, kept: false });
  expect(joined({ moments: [m(20)], more: false }, null).kept).toBe(false);
});
