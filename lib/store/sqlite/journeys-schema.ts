/**
 * `journeys.db`: what goes beside the facts (gaps, settings, broker events), and what is derived from them and can be made
 * again from them (journey summaries, what they can be found by, counted deaths, latency).
 */
import { type Db, migrate } from './database.ts';
import { journeyCountsSchema } from './journey-counts.ts';

const kept = [
  `CREATE TABLE gaps (
     id TEXT PRIMARY KEY, vhost TEXT NOT NULL, opened REAL NOT NULL, closed REAL,
     kind TEXT NOT NULL, reason TEXT NOT NULL, missing INTEGER
   );
   CREATE INDEX gaps_opened ON gaps (opened);

   CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;`,

  `CREATE TABLE broker_events (
     id TEXT PRIMARY KEY, at REAL NOT NULL, vhost TEXT NOT NULL,
     event TEXT NOT NULL                -- the rest of BrokerEvent as JSON
   );
   CREATE INDEX broker_events_at ON broker_events (at);`,
];

/**
 * Goes up whenever what is derived changes its form, SummaryState (lib/journey/summary.ts) included: then it is made anew
 * from the facts at the next start, at some 30,000 facts a second.
 */
export const DERIVED = 8;

const derivedTables = [
  'journeys',
  'journey_counts',
  'posting_runs',
  'postings',
  'names',
  'folded',
  'death_groups',
  'death_minutes',
  'latency',
  'latency_queues',
];

/** ms from first to last fact after which a journey is in the index of the long ones. */
export const LONG_MS = 60_000;

const derived = `
   CREATE TABLE journeys (
     number INTEGER PRIMARY KEY,
     hash INTEGER NOT NULL,             -- of the journey's ID
     vhost TEXT NOT NULL,               -- one row a vhost: who may see the one need not see the other
     first_at REAL NOT NULL,
     last_at REAL NOT NULL,
     status TEXT NOT NULL,
     listed INTEGER NOT NULL,           -- 0: spans alone told of it, no message was seen
     first_segment INTEGER NOT NULL,
     last_segment INTEGER NOT NULL,
     full INTEGER NOT NULL,             -- 1: it has more marks than are kept
     marks BLOB NOT NULL,               -- hashes of its tokens, six bytes each
     waits TEXT,                        -- Wait[] as JSON, null when there is none
     state TEXT NOT NULL                -- SummaryState as JSON
   );
   CREATE INDEX journeys_hash ON journeys (hash);
   -- first_at, so that what began too late is passed by without reading its row
   CREATE INDEX journeys_latest ON journeys (last_at, number, first_at) WHERE listed = 1;
   CREATE INDEX journeys_status ON journeys (status, last_at, number, first_at) WHERE listed = 1;

   -- a search that ends in the past goes past newer journeys: only the long ones can have begun early enough
   CREATE INDEX journeys_long ON journeys (last_at, number, first_at)
     WHERE listed = 1 AND last_at - first_at > ${LONG_MS};

   ${journeyCountsSchema}

   CREATE TABLE posting_runs (
     run INTEGER PRIMARY KEY, segment INTEGER NOT NULL, level INTEGER NOT NULL,
     mark INTEGER NOT NULL,             -- by chance: numbers of runs come again, and readers remember directories
     firsts BLOB NOT NULL               -- the first token of each chunk, 32 bits each
   );
   CREATE TABLE postings (
     key INTEGER PRIMARY KEY,           -- run * 2^20 + chunk
     pairs BLOB NOT NULL                -- see postings.ts
   );
   CREATE TABLE names (
     kind TEXT NOT NULL, name TEXT NOT NULL,
     segment INTEGER NOT NULL,          -- the latest that it was seen in
     PRIMARY KEY (kind, name)
   ) WITHOUT ROWID;

   CREATE TABLE folded (
     segment INTEGER PRIMARY KEY, seq INTEGER NOT NULL,
     first_at REAL NOT NULL, last_at REAL NOT NULL   -- earliest and latest time of its facts
   );

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

   CREATE TABLE latency_queues (
     number INTEGER PRIMARY KEY, vhost TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (vhost, name)
   );
   CREATE TABLE latency (
     width INTEGER NOT NULL,            -- ms: a minute, ten or an hour
     queue INTEGER NOT NULL,
     at INTEGER NOT NULL,               -- its beginning, ms since 1970
     counts BLOB NOT NULL,              -- a packed histogram
     PRIMARY KEY (width, queue, at)
   ) WITHOUT ROWID;`;

/** True when what is derived was made anew and empty: every segment is to be folded in again. */
export function bringUp(db: Db): boolean {
  migrate(db, kept);
  const version = db.prepare<[], string>("SELECT value FROM settings WHERE name = 'derived'").pluck().get();
  if (version === String(DERIVED)) return false;
  db.transaction(() => clearDerived(db)).immediate();
  return true;
}

/** Inside the caller's transaction. */
export function clearDerived(db: Db): void {
  for (const table of derivedTables) db.exec(`DROP TABLE IF EXISTS ${table}`);
  db.exec(derived);
  db.prepare("INSERT OR REPLACE INTO settings VALUES ('derived', ?)").run(String(DERIVED));
}
