/** Which queues the list shows, in which order and groups. Pure: the URL's parameters in, groups out. */

import type { Group } from '@/app/_ui/table-items';
import type { Sort } from '@/app/_ui/VirtualTable';
import type { QueueRow } from '@/lib/model/live';

export const shows = ['all', 'look', 'no-consumer', 'dead-letters'] as const;
export type Show = (typeof shows)[number];

/** What the filter's text may say: `type:quorum`. */
export const fields = ['type', 'policy', 'dlx', 'state', 'node', 'vhost'] as const;
export type Field = (typeof fields)[number];

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

/** The value of the last condition on `field`, '' when there is none. */
export function conditionOf(text: string, field: Field): string {
  return parseFilter(text).conditions.findLast((c) => c.field === field)?.value ?? '';
}

/** The filter's text with one condition on `field`, or with none when `value` is empty; the rest stays as it was typed. */
export function withCondition(text: string, field: Field, value: string): string {
  const parts = text.split(/\s+/).filter((part) => part && !part.toLowerCase().startsWith(`${field}:`));
  // of a value with a space the first word is enough: a condition is met by a part
  const [word = ''] = value.trim().split(/\s/);
  return (word === '' ? parts : [...parts, `${field}:${word}`]).join(' ');
}

/** What may be picked for a field: each value that a queue has, with how many have it, most first. */
export function valuesOf(queues: readonly QueueRow[], field: Field): { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const queue of queues) {
    const value = fieldOf(queue, field);
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
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

export function matches(queue: QueueRow, { words, conditions }: Filter): boolean {
  if (words.length > 0) {
    const name = queue.name.toLowerCase();
    if (!words.every((word) => name.includes(word))) return false;
  }
  return conditions.every(({ field, value }) => fieldOf(queue, field).toLowerCase().includes(value));
}

/** How many of them belong under each of the quick choices. */
export function countsOf(queues: readonly QueueRow[]): Record<Show, number> {
  const counts = { all: 0, look: 0, 'no-consumer': 0, 'dead-letters': 0 };
  for (const queue of queues) for (const show of shows) if (inShow(queue, show)) counts[show]++;
  return counts;
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

/**
 * Sorted copy. What is unknown comes last in either direction; equal ones by name. The values are taken out once, and the
 * names sorted first, which they nearly are: ten thousand queues, most of them equal, take a few milliseconds.
 */
export function sorted(queues: readonly QueueRow[], { by, desc }: Sort): QueueRow[] {
  const value = SORTS[by] ?? ((q: QueueRow) => q.total);
  const sign = desc ? -1 : 1;
  return queues
    .toSorted(byName)
    .map((queue) => ({ queue, value: value(queue) }))
    .sort((a, b) => {
      const [x, y] = [a.value, b.value];
      if (x === y) return 0;
      if (x === null || y === null) return x === null ? 1 : -1;
      return x < y ? -sign : sign;
    })
    .map(({ queue }) => queue);
}

function byName(a: QueueRow, b: QueueRow): number {
  if (a.name !== b.name) return a.name < b.name ? -1 : 1;
  return a.vhost === b.vhost ? 0 : a.vhost < b.vhost ? -1 : 1;
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
