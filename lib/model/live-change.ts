/**
 * What is new between two live states of one viewer, and how the later is made of the earlier. Most of ten thousand queues
 * rest: a change is a hundredth of the whole. Pure, and without schemas, since the browser applies it.
 */
import type { Consumer } from './broker.ts';
import type { LiveState, QueueRow } from './live.ts';
import { queueKey } from './names.ts';

export interface ListChange<Row> {
  /** By the row's key, the fields that are new; a nested value comes whole. */
  changed: [string, Partial<Row>][];
  /** Rows that were not there, each with its place in the new list, ascending. */
  came: [number, Row][];
  /** Keys of rows that are gone. */
  went: string[];
}

export interface LiveChange {
  /** Server's clock at sending, ms since 1970. */
  now: number;
  /** Every other field that is new, whole. */
  set: Partial<Omit<LiveState, 'now' | 'queues' | 'consumers'>>;
  queues: ListChange<QueueRow>;
  consumers: ListChange<Consumer>;
}

const keyOfQueue = (q: QueueRow) => queueKey(q.vhost, q.name);
const keyOfConsumer = (c: Consumer) => JSON.stringify([c.vhost, c.queue, c.tag, c.connection, c.channel]);

/** Null when it cannot be told as a change (rows changed places, or two have one key): then the whole state is to be sent. */
export function changeBetween(before: LiveState, after: LiveState): LiveChange | null {
  const queues = listChange(before.queues, after.queues, keyOfQueue);
  const consumers = listChange(before.consumers, after.consumers, keyOfConsumer);
  if (!queues || !consumers) return null;
  const { now, queues: _queues, consumers: _consumers, ...rest } = after;
  const { now: _now, queues: _before, consumers: _old, ...old } = before;
  const set = newFields(old, rest);
  return set && { now, set, queues, consumers };
}

/** Rows that did not change stay the very same objects. Throws when the change is of another state than this. */
export function withChange(before: LiveState, change: LiveChange): LiveState {
  return {
    ...before,
    ...change.set,
    now: change.now,
    queues: changedList(before.queues, change.queues, keyOfQueue),
    consumers: changedList(before.consumers, change.consumers, keyOfConsumer),
  };
}

function listChange<Row extends object>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string,
): ListChange<Row> | null {
  const change: ListChange<Row> = { changed: [], came: [], went: [] };
  if (before === after) return change;
  const old = new Map(before.map((row) => [keyOf(row), row]));
  if (old.size < before.length) return null;
  const stayed = new Set<string>();
  for (const [place, row] of after.entries()) {
    const key = keyOf(row);
    const was = old.get(key);
    if (stayed.has(key)) return null;
    const fields = was && newFields(was, row);
    if (!fields) {
      change.came.push([place, row]);
      continue;
    }
    stayed.add(key);
    if (Object.keys(fields).length > 0) change.changed.push([key, fields]);
  }
  const keys = [...old.keys()];
  change.went = keys.filter((key) => !stayed.has(key));
  const kept = keys.filter((key) => stayed.has(key));
  return inTheSameOrder(kept, after, stayed, keyOf) ? change : null;
}

function inTheSameOrder<Row>(
  kept: readonly string[],
  after: readonly Row[],
  stayed: ReadonlySet<string>,
  keyOf: (row: Row) => string,
): boolean {
  let next = 0;
  for (const row of after) {
    const key = keyOf(row);
    if (stayed.has(key) && kept[next++] !== key) return false;
  }
  return true;
}

function changedList<Row extends object>(
  before: Row[],
  { changed, came, went }: ListChange<Row>,
  keyOf: (row: Row) => string,
): Row[] {
  if (changed.length + came.length + went.length === 0) return before;
  const fields = new Map(changed);
  const gone = new Set(went);
  const rows = before.flatMap((row) => {
    const key = keyOf(row);
    if (gone.has(key)) return [];
    const more = fields.get(key);
    return more ? { ...row, ...more } : row;
  });
  if (rows.length !== before.length - gone.size) throw new Error('a change of another list than this');
  for (const [place, row] of came) rows.splice(place, 0, row);
  return rows;
}

/** Null when a field is gone, which a change cannot tell. */
function newFields<T extends object>(before: T, after: T): Partial<T> | null {
  const fields: Partial<T> = {};
  for (const name in before) if (before[name] !== undefined && after[name] === undefined) return null;
  for (const name in after) if (!isSame(before[name], after[name])) fields[name] = after[name];
  return fields;
}

/** Of values as JSON has them. */
function isSame(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  let left = 0;
  for (const name in a) {
    if (!Object.hasOwn(b, name) || !isSame(a[name], b[name])) return false;
    left++;
  }
  for (const _ in b) left--;
  return left === 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
