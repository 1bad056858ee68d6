/** Two words on one queue: the common list's, and the broker's own when it was asked for that queue alone. Pure. */
import type { Queue } from '../model/broker.ts';
import { isSame } from '../model/same.ts';
import type { Part } from './reading.ts';

/** Its own answer tells this at once, its policy some seconds late: that is read with the list and the policies. */
const declared = (q: Queue) => ({
  type: q.type,
  durable: q.durable,
  autoDelete: q.autoDelete,
  exclusive: q.exclusive,
  arguments: q.arguments,
});

/** In what the list is wrong, to be told from another such thing; null: in nothing, or that is not known. */
export function contradicts(listed: Queue, told: Part<Queue>): string | null {
  if (told.failed) return told.failed.code === 'not_found' ? 'deleted' : null;
  if (told.value === null) return null;
  const [before, now] = [declared(listed), declared(told.value)];
  return isSame(before, now) ? null : JSON.stringify(now);
}

/** The queue with what only its own answer tells. How it is declared, the younger of both says. */
export function withDetails<Row extends Queue>(row: Row, told: Part<Queue>, listedAt: number | null): Row {
  const { value, askedAt, failed } = told;
  if (value === null || failed) return row;
  const { bytes, utilisation, idleSince } = value;
  const details = { ...row, bytes, utilisation, idleSince };
  if (listedAt !== null && askedAt !== null && askedAt <= listedAt) return details;
  const now = { ...details, state: value.state };
  if (contradicts(row, told) === null) return now;
  const { limits } = value;
  const byPolicy = row.deadLetter?.from === 'policy' ? row.deadLetter : null;
  return { ...now, ...declared(value), limits, deadLetter: value.deadLetter ?? byPolicy };
}
