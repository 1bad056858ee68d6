import { describe, expect, it } from 'vitest';
import { edgesOf, flatten, holdStill, inSight, nextRow } from './table-items.ts';

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

describe('what is in sight', () => {
  const rows = (n: number) =>
    flatten([{ title: 'All', rows: Array.from({ length: n }, (_, i) => i) }], String);
  const edges = edgesOf(rows(10_000), (item) => (item.kind === 'group' ? 28 : 32));

  it('knows where each item begins and where the list ends', () => {
    expect(edges.slice(0, 3)).toEqual([0, 28, 60]);
    expect(edges).toHaveLength(10_002);
    expect(edges.at(-1)).toBe(28 + 10_000 * 32);
  });

  it('draws what is in the window and some around, at every place', () => {
    for (const top of [0, 1, 5_000, 123_457, 320_028 - 800]) {
      const { first, end } = inSight(edges, top, top + 800);
      expect(edges[first]).toBeLessThanOrEqual(top);
      expect(edges[end]).toBeGreaterThanOrEqual(Math.min(top + 800, 320_028));
      expect(end - first).toBeLessThan(70);
    }
  });

  it('moves in steps: a scrolled row draws nothing anew', () => {
    const at = (y: number) => inSight(edges, y, y + 800);
    const places = Array.from({ length: 64 }, (_, i) => JSON.stringify(at(50_000 + i)));
    expect(new Set(places).size).toBeLessThan(4);
  });

  it('moves both ends at once, however high the window is', () => {
    for (let high = 800; high < 832; high++) {
      const at = (y: number) => JSON.stringify(inSight(edges, y, y + high));
      // eight rows further it has moved once
      expect(new Set(Array.from({ length: 256 }, (_, i) => at(50_000 + i))).size).toBe(2);
    }
  });

  it('stays within the list', () => {
    expect(inSight([0], 0, 800)).toEqual({ first: 0, end: 0 });
    expect(inSight([0, 32, 64], -500, 300)).toEqual({ first: 0, end: 2 });
    expect(inSight(edges, 1e9, 1e9 + 800).end).toBe(10_001);
    expect(inSight(edges, -9_000, -8_200).first).toBe(0);
  });
});
