/** The state store in one file. Every method is one transaction, on disk when it returns (synchronous FULL). */
import type { StateStore, StoredSession } from '../state.ts';
import { type Db, guard, migrate, openDatabase } from './database.ts';
import { actsOf } from './state-acts.ts';
import { Jobs } from './state-jobs.ts';
import { requestKeysOf } from './state-keys.ts';
import { notesOf } from './state-notes.ts';
import { stateSchema } from './state-schema.ts';
import { toldOf } from './state-told.ts';

export interface StateStoreOptions {
  /** ms since 1970; only for a running job's rate */
  clock?: () => number;
}

/** Throws HoplightError: `busy` when another process holds it, `internal` when it is damaged or not writable. */
export function openStateStore(file: string, o: StateStoreOptions = {}): StateStore {
  const db = openDatabase(file, { synchronous: 'FULL', cacheKiB: 16_384 });
  try {
    guard(file, () => migrate(db, stateSchema));
    return storeOver(db, file, o.clock ?? Date.now);
  } catch (error) {
    db.close();
    throw error;
  }
}

function storeOver(db: Db, file: string, clock: () => number): StateStore {
  const jobs = new Jobs(db, clock);
  const sessions = sessionsOf(db);
  const leases = leasesOf(db);
  const whole: StateStore = {
    ...sessions,
    ...actsOf(db),
    ...notesOf(db),
    ...toldOf(db),
    ...leases,
    ...requestKeysOf(db),
    createJob: (job) => jobs.create(job),
    updateJob: (id, change) => jobs.change(id, (job) => ({ ...job, ...change })),
    addJobStep: (id, step) => jobs.change(id, (job) => ({ ...job, steps: [...job.steps, step] })),
    getJob: (id) => jobs.get(id),
    listJobs: (limit, wanted) => jobs.list(limit, wanted),
    jobsIn: (state) => jobs.inState(state),
    putMessages: (id, messages) => jobs.putMessages(id, messages),
    writeJournal: (id, fresh, changed) => jobs.write(id, fresh, changed),
    setOutcomes: (id, changes) => jobs.setOutcomes(id, changes),
    noteCopies: (changes) => jobs.noteCopies(changes),
    openCopies: (id, after, limit) => jobs.openCopies(id, after, limit),
    counts: (id) => jobs.counts(id),
    progress: (id) => jobs.progress(id),
    messages: (id, limit, offset, which) => jobs.messages(id, limit, offset, which),
    messagesIn: (id, outcome) => jobs.messagesIn(id, outcome),
    eachLetter: (id, outcome, visit) => jobs.eachLetter(id, outcome, visit),
    unanswered: (id) => jobs.unanswered(id),
    close: () => db.close(),
  };
  return guarded(whole, file);
}

/** SQLite's failures told in words, whichever method met them. */
function guarded(store: StateStore, file: string): StateStore {
  return new Proxy(store, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) => guard(file, () => Reflect.apply(method, target, args));
    },
  });
}

type Sessions = Pick<
  StateStore,
  'putSession' | 'getSession' | 'touchSession' | 'deleteSession' | 'deleteExpiredSessions'
>;

interface SessionRow {
  token_hash: string;
  user: string;
  sealed_password: Buffer;
  created_at: number;
  last_used_at: number;
  expires_at: number;
}

function sessionsOf(db: Db): Sessions {
  const put = db.prepare<[string, string, Uint8Array, number, number, number]>(
    'INSERT OR REPLACE INTO sessions VALUES (?, ?, ?, ?, ?, ?)',
  );
  const get = db.prepare<[string], SessionRow>('SELECT * FROM sessions WHERE token_hash = ?');
  const touch = db.prepare<[number, string]>('UPDATE sessions SET last_used_at = ? WHERE token_hash = ?');
  const remove = db.prepare<[string]>('DELETE FROM sessions WHERE token_hash = ?');
  const expire = db.prepare<[number]>('DELETE FROM sessions WHERE expires_at <= ?');
  return {
    putSession(s: StoredSession) {
      put.run(s.tokenHash, s.user, Buffer.from(s.sealedPassword), s.createdAt, s.lastUsedAt, s.expiresAt);
    },
    getSession(tokenHash) {
      const row = get.get(tokenHash);
      if (!row) return null;
      return {
        tokenHash: row.token_hash,
        user: row.user,
        sealedPassword: new Uint8Array(row.sealed_password),
        createdAt: row.created_at,
        lastUsedAt: row.last_used_at,
        expiresAt: row.expires_at,
      };
    },
    touchSession(tokenHash, lastUsedAt) {
      touch.run(lastUsedAt, tokenHash);
    },
    deleteSession(tokenHash) {
      remove.run(tokenHash);
    },
    deleteExpiredSessions: (now) => expire.run(now).changes,
  };
}

function leasesOf(db: Db): Pick<StateStore, 'acquireLease' | 'releaseLease'> {
  const get = db.prepare<[string], { holder: string; until: number }>(
    'SELECT holder, until FROM leases WHERE key = ?',
  );
  const put = db.prepare<[string, string, number]>('INSERT OR REPLACE INTO leases VALUES (?, ?, ?)');
  const remove = db.prepare<[string, string]>('DELETE FROM leases WHERE key = ? AND holder = ?');
  const acquire = db.transaction((key: string, holder: string, now: number, forMs: number) => {
    const held = get.get(key);
    if (held && held.holder !== holder && held.until > now)
      return { ok: false as const, holder: held.holder };
    put.run(key, holder, now + forMs);
    return { ok: true as const };
  });
  return {
    acquireLease: (key, holder, now, forMs) => acquire.immediate(key, holder, now, forMs),
    releaseLease(key, holder) {
      remove.run(key, holder);
    },
  };
}
