/** The tables of past.db, which figures and moments share: they are kept equally long, and thrown away together. */
export const pastSchema = [
  `CREATE TABLE series (id INTEGER PRIMARY KEY, vhost TEXT NOT NULL, name TEXT NOT NULL, last_at REAL NOT NULL, UNIQUE (vhost, name));
   -- start: number of the chunk's first slot at its level
   CREATE TABLE chunks (
     series INTEGER NOT NULL, level INTEGER NOT NULL, start INTEGER NOT NULL, slots BLOB NOT NULL,
     PRIMARY KEY (series, level, start)
   ) WITHOUT ROWID;
   CREATE INDEX chunks_age ON chunks (level, start);`,
  `CREATE TABLE moments (
     id TEXT PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, vhost TEXT NOT NULL, queue TEXT, connection TEXT,
     consumer_tag TEXT, words TEXT NOT NULL, source TEXT NOT NULL, count INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX moments_at ON moments (at);
   CREATE INDEX moments_queue ON moments (vhost, queue, at);
   CREATE INDEX moments_connection ON moments (connection, at) WHERE connection IS NOT NULL;
   CREATE TABLE alive (one INTEGER PRIMARY KEY CHECK (one = 1), at REAL NOT NULL);`,
  'CREATE INDEX series_age ON series (last_at);',
  `CREATE INDEX moments_vhost ON moments (vhost, at);
   CREATE INDEX moments_kind ON moments (vhost, kind, at, count);`,
];
