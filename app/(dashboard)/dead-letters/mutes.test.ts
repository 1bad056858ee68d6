import { expect, test } from 'vitest';
import { byMute, FOR_EVER, MUTES } from './mutes';

const note = (mutedUntil: number | null) => ({ text: '', mutedUntil, by: 'anna', at: 0 });

test('a mute sets a cause apart until it ends, a note alone does not', () => {
  const causes = ['a', 'b', 'c', '__proto__'].map((key) => ({ key }));
  const notes = { a: note(1_000), b: note(null), c: note(FOR_EVER) };
  const keys = (list: { key: string }[]) => list.map((c) => c.key);
  expect(keys(byMute(causes, notes, 999).muted)).toEqual(['a', 'c']);
  expect(keys(byMute(causes, notes, 1_000).heard)).toEqual(['a', 'b', '__proto__']);
});

test('the longest mute is a date that exists', () => {
  expect(MUTES.map((m) => Number.isNaN(new Date(m.until(Date.now())).getTime()))).not.toContain(true);
});
