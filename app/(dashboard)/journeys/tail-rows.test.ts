import { expect, it } from 'vitest';
import type { JourneyTail } from '@/lib/model/api';
import { journeySummary } from '../../../lib/journey/status.ts';
import { emptySummary, foldSummary } from '../../../lib/journey/summary.ts';
import { Story } from '../../../test/build-facts.ts';
import { MOST_ROWS, NO_ROWS, rateWords, withChange, withLines } from './tail-rows.ts';

const pattern = journeySummary(
  new Story().published(0, 'x', ['a']).facts.reduce(foldSummary, emptySummary('trace:1')),
);
const line = (id: string, lastAt: number) => ({ ...pattern, id, lastAt });
const change = (at: number, ids: string[], skipped = 0): JourneyTail => ({
  at,
  journeys: ids.map((id) => line(id, at)),
  skipped,
  more: false,
  note: null,
});

it('keeps each journey once, newest first, and no more than can be read', () => {
  const rows = withLines([line('a', 1), line('b', 2)], [line('a', 3)]);
  expect(rows.map((j) => `${j.id} ${j.lastAt}`)).toEqual(['a 3', 'b 2']);
  const many = Array.from({ length: MOST_ROWS + 9 }, (_, i) => line(`m${i}`, i));
  expect(withLines(rows, many)).toHaveLength(MOST_ROWS);
});

it('tells how fast they come, and what is left out', () => {
  const began = withChange(NO_ROWS, change(0, ['a', 'b']), true);
  expect(rateWords(began)).toBeNull();
  const calm = withChange(began, change(1_000, ['c', 'd', 'e']), false);
  expect(rateWords(calm)).toEqual({ words: '1.5 a second', crowded: false });
  const crowded = withChange(calm, change(1_250, ['f'], 3_676), false);
  expect(rateWords(crowded)?.words).toBe('showing 2 of 1,840 a second');
  expect(rateWords(withChange(crowded, change(9_000, []), false))).toBeNull();
});
