/** Which queues the list shows, in which order and groups. Pure: the URL's parameters in, groups out. */

import type { Group } from '@/app/_ui/table-items';
import type { Sort } from '@/app/_ui/VirtualTable';
import type { QueueRow } from '@/lib/model/live';

export const shows = ['all', 'look', 'no-consumer', 'dead-letters'] as const;
export type Show = (typeof shows)[number];

export const fields = ['type', 'policy', 'dlx', 'state', 'node', 'vhost'] as const;
type Field = (typeof fields)[number];

/** `type:quorum dlx:orders mail` → conditions on fields and words of the name, all of which must hold. */
export interface Filter {
  conditions: { field: Field; value: string }[];
  words: string[];
}

export function parseFilter(text: string): Filter {
  const filter: Filter = { conditions: [], words: [] };
  for (const part of text.toLowerCase().split(/\s+/).filter(Boolean)) {
    const colon = part.indexOf(':');
    const field = fields.find((f) => f === part.slice(0, colon));
    if (field) filter.conditions.push({ field, value: part.slice(colon + 1) });
    else filter.words.push(part);
  }
  return filter;
}

function fieldOf(queue: QueueRow, field: Field): string {
  switch (field) {
    case 'type':
      return queue.type;
    case 'policy':
      return queue.policy ?? 'none';
    case 'dlx':
      return queue.deadLetter ? `${queue.deadLetter.exchange} ${queue.deadLetter.routingKey ?? ''}` : 'none';
    case 'state':
      return queue.state ?? 'unknown';
    case 'node':
      return queue.node ?? 'unknown';
    case 'vhost':
      return queue.vhost;
  }
}

export function matches(queue: QueueRow, filter: Filter): boolean {
  const name = queue.name.toLowerCase();
  return (
    filter.words.every((word) => name.includes(word)) &&
    filter.conditions.every(({ field, value }) => fieldOf(queue, field).toLowerCase().includes(value))
  );
}

/** Whether a queue belongs under one of the quick choices. */
export function inShow(queue: QueueRow, show: Show): boolean {
  switch (show) {
    case 'all':
      return true;
    case 'look':
      return queue.attention !== null;
    case 'no-consumer':
      return queue.consumers === 0;
    case 'dead-letters':
      return queue.attention?.code === 'dead_letters' || queue.attention?.code === 'dead_letters_rising';
  }
}

/** What a column sorts by: a figure (null unknown) or a text. */
const SORTS: Record<string, (queue: QueueRow) => number | string | null> = {
  name: (q) => q.name,
  vhost: (q) => q.vhost,
  type: (q) => q.type,
  state: (q) => q.state,
  node: (q) => q.node,
  ready: (q) => q.ready,
  unacked: (q) => q.unacked,
  total: (q) => q.total,
  in: (q) => q.rates.publish,
  out: (q) => q.rates.deliver,
  ack: (q) => q.rates.ack,
  redeliver: (q) => q.rates.redeliver,
  consumers: (q) => q.consumers,
  utilisation: (q) => q.utilisation,
  bytes: (q) => q.bytes,
  policy: (q) => q.policy,
  dlx: (q) => q.deadLetter?.exchange ?? null,
};

export const DEFAULT_SORT: Sort = { by: 'total', desc: true };

/** `total:desc` of the URL; what is not a column is the default. */
export function parseSort(text: string | null): Sort {
  const [by = '', order] = (text ?? '').split(':');
  return Object.hasOwn(SORTS, by) ? { by, desc: order === 'desc' } : DEFAULT_SORT;
}

/** null when it is the default, which the URL need not say. */
export function sortText(sort: Sort): string | null {
  if (sort.by === DEFAULT_SORT.by && sort.desc === DEFAULT_SORT.desc) return null;
  return `${sort.by}:${sort.desc ? 'desc' : 'asc'}`;
}

/** Sorted copy. What is unknown comes last in either direction; equal ones by name. */
export function sorted(queues: readonly QueueRow[], { by, desc }: Sort): QueueRow[] {
  const value = SORTS[by] ?? SORTS.total;
  const compare = (a: QueueRow, b: QueueRow): number => {
    const x = value?.(a) ?? null;
    const y = value?.(b) ?? null;
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    const order = typeof x === 'number' && typeof y === 'number' ? x - y : x < y ? -1 : x > y ? 1 : 0;
    return desc ? -order : order;
  };
  return queues.toSorted(
    (a, b) =>
      compare(a, b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || (a.vhost < b.vhost ? -1 : 1),
  );
}

const LEVELS = ['dead', 'warn', 'unknown'];

/** What needs a look stands first, under its own head; there the gravest first, unless another order was chosen. */
export function grouped(queues: readonly QueueRow[], byLevel: boolean): Group<QueueRow>[] {
  const look = queues.filter((q) => q.attention !== null);
  if (byLevel)
    look.sort((a, b) => LEVELS.indexOf(a.attention?.level ?? '') - LEVELS.indexOf(b.attention?.level ?? ''));
  if (look.length === 0) return [{ title: '', rows: queues }];
  return [
    { title: 'Needs a look', rows: look },
    { title: 'Flowing', rows: queues.filter((q) => q.attention === null) },
  ];
}
