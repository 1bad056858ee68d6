/** What people wrote about the causes of a dead-letter queue: a note, a mute, or both. */
import type { CauseNote } from '../../model/cause-note.ts';
import type { NoteStore } from '../state.ts';
import type { Db } from './database.ts';

interface NoteRow {
  cause: string;
  text: string;
  muted_until: number | null;
  by_user: string;
  at: number;
}

export function notesOf(db: Db): NoteStore {
  const put = db.prepare<[string, string, string, string, number | null, string, number]>(
    'INSERT OR REPLACE INTO cause_notes (vhost, queue, cause, text, muted_until, by_user, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const remove = db.prepare<[string, string, string]>(
    'DELETE FROM cause_notes WHERE vhost = ? AND queue = ? AND cause = ?',
  );
  const of = db.prepare<[string, string], NoteRow>(
    'SELECT cause, text, muted_until, by_user, at FROM cause_notes WHERE vhost = ? AND queue = ?',
  );
  const muted = db.prepare<[number], { vhost: string; queue: string; cause: string }>(
    'SELECT vhost, queue, cause FROM cause_notes WHERE muted_until > ?',
  );
  return {
    putCauseNote({ vhost, queue, cause, text, mutedUntil }, by, at) {
      if (text === '' && mutedUntil === null) remove.run(vhost, queue, cause);
      else put.run(vhost, queue, cause, text, mutedUntil, by, at);
    },
    causeNotes: (vhost, queue) =>
      // a cause's key is JSON text, and never a name such as __proto__
      Object.fromEntries(
        of
          .all(vhost, queue)
          .map(({ cause, text, muted_until, by_user, at }): [string, CauseNote] => [
            cause,
            { text, mutedUntil: muted_until, by: by_user, at },
          ]),
      ),
    mutedCauses: (now) => muted.all(now),
  };
}
