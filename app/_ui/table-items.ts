/** Pure parts of VirtualTable: flat items, what holding still means, which columns fit. */

export interface Group<Row> {
  title: string;
  rows: readonly Row[];
}

/** One line of the table: a group's head or a row. */
export type Item<Row> =
  | { kind: 'group'; key: string; title: string; count: number }
  | { kind: 'row'; key: string; row: Row; number: number };

/** Groups in order, the empty ones left out, as one flat list. `number` counts rows from 1 over all groups. */
export function flatten<Row>(groups: readonly Group<Row>[], keyOf: (row: Row) => string): Item<Row>[] {
  const items: Item<Row>[] = [];
  let number = 0;
  for (const group of groups) {
    if (group.rows.length === 0) continue;
    if (group.title)
      items.push({
        kind: 'group',
        key: `group ${group.title}`,
        title: group.title,
        count: group.rows.length,
      });
    for (const row of group.rows) items.push({ kind: 'row', key: keyOf(row), row, number: ++number });
  }
  return items;
}

/**
 * The list as it stood when the pointer came over it, with the latest figures in its rows: nothing moves, nothing
 * appears, nothing vanishes under the pointer. `fresh` counts the rows that wait outside.
 */
export function holdStill<Row>(
  frozen: readonly Item<Row>[],
  latest: readonly Item<Row>[],
): { items: Item<Row>[]; fresh: number } {
  const now = new Map<string, Item<Row>>();
  for (const item of latest) if (item.kind === 'row') now.set(item.key, item);
  const known = new Set<string>();
  const items = frozen.map((item): Item<Row> => {
    if (item.kind === 'group') return item;
    known.add(item.key);
    const renewed = now.get(item.key);
    return renewed?.kind === 'row' ? { ...item, row: renewed.row } : item;
  });
  let fresh = 0;
  for (const key of now.keys()) if (!known.has(key)) fresh++;
  return { items, fresh };
}

/** The next index to move to that is a row, from `from` in steps of `by`; stays when there is none. */
export function nextRow<Row>(items: readonly Item<Row>[], from: number, by: number): number {
  const last = items.length - 1;
  const wanted = Math.min(last, Math.max(0, from + by));
  const forward = by < 0 ? -1 : 1;
  // past a group's head in the same direction; at the very end of the list back again (Home lands on a head)
  for (const step of [forward, -forward])
    for (let to = wanted; to >= 0 && to <= last; to += step) if (items[to]?.kind === 'row') return to;
  return from;
}
