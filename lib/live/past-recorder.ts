/**
 * Brings the half hour in memory to the disk, a quarter of an hour at a time: when one is over, its queues are written in
 * short turns with pauses between them, so that ten thousand of them hold nobody up. A crash costs the quarter that was
 * not written.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { log, wordsOf } from '../log.ts';
import type { Point } from '../model/live.ts';
import type { PastStore } from '../store/past.ts';
import type { History } from './history.ts';
import { isRead } from './past.ts';

/** Of the coarsest level, so that each of its slots is whole when it is written. */
export const QUARTER_MS = 900_000;
/** One transaction: about 10 ms of the thread that answers everybody. */
const LOT = 20;
/** After a lot that took t ms others have it for REST times as long, and for PAUSE_MS at least. */
const REST = 3;
const PAUSE_MS = 20;

export interface PastRecorder {
  /** After each reading that went into the history. `readAt`: ms since 1970. */
  recorded(readAt: number): void;
  /** Writes all that is not on the disk yet. */
  stop(): void;
}

interface Name {
  vhost: string;
  name: string;
}

const pause = (ms: number, signal: AbortSignal) =>
  sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);

/** `wait` resolves after so many ms, at once when it is to stop. */
export function createPastRecorder(
  history: History,
  store: PastStore,
  wait: (ms: number, signal: AbortSignal) => Promise<unknown> = pause,
): PastRecorder {
  /** Start of the quarter that is being filled; null before the first reading. */
  let quarter: number | null = null;
  let due: { from: number; names: Name[] } | null = null;
  let isWriting = false;
  const stopped = new AbortController();

  function pointsOf({ vhost, name }: Name, from: number): Point[] {
    const points =
      name !== '' ? history.queue(vhost, name) : vhost === '' ? history.totals() : history.vhost(vhost);
    // the broker's figures are all null where it was not read
    return points.filter((p) => p.at >= from && p.at < from + QUARTER_MS && isRead(p));
  }

  function write(names: readonly Name[], from: number): void {
    safely(() => store.put(names.map((one) => ({ ...one, points: pointsOf(one, from) }))));
  }

  /** The live picture does not depend on the disk. */
  function safely(work: () => void): void {
    try {
      work();
    } catch (error) {
      log.warn('a part of the past could not be written', { error: wordsOf(error) });
    }
  }

  function everything(): Name[] {
    return [{ vhost: '', name: '' }, ...history.names()];
  }

  function writeAll(): void {
    while (due) writeLot();
  }

  function writeLot(): void {
    if (!due) return;
    write(due.names.splice(0, LOT), due.from);
    if (due.names.length === 0) due = null;
  }

  async function writeInTurns(): Promise<void> {
    if (isWriting) return;
    isWriting = true;
    while (due && !stopped.signal.aborted) {
      const began = performance.now();
      writeLot();
      if (!due) break;
      await wait(Math.max(PAUSE_MS, REST * (performance.now() - began)), stopped.signal);
    }
    isWriting = false;
  }

  return {
    recorded(readAt) {
      const now = Math.floor(readAt / QUARTER_MS) * QUARTER_MS;
      if (quarter !== null && now > quarter) {
        // its points leave the memory before long
        writeAll();
        due = { from: quarter, names: everything() };
        safely(() => store.forget(readAt));
        void writeInTurns();
      }
      quarter = Math.max(now, quarter ?? now);
    },
    stop() {
      stopped.abort();
      writeAll();
      if (quarter !== null) {
        due = { from: quarter, names: everything() };
        writeAll();
      }
    },
  };
}
