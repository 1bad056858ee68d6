/** One SQLite file: how it is opened, brought to its version, and how its failures are told in words. */
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import Database from 'better-sqlite3';
import { HoplightError } from '../../model/errors.ts';

export type Db = Database.Database;

export interface OpenOptions {
  readonly?: boolean;
  /** FULL: each commit survives a power cut. NORMAL: it survives the end of the process; a power cut may take the last. */
  synchronous?: 'NORMAL' | 'FULL';
  cacheKiB?: number;
  /** The write-ahead log goes into the file, and is used again, when it has so many pages of 4 KiB. Default 4,000. */
  logPages?: number;
  /** ms to wait for another connection's lock */
  timeoutMs?: number;
}

/** Throws HoplightError: `busy` (locked by another process), `internal` (damaged, not readable, disk). */
export function openDatabase(file: string, o: OpenOptions = {}): Db {
  return guard(file, () => {
    if (!o.readonly) {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      makePrivate(file);
    }
    const db = new Database(file, { readonly: o.readonly ?? false, timeout: o.timeoutMs ?? 2_000 });
    try {
      if (!o.readonly) {
        db.pragma('auto_vacuum = INCREMENTAL'); // takes effect only in a file that is still empty
        db.pragma('journal_mode = WAL');
        db.pragma(`synchronous = ${o.synchronous ?? 'NORMAL'}`);
        db.pragma(`wal_autocheckpoint = ${o.logPages ?? 4_000}`);
      }
      db.pragma(`cache_size = -${o.cacheKiB ?? 4_096}`);
      db.pragma('temp_store = MEMORY');
      db.prepare('SELECT count(*) FROM sqlite_master').get(); // reads the first page: a file that is no database shows here
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * Bodies and sealed passwords are their owner's alone, also in a folder that others may enter; SQLite gives its log the
 * file's mode. Never opens a file that is there: to close it again would take away the locks that this process holds on
 * it (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
function makePrivate(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

/** Runs `work` and turns SQLite's and the file system's failures into a HoplightError that names the file. */
export function guard<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw told(file, error);
  }
}

function told(file: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const where = `The store's file ${basename(file)} in ${dirname(file)}`;
  const say = (problem: 'busy' | 'internal', words: string, next: string) =>
    new HoplightError(problem, `${where} ${words}`, { next, cause: error });
  if (/^SQLITE_(BUSY|LOCKED|PROTOCOL)/.test(code))
    return say(
      'busy',
      'is in use by another process.',
      'Stop the other Hoplight, or give this one a folder of its own (HOPLIGHT_DATA).',
    );
  if (/^SQLITE_(CORRUPT|NOTADB|SCHEMA|MISMATCH|FORMAT)/.test(code))
    return say(
      'internal',
      'is damaged and cannot be read.',
      'Stop Hoplight, move the file (and its -wal and -shm) away and start again: a new one is made, what was in it is missing.',
    );
  if (code === 'SQLITE_FULL' || code === 'ENOSPC')
    return say(
      'internal',
      'cannot grow: the disk is full.',
      'Free disk space, or lower HOPLIGHT_STORE_BYTES.',
    );
  if (
    /^SQLITE_(CANTOPEN|PERM|READONLY|IOERR|AUTH)/.test(code) ||
    /^(EACCES|EPERM|EROFS|ENOTDIR|EIO)$/.test(code)
  )
    return say(
      'internal',
      `cannot be read or written (${code}).`,
      'Check that the folder exists, belongs to the user who runs Hoplight, and that its disk is healthy.',
    );
  return error;
}

/** Brings the schema to the last of `steps`, each in its own transaction; throws when a newer Hoplight wrote the file. */
export function migrate(db: Db, steps: readonly string[]): void {
  db.exec('CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, at REAL NOT NULL)');
  const done = db
    .prepare<[], { version: number | null }>('SELECT max(version) AS version FROM migrations')
    .get();
  const version = done?.version ?? 0;
  if (version > steps.length)
    throw new HoplightError(
      'internal',
      `The store's file ${basename(db.name)} was written by a newer Hoplight (schema ${version}, this one knows ${steps.length}).`,
      { next: 'Start the newer Hoplight again, or give this one a folder of its own (HOPLIGHT_DATA).' },
    );
  const note = db.prepare('INSERT INTO migrations (version, at) VALUES (?, ?)');
  for (const [i, sql] of steps.entries()) {
    if (i < version) continue;
    db.transaction(() => {
      db.exec(sql);
      note.run(i + 1, Date.now());
    }).immediate();
  }
}
