/** The fact store's folder: `facts-000042.db` for each segment of time, `journeys.db` beside them. */
import { readdirSync, statSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';

export const JOURNEYS_FILE = 'journeys.db';
const SEGMENT = /^facts-(\d{6,})\.db$/;
const LEFTOVER = /^(facts-\d{6,}\.db)-(wal|shm|journal)$/;

export function segmentFile(dir: string, number: number): string {
  return join(dir, `facts-${String(number).padStart(6, '0')}.db`);
}

/** Numbers of the segments there are, oldest first; none when the folder is not there. */
export function listSegments(dir: string): number[] {
  return names(dir)
    .flatMap((name) => {
      const digits = SEGMENT.exec(name)?.[1];
      return digits ? [Number(digits)] : [];
    })
    .sort((a, b) => a - b);
}

/** Bytes on disk of a database file with its write-ahead log; 0 when it is not there. */
export function bytesOf(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, f) => sum + (statSync(f, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

export function removeSegment(dir: string, number: number): void {
  const file = segmentFile(dir, number);
  // The database first: a log whose database is gone is swept up at the next start.
  for (const f of [file, `${file}-wal`, `${file}-shm`]) remove(f);
}

/** Logs and shared memory whose segment is gone: a process ended between two unlinks. */
export function sweepLeftovers(dir: string): void {
  const there = new Set(names(dir));
  for (const name of there) {
    const owner = LEFTOVER.exec(name)?.[1];
    if (owner && !there.has(owner)) remove(join(dir, name));
  }
}

function remove(file: string): void {
  if (statSync(file, { throwIfNoEntry: false })) unlinkSync(file);
}

function names(dir: string): string[] {
  return statSync(dir, { throwIfNoEntry: false }) ? readdirSync(dir) : [];
}
