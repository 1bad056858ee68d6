import { expect, test } from 'vitest';
import { createFactIds } from './fact-id.ts';

test('IDs sort in the order in which they were made, also when the clock stands or goes back', () => {
  const times = [
    1_700_000_000_000, 1_700_000_000_000, 1_699_999_999_000, 1_700_000_000_001, 1_800_000_000_000,
  ];
  const next = createFactIds({ clock: () => times.shift() ?? 0, random: () => 0.999 });
  const ids = Array.from({ length: 7 }, next);
  expect([...ids].sort()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.every((id) => id.length === 18)).toBe(true);
});
