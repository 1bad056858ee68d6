/** `journeys.db`: what is derived from the facts (journey summaries, counted deaths) and what goes beside them (gaps, settings). */
export const journeysSchema = [
  `CREATE TABLE journeys (
     number INTEGER PRIMARY KEY,
     hash INTEGER NOT NULL,             -- of the journey's ID
     vhost TEXT NOT NULL,               -- one row a vhost: who may see the one need not see the other
     last_at REAL NOT NULL,
     status TEXT NOT NULL,
     queues TEXT NOT NULL,              -- each name between line ends
     first_segment INTEGER NOT NULL,
     last_segment INTEGER NOT NULL,
     state TEXT NOT NULL                -- SummaryState as JSON
   );
   CREATE INDEX journeys_hash ON journeys (hash);
   CREATE INDEX journeys_latest ON journeys (last_at, number);
   CREATE INDEX journeys_status ON journeys (status, last_at, number);

   CREATE TABLE folded (segment INTEGER PRIMARY KEY, seq INTEGER NOT NULL);

   CREATE TABLE death_groups (
     number INTEGER PRIMARY KEY,
     vhost TEXT NOT NULL, exchange TEXT NOT NULL, routing_key TEXT NOT NULL,
     queue TEXT NOT NULL, reason TEXT NOT NULL, error TEXT NOT NULL,   -- '' where nobody wrote one
     UNIQUE (vhost, queue, exchange, routing_key, reason, error)
   );
   CREATE TABLE death_minutes (
     minute INTEGER NOT NULL, death_group INTEGER NOT NULL,
     count INTEGER NOT NULL, first_at REAL NOT NULL, last_at REAL NOT NULL,
     PRIMARY KEY (minute, death_group)
   ) WITHOUT ROWID;

   CREATE TABLE gaps (
     id TEXT PRIMARY KEY, vhost TEXT NOT NULL, opened REAL NOT NULL, closed REAL,
     kind TEXT NOT NULL, reason TEXT NOT NULL, missing INTEGER
   );
   CREATE INDEX gaps_opened ON gaps (opened);

   CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,
];
