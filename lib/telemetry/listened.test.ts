import { expect, test } from 'vitest';
import type { Gap } from '../model/fact.ts';
import { Listening } from './listened.ts';

const gap = (from: number, to: number | null, kind: Gap['kind'], vhost = '/'): Gap => ({
  id: `${from}`,
  vhost,
  from,
  to,
  kind,
  reason: '',
  missing: null,
});

/**
 *   seconds   0         10        20        30        40
 *   tap-off   ├────┤                             ├──────  open
 *   dropped      ├────┤
 *   sampling                      ├────┤
 */
test('time is listened to but for gaps that nobody chose; where two lie over each other it is counted once', () => {
  const gaps = [
    gap(-5_000, 5_000, 'tap-off'),
    gap(3_000, 8_000, 'dropped'),
    gap(20_000, 25_000, 'sampling'),
    gap(35_000, null, 'tap-off'),
    gap(0, 40_000, 'tap-off', 'v'),
  ];
  const listening = new Listening((from, to) => gaps.filter((g) => g.from <= to && (g.to ?? to) >= from), 0);
  expect(listening.at(29_000, ['/'])).toEqual([]); // gaps are told late
  listening.at(34_000, ['/']); // 0 to 4 s
  listening.at(34_000, ['/']);
  expect(listening.at(70_000, ['/'])).toEqual([
    { vhost: '/', listened: 27, accounted: 40, gaps: { 'tap-off': 10, dropped: 5, sampling: 5 } },
  ]);
  // what was accounted for stays, whatever becomes of the gaps
  gaps.length = 0;
  expect(listening.at(71_000, ['/'])[0]).toMatchObject({
    listened: 28,
    accounted: 41,
    gaps: { 'tap-off': 10 },
  });
});
