/**
 * A live state as it goes over the wire: one queue whole, and of every other what differs from it. Of ten thousand queues
 * most differ in name and depth alone: a tenth of the bytes, and of the time to read them. Pure, and without schemas.
 */
import type { LiveState, QueueRow } from './live.ts';
import { newFields } from './same.ts';

export interface LiveWhole extends Omit<LiveState, 'queues'> {
  queues: {
    /** A queue like many; null when there is none. */
    like: QueueRow | null;
    /** Every queue, in order: the fields in which it differs from `like`. */
    rows: Partial<QueueRow>[];
  };
}

/** So many are looked at to see what is usual. */
const SAMPLE = 101;

export function wholeOf({ queues, ...rest }: LiveState): LiveWhole {
  const like = usual(queues);
  return { ...rest, queues: { like, rows: like ? queues.map((row) => newFields(like, row) ?? row) : [] } };
}

export function stateOf({ queues: { like, rows }, ...rest }: LiveWhole): LiveState {
  return { ...rest, queues: like ? rows.map((fields) => ({ ...like, ...fields })) : [] };
}

/** Of each field that all have, the value that most of a sample have. */
function usual(queues: readonly QueueRow[]): QueueRow | null {
  const [first] = queues;
  if (!first) return null;
  const step = Math.max(1, Math.floor(queues.length / SAMPLE));
  const sample = queues.filter((_, place) => place % step === 0);
  const like = { ...first };
  for (const name in first) {
    const field = name as keyof QueueRow;
    // what one of them lacks could not be taken away from it
    if (queues.some((row) => row[field] === undefined)) {
      Reflect.deleteProperty(like, field);
      continue;
    }
    const counts = new Map<string, number>();
    for (const row of sample) {
      const text = JSON.stringify(row[field]);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
    const one = sample.find((row) => JSON.stringify(row[field]) === most?.[0]);
    if (one) Object.assign(like, { [field]: one[field] });
  }
  return like;
}
