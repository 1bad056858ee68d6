/**
 * Brings the half hour in memory to the disk, a quarter of an hour at a time: when one is over, its queues are written in
 * small lots, so that ten thousand of them hold nobody up. A crash costs the quarter that was not written.
 */
import { log, wordsOf } from '../log.ts';
import type { Point } from '../model/live.ts';
import type { PastStore } from '../store/past.ts';
import type { History } from './history.ts';
import { isRead } from './past.ts';

/** Of the coarsest level, so that each of its slots is whole when it is written. */
export const QUARTER_MS = 900_000;
/** A quarter is written within so many readings: well before its points leave the memory. */
const LOTS = 60;
const SMALLEST_LOT = 50;

export interface PastRecorder {
  /** After each reading that went into the history. `readAt`: ms since 1970. */
  recorded(readAt: number): void;
  /** Writes all that is not on the disk yet. */
  stop(): void;
}

export function createPastRecorder(history: History, store: PastStore): PastRecorder {
  /** Start of the quarter that is being filled; null before the first reading. */
  let quarter: number | null = null;
  let due: { from: number; names: { vhost: string; name: string }[]; lot: number } | null = null;

  function pointsOf(vhost: string, name: string, from: number, to: number): Point[] {
    const points =
      name !== '' ? history.queue(vhost, name) : vhost === '' ? history.totals() : history.vhost(vhost);
    // the broker's figures are all null where it was not read
    return points.filter((p) => p.at >= from && p.at < to && isRead(p));
  }

  function write(names: readonly { vhost: string; name: string }[], from: number, to: number): void {
    safely(() =>
      store.put(names.map(({ vhost, name }) => ({ vhost, name, points: pointsOf(vhost, name, from, to) }))),
    );
  }

  /** The live picture does not depend on the disk. */
  function safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.warn('a part of the past could not be written', { error: wordsOf(error) });
    }
  }

  function everything(): { vhost: string; name: string }[] {
    return [{ vhost: '', name: '' }, ...history.names()];
  }

  function writeDue(all: boolean): void {
    if (!due) return;
    write(due.names.splice(0, all ? due.names.length : due.lot), due.from, due.from + QUARTER_MS);
    if (due.names.length === 0) due = null;
  }

  return {
    recorded(readAt) {
      const now = Math.floor(readAt / QUARTER_MS) * QUARTER_MS;
      if (quarter !== null && now > quarter) {
        writeDue(true);
        const names = everything();
        due = { from: quarter, names, lot: Math.max(SMALLEST_LOT, Math.ceil(names.length / LOTS)) };
        safely(() => store.forget(readAt));
      }
      quarter = Math.max(now, quarter ?? now);
      writeDue(false);
    },
    stop() {
      writeDue(true);
      if (quarter !== null) write(everything(), quarter, quarter + QUARTER_MS);
    },
  };
}
