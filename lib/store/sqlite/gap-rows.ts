import type { Gap } from '../../model/fact.ts';
import type { Db } from './database.ts';

interface GapRow {
  id: string;
  vhost: string;
  opened: number;
  closed: number | null;
  kind: Gap['kind'];
  reason: string;
  missing: number | null;
}

export function putGap(db: Db, gap: Gap): void {
  db.prepare<[string, string, number, number | null, string, string, number | null]>(
    `INSERT INTO gaps (id, vhost, opened, closed, kind, reason, missing) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET opened = excluded.opened, closed = excluded.closed, kind = excluded.kind,
       reason = excluded.reason, missing = excluded.missing`,
  ).run(gap.id, gap.vhost, gap.from, gap.to, gap.kind, gap.reason, gap.missing);
}

/** Gaps that touch [from, to], oldest first; at most 1,000. */
export function readGaps(db: Db, from: number, to: number): Gap[] {
  return db
    .prepare<[number, number], GapRow>(
      'SELECT * FROM gaps WHERE opened <= ? AND (closed IS NULL OR closed >= ?) ORDER BY opened LIMIT 1000',
    )
    .all(to, from)
    .map(toGap);
}

/** Gaps that nobody has closed. */
export function readOpenGaps(db: Db): Gap[] {
  return db.prepare<[], GapRow>('SELECT * FROM gaps WHERE closed IS NULL ORDER BY opened').all().map(toGap);
}

/** Forgets gaps that ended before `at`. */
export function pruneGaps(db: Db, at: number): void {
  db.prepare<[number]>('DELETE FROM gaps WHERE closed < ?').run(at);
}

function toGap(row: GapRow): Gap {
  return {
    id: row.id,
    vhost: row.vhost,
    from: row.opened,
    to: row.closed,
    kind: row.kind,
    reason: row.reason,
    missing: row.missing,
  };
}
