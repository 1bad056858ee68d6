export const stateSchema = [
  `CREATE TABLE sessions (
     token_hash TEXT PRIMARY KEY, user TEXT NOT NULL, sealed_password BLOB NOT NULL,
     created_at REAL NOT NULL, last_used_at REAL NOT NULL, expires_at REAL NOT NULL
   );
   CREATE INDEX sessions_expiry ON sessions (expires_at);

   CREATE TABLE acts (
     number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at REAL NOT NULL, by_user TEXT NOT NULL, kind TEXT NOT NULL,
     words TEXT NOT NULL, intent TEXT NOT NULL, outcome TEXT, outcome_at REAL, href TEXT
   );

   CREATE TABLE jobs (
     number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL, job TEXT NOT NULL   -- StoredJob as JSON
   );
   CREATE INDEX jobs_state ON jobs (state);

   -- key = job's number * 2^32 + seq: a job's journal lies together and in order, found without another index
   CREATE TABLE messages (
     key INTEGER PRIMARY KEY, replay_id TEXT NOT NULL, outcome TEXT NOT NULL, doubled INTEGER NOT NULL,
     reason TEXT, at REAL NOT NULL, answered_at REAL, message TEXT NOT NULL   -- the rest of ReplayMessage as JSON
   );

   CREATE TABLE leases (key TEXT PRIMARY KEY, holder TEXT NOT NULL, until REAL NOT NULL) WITHOUT ROWID;`,

  `ALTER TABLE acts ADD COLUMN seal TEXT;
   ALTER TABLE acts ADD COLUMN outcome_seal TEXT;

   -- what people wrote about a cause
   CREATE TABLE cause_notes (
     vhost TEXT NOT NULL, queue TEXT NOT NULL, cause TEXT NOT NULL, text TEXT NOT NULL, muted_until REAL,
     by_user TEXT NOT NULL, at REAL NOT NULL, PRIMARY KEY (vhost, queue, cause)
   ) WITHOUT ROWID;

   -- Idempotency-Key of a request that began a job: the same again gets the same job
   CREATE TABLE request_keys (
     by_user TEXT NOT NULL, key TEXT NOT NULL, request_hash TEXT NOT NULL, job TEXT NOT NULL, at REAL NOT NULL,
     PRIMARY KEY (by_user, key)
   ) WITHOUT ROWID;`,

  `-- the number and the seal that were given last, kept apart from the entries so that a cut at their end shows
   CREATE TABLE audit_head (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, seal TEXT NOT NULL);
   CREATE INDEX acts_user ON acts (by_user);
   CREATE INDEX acts_kind ON acts (kind);`,

  `-- problems that notifications told of and whose end they have not told yet
   CREATE TABLE told_problems (
     key TEXT PRIMARY KEY, told TEXT NOT NULL   -- Told as JSON
   ) WITHOUT ROWID;`,
];
