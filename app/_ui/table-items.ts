/** Pure parts of VirtualTable: flat items, what holding still means, which of them are in sight. */

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

/** Where each item begins, px from the top of the list, and last where the list ends: one number more than items. */
export function edgesOf<Row>(items: readonly Item<Row>[], heightOf: (item: Item<Row>) => number): number[] {
  const edges = [0];
  let at = 0;
  for (const item of items) {
    at += heightOf(item);
    edges.push(at);
  }
  return edges;
}

/** Rows drawn beyond each end of what is in sight, so that a quick scroll finds them there. */
const AROUND = 12;
/** The drawn part moves in steps of so many rows: most scrolled frames draw nothing anew. */
const STEP = 8;

/** The items from `first` to before `end` that stand between `top` and `bottom`, px in the list, with some around them. */
export function inSight(
  edges: readonly number[],
  top: number,
  bottom: number,
): { first: number; end: number } {
  const count = edges.length - 1;
  const within = (index: number) => Math.max(0, Math.min(index, count));
  const first = within(Math.floor((itemAt(edges, top) - AROUND) / STEP) * STEP);
  // told from the first alone, so that both ends move at once: each move costs, however few rows it draws anew
  const high = itemAt(edges, (edges[first] ?? 0) + bottom - top) + 1 - first;
  return { first, end: within(first + high + 2 * AROUND + STEP) };
}

/** The last item that begins at or above `y`; 0 above the list. */
function itemAt(edges: readonly number[], y: number): number {
  let low = 0;
  let high = edges.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low;
}
