/** Idempotency keys: which job the request began that came with one, for each user apart. */
import type { StateStore, StoredRequestKey } from '../state.ts';
import type { Db } from './database.ts';

interface KeyRow {
  request_hash: string;
  job: string;
  at: number;
}

export function requestKeysOf(
  db: Db,
): Pick<StateStore, 'requestKey' | 'putRequestKey' | 'deleteRequestKey' | 'deleteOldRequestKeys'> {
  const get = db.prepare<[string, string], KeyRow>(
    'SELECT request_hash, job, at FROM request_keys WHERE by_user = ? AND key = ?',
  );
  const put = db.prepare<[string, string, string, string, number]>(
    'INSERT OR REPLACE INTO request_keys (by_user, key, request_hash, job, at) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = db.prepare<[string, string]>('DELETE FROM request_keys WHERE by_user = ? AND key = ?');
  const expire = db.prepare<[number]>('DELETE FROM request_keys WHERE at < ?');
  return {
    requestKey(user, key): StoredRequestKey | null {
      const row = get.get(user, key);
      return row ? { requestHash: row.request_hash, job: row.job, at: row.at } : null;
    },
    putRequestKey(user, key, { requestHash, job, at }) {
      put.run(user, key, requestHash, job, at);
    },
    deleteRequestKey(user, key) {
      remove.run(user, key);
    },
    deleteOldRequestKeys: (before) => expire.run(before).changes,
  };
}
