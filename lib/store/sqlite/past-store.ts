/**
 * The past in one file of its own: it may be thrown away without losing a fact or a decision. One row a series, level and
 * chunk; what a queue has rested through is not written, and read as 0 where the broker was read.
 */
import { type Level, levels, type PastStore, rolledUp, type Slot, type Slots } from '../past.ts';
import {
  append,
  emptyLane,
  type Lane,
  laneOf,
  mergedLanes,
  rolled,
  slotsOf,
  withoutRests,
} from '../past-lane.ts';
import { pack, unpack } from '../past-pack.ts';
import { type Db, guard, migrate, openDatabase } from './database.ts';
import { pastSchema } from './past-schema.ts';

const LEVELS: readonly Level[] = [0, 1, 2];
/** Forgotten at a time, in some 50 ms. */
const MOST_NAMES = 20_000;

/** Throws HoplightError: `busy` when another process holds it, `internal` when it is damaged or not writable. */
export function openPastStore(
  file: string,
  { keepMs = levels[2].keepMs, clock = Date.now }: { keepMs?: number; clock?: () => number } = {},
): PastStore {
  const db = openDatabase(file, { synchronous: 'NORMAL' });
  try {
    guard(file, () => migrate(db, pastSchema));
    return storeOver(db, file, keepMs, clock);
  } catch (error) {
    db.close();
    throw error;
  }
}

function storeOver(db: Db, file: string, keepMs: number, clock: () => number): PastStore {
  const seen = db.prepare<[string, string, number], { id: number }>(
    `INSERT INTO series (vhost, name, last_at) VALUES (?, ?, ?)
     ON CONFLICT (vhost, name) DO UPDATE SET last_at = max(last_at, excluded.last_at) RETURNING id`,
  );
  const known = db.prepare<[string, string], { id: number; last_at: number }>(
    'SELECT id, last_at FROM series WHERE vhost = ? AND name = ?',
  );
  const chunk = db
    .prepare<[number, number, number], Buffer>(
      'SELECT slots FROM chunks WHERE series = ? AND level = ? AND start = ?',
    )
    .pluck();
  const write = db.prepare<[number, number, number, Buffer]>(
    // not INSERT OR REPLACE, which would write the index anew
    'INSERT INTO chunks VALUES (?, ?, ?, ?) ON CONFLICT (series, level, start) DO UPDATE SET slots = excluded.slots',
  );
  const chunks = db.prepare<[number, number, number, number], { start: number; slots: Buffer }>(
    'SELECT start, slots FROM chunks WHERE series = ? AND level = ? AND start > ? AND start < ?',
  );
  const prune = db.prepare<[number, number]>('DELETE FROM chunks WHERE level = ? AND start < ?');
  // queues with made-up names come by the thousand an hour: of those that are long gone nothing stays, not even the name
  const pruneNames = db.prepare<[number]>(
    `DELETE FROM series WHERE id IN (
       SELECT id FROM series WHERE last_at < ? AND NOT EXISTS (SELECT 1 FROM chunks WHERE series = series.id)
       ORDER BY last_at LIMIT ${MOST_NAMES}
     )`,
  );

  function putChunk(id: number, level: Level, start: number, fresh: Lane, whole: boolean): void {
    const old = chunk.get(id, level, start);
    // a minute that was begun before a restart goes on after it
    const all = old ? mergedLanes(unpack(old, start), fresh, level > 0) : fresh;
    // the first of a chunk always stands, so that the rest is known to have been there
    write.run(id, level, start, pack(whole ? all : withoutRests(all), start));
  }

  function putLevel(id: number, level: Level, lane: Lane, whole: boolean): void {
    const { slots: size } = levels[level];
    const chunkOf = (at: number) => Math.floor(at / size) * size;
    const [first = 0, last = first] = [lane.at[0], lane.at.at(-1)];
    if (chunkOf(first) === chunkOf(last)) {
      putChunk(id, level, chunkOf(first), lane, whole);
      return;
    }
    const parts = new Map<number, Lane>();
    for (const [i, at] of lane.at.entries()) {
      const part = parts.get(chunkOf(at)) ?? emptyLane();
      parts.set(chunkOf(at), part);
      append(part, at, lane, i);
    }
    for (const [start, part] of parts) putChunk(id, level, start, part, whole);
  }

  function put(vhost: string, name: string, fine: Lane, lastAt: number): void {
    const { id } = seen.get(vhost, name, lastAt) ?? { id: 0 };
    // the broker's own series tells when it was read: nothing of it is left out
    const whole = vhost === '' && name === '';
    let lane = fine;
    for (const level of LEVELS) {
      if (level > 0) lane = rolled(lane, levels[level].step / (levels[level - 1]?.step ?? 1));
      putLevel(id, level, lane, whole);
    }
  }

  function stored(id: number, level: Level, from: number, to: number): Slots {
    const { slots: size } = levels[level];
    const found: Slots = new Map();
    for (const { start, slots } of chunks.all(id, level, from - size, to))
      slotsOf(unpack(slots, start), found);
    for (const at of found.keys()) if (at < from || at >= to) found.delete(at);
    return found;
  }

  /** What a queue rested through is put in again, wherever the broker was read, up to when it was seen last. */
  function rested(level: Level, busy: Slots, read: Iterable<number>, last: number): Slots {
    const all: Slots = new Map();
    const { slots: size } = levels[level];
    let before: { at: number; slot: Slot } | null = null;
    for (const at of [...read].sort((a, b) => a - b)) {
      const slot = busy.get(at);
      if (slot) {
        before = { at, slot };
        all.set(at, slot);
      } else if (before && at <= last && Math.floor(at / size) === Math.floor(before.at / size))
        all.set(at, { ...nothing, consumers: before.slot.consumers });
    }
    return all;
  }

  return guarded(file, {
    put(rows) {
      db.transaction(() => {
        for (const { vhost, name, points } of rows) {
          const last = points.at(-1)?.at;
          if (last === undefined) continue;
          put(vhost, name, laneOf(points, levels[0].step), last);
        }
      }).immediate();
    },

    read(vhost, name, from, to, most) {
      const level = levelFor(from, to, most, clock());
      const { step, slots: size } = levels[level];
      const [first, end] = [Math.floor(from / step), Math.ceil(to / step)];
      const series = known.get(vhost, name);
      if (!series) return { step, slots: new Map() };
      // from the start of its chunk: what a queue rested through is told by what stands before it there
      const begin = Math.floor(first / size) * size;
      let slots = stored(series.id, level, begin, end);
      const all = known.get('', '');
      if (all && all.id !== series.id)
        slots = rested(
          level,
          slots,
          stored(all.id, level, begin, end).keys(),
          Math.floor(series.last_at / step),
        );
      for (const at of slots.keys()) if (at < first) slots.delete(at);
      const by = Math.ceil((end - first) / most);
      return by > 1 ? { step: step * by, slots: rolledUp(slots, by) } : { step, slots };
    },

    forget(now) {
      let gone = 0;
      for (const level of LEVELS) {
        const { step, slots, keepMs: least } = levels[level];
        const kept = level === 2 ? keepMs : Math.min(least, keepMs);
        gone += prune.run(level, Math.floor((now - kept) / step) - slots).changes;
      }
      return gone + pruneNames.run(now - keepMs).changes;
    },

    bytes: () =>
      Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true })),
    close: () => db.close(),
  });
}

const nothing: Slot = {
  n: 1,
  peak: 0,
  consumers: null,
  ready: 0,
  unacked: 0,
  publish: 0,
  deliver: 0,
  ack: 0,
  redeliver: 0,
};

/** The finest level that is still kept at `from`; up to four of its slots make one point. */
function levelFor(from: number, to: number, most: number, now: number): Level {
  return LEVELS.find((l) => from >= now - levels[l].keepMs && (to - from) / levels[l].step <= most * 4) ?? 2;
}

function guarded(file: string, store: PastStore): PastStore {
  return {
    put: (rows) => guard(file, () => store.put(rows)),
    read: (...args) => guard(file, () => store.read(...args)),
    forget: (now) => guard(file, () => store.forget(now)),
    bytes: () => guard(file, () => store.bytes()),
    close: () => store.close(),
  };
}
