import { describe, expect, it } from 'vitest';
import { flatten, holdStill, nextRow } from './table-items.ts';

interface Row {
  name: string;
  depth: number;
}
const keyOf = (row: Row) => row.name;
const row = (name: string, depth = 0): Row => ({ name, depth });

describe('flatten', () => {
  it('puts a head before each group that has rows and numbers rows throughout', () => {
    const items = flatten(
      [
        { title: 'Needs a look', rows: [row('mail')] },
        { title: 'Gone', rows: [] },
        { title: 'Flowing', rows: [row('audit'), row('billing')] },
      ],
      keyOf,
    );
    expect(items.map((i) => (i.kind === 'group' ? `${i.title} ${i.count}` : `${i.number} ${i.key}`))).toEqual(
      ['Needs a look 1', '1 mail', 'Flowing 2', '2 audit', '3 billing'],
    );
  });
});

describe('holdStill', () => {
  it('keeps order and members, renews figures and counts what waits outside', () => {
    const frozen = flatten([{ title: '', rows: [row('b', 1), row('a', 2), row('gone', 3)] }], keyOf);
    const latest = flatten([{ title: '', rows: [row('new', 9), row('a', 5), row('b', 4)] }], keyOf);
    const held = holdStill(frozen, latest);
    expect(held.items.map((i) => (i.kind === 'row' ? i.row : null))).toEqual([
      row('b', 4),
      row('a', 5),
      row('gone', 3),
    ]);
    expect(held.fresh).toBe(1);
  });
});

describe('nextRow', () => {
  const items = flatten(
    [
      { title: 'A', rows: [row('a')] },
      { title: 'B', rows: [row('b')] },
    ],
    keyOf,
  );
  it('skips group heads and stays at the ends', () => {
    expect(nextRow(items, -1, 1)).toBe(1);
    expect(nextRow(items, 1, 1)).toBe(3);
    expect(nextRow(items, 3, 1)).toBe(3);
    expect(nextRow(items, 3, -1)).toBe(1);
    expect(nextRow(items, 1, -1)).toBe(1);
    expect(nextRow(items, 3, -4)).toBe(1);
    expect(nextRow(items, 1, 4)).toBe(3);
    expect(nextRow([], -1, 1)).toBe(-1);
  });
});
