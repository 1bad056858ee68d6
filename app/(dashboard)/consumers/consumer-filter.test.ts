import { expect, it } from 'vitest';
import { consumerRow } from '@/test/build.ts';
import { countsOf, fits, wordsIn } from './consumer-filter.ts';

it('finds by every word, and counts the gravest first', () => {
  const rows = [consumerRow('a', 'billing'), consumerRow('b', 'mail', { condition: 'stuck' })];
  expect(rows.filter((r) => fits(r, wordsIn(' Bill APP'))).map((r) => r.tag)).toEqual(['a']);
  expect(countsOf(rows, 'saturated')).toEqual([
    ['stuck', 1],
    ['saturated', 0],
    ['working', 1],
  ]);
});
