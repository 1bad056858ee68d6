/**
 * A live state as it goes over the wire: one queue whole, and of every other what differs from it. Of ten thousand queues
 * most differ in name and depth alone: a tenth of the bytes, and of the time to read them. Pure, and without schemas.
 */
import type { LiveState, QueueRow } from './live.ts';
import { isSame, newFields } from './same.ts';

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

/**
 * Makes it for one state after another: what a row that rests, the very same object, differs in is remembered as long as
 * the usual stays. Of ten thousand queues that is all but a few.
 */
export function createWholeOf(): (state: LiveState) => LiveWhole {
  /** Fields that some row was seen without: what one of them lacks could not be taken away from it. */
  const optional = new Set<string>();
  let like: QueueRow | null = null;
  let known = new WeakMap<QueueRow, Partial<QueueRow>>();

  const differences = (usual: QueueRow, queues: readonly QueueRow[]): Partial<QueueRow>[] | null => {
    const rows: Partial<QueueRow>[] = [];
    for (const row of queues) {
      const fields = known.get(row) ?? newFields(usual, row);
      if (fields === null) {
        for (const name in usual) if (row[name as keyof QueueRow] === undefined) optional.add(name);
        return null;
      }
      known.set(row, fields);
      rows.push(fields);
    }
    return rows;
  };

  return ({ queues, ...rest }) => {
    for (;;) {
      const now = usual(queues, optional);
      if (!isSame(now, like)) {
        like = now;
        known = new WeakMap();
      }
      if (like === null) return { ...rest, queues: { like, rows: [] } };
      const rows = differences(like, queues);
      // else once more, with what is optional left out: each time there is one more of it
      if (rows) return { ...rest, queues: { like, rows } };
    }
  };
}

export function wholeOf(state: LiveState): LiveWhole {
  return createWholeOf()(state);
}

export function stateOf({ queues: { like, rows }, ...rest }: LiveWhole): LiveState {
  return { ...rest, queues: like ? rows.map((fields) => ({ ...like, ...fields })) : [] };
}

/** The value that most of a sample have, of each field but those. */
function usual(queues: readonly QueueRow[], without: ReadonlySet<string>): QueueRow | null {
  const [first] = queues;
  if (!first) return null;
  const step = Math.max(1, Math.floor(queues.length / SAMPLE));
  const sample = queues.filter((_, place) => place % step === 0);
  const like = { ...first };
  for (const name in first) {
    const field = name as keyof QueueRow;
    if (without.has(name)) {
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
