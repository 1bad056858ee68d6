/**
 * What is new between two live states of one viewer, and how the later is made of the earlier. Most of ten thousand queues
 * rest: a change is a hundredth of the whole. Pure, and without schemas, since the browser applies it.
 */
import type { ConsumerRow } from './broker.ts';
import type { LiveState, QueueRow } from './live.ts';
import { queueKey } from './names.ts';
import { isEmpty, newFields } from './same.ts';

export interface ListChange<Row> {
  /** By the row's key, the fields that are new, in the order of the list; a nested value comes whole. */
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
  consumers: ListChange<ConsumerRow>;
}

interface Key<Row> {
  of: (row: Row) => string;
  /** The same answer as comparing both keys, without making them. */
  same: (a: Row, b: Row) => boolean;
}
const queueKeys: Key<QueueRow> = {
  of: (q) => queueKey(q.vhost, q.name),
  same: (a, b) => a.name === b.name && a.vhost === b.vhost,
};
const consumerKeys: Key<ConsumerRow> = {
  of: (c) => JSON.stringify([c.vhost, c.queue, c.tag, c.connection, c.channel]),
  same: (a, b) =>
    a.tag === b.tag &&
    a.queue === b.queue &&
    a.vhost === b.vhost &&
    a.connection === b.connection &&
    a.channel === b.channel,
};

/** Null when it cannot be told as a change (rows changed places, or two have one key): then the whole state is to be sent. */
export function changeBetween(before: LiveState, after: LiveState): LiveChange | null {
  const queues = listChange(before.queues, after.queues, queueKeys);
  const consumers = listChange(before.consumers, after.consumers, consumerKeys);
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
    queues: changedList(before.queues, change.queues, queueKeys.of),
    consumers: changedList(before.consumers, change.consumers, consumerKeys.of),
  };
}

function listChange<Row extends object>(
  before: readonly Row[],
  after: readonly Row[],
  key: Key<Row>,
): ListChange<Row> | null {
  return before === after ? nothing() : (sameRows(before, after, key) ?? otherRows(before, after, key.of));
}

const nothing = <Row>(): ListChange<Row> => ({ changed: [], came: [], went: [] });

/** The usual case, ten times quicker: nothing came, went or moved. Null when that is not so. */
function sameRows<Row extends object>(
  before: readonly Row[],
  after: readonly Row[],
  key: Key<Row>,
): ListChange<Row> | null {
  if (before.length !== after.length) return null;
  const change = nothing<Row>();
  for (const [place, row] of after.entries()) {
    const was = before[place];
    if (was === row) continue;
    const fields = was && key.same(was, row) ? newFields(was, row) : null;
    if (!fields) return null;
    if (!isEmpty(fields)) change.changed.push([key.of(row), fields]);
  }
  return change;
}

function otherRows<Row extends object>(
  before: readonly Row[],
  after: readonly Row[],
  keyOf: (row: Row) => string,
): ListChange<Row> | null {
  const change = nothing<Row>();
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
    if (!isEmpty(fields)) change.changed.push([key, fields]);
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
  change: ListChange<Row>,
  keyOf: (row: Row) => string,
): Row[] {
  const { changed, came, went } = change;
  if (changed.length + came.length + went.length === 0) return before;
  const fields = new Map(changed);
  const gone = new Set(went);
  const rows: Row[] = [];
  let met = 0;
  for (const row of before) {
    // once all that changed or went is met, the keys of the others need not be made
    if (met === changed.length + gone.size) {
      rows.push(row);
      continue;
    }
    const key = keyOf(row);
    const more = fields.get(key);
    if (more || gone.has(key)) met++;
    if (!gone.has(key)) rows.push(more ? { ...row, ...more } : row);
  }
  if (met !== changed.length + gone.size) throw new Error('a change of another list than this');
  for (const [place, row] of came) rows.splice(place, 0, row);
  return rows;
}
