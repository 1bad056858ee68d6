/** Journeys counted by vhost and status: the counts are kept by triggers, since counting a store full of journeys takes seconds. */
import type { JourneyCount } from '../facts.ts';
import type { Db } from './database.ts';

const count = (row: 'new' | 'old', by: '+ 1' | '- 1') =>
  `INSERT INTO journey_counts (vhost, status, count) VALUES (${row}.vhost, ${row}.status, 0 ${by})
     ON CONFLICT DO UPDATE SET count = count ${by};`;

/** Goes after the table `journeys`, whose triggers go with it. */
export const journeyCountsSchema = `
   CREATE TABLE journey_counts (
     vhost TEXT NOT NULL, status TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (vhost, status)
   ) WITHOUT ROWID;
   CREATE TRIGGER journey_came AFTER INSERT ON journeys WHEN new.listed = 1 BEGIN ${count('new', '+ 1')} END;
   CREATE TRIGGER journey_went AFTER DELETE ON journeys WHEN old.listed = 1 BEGIN ${count('old', '- 1')} END;
   CREATE TRIGGER journey_left AFTER UPDATE OF status, listed ON journeys
     WHEN old.listed = 1 AND (old.status <> new.status OR new.listed = 0) BEGIN ${count('old', '- 1')} END;
   CREATE TRIGGER journey_became AFTER UPDATE OF status, listed ON journeys
     WHEN new.listed = 1 AND (old.status <> new.status OR old.listed = 0) BEGIN ${count('new', '+ 1')} END;`;

export function readJourneyCounts(db: Db): JourneyCount[] {
  return db
    .prepare<[], JourneyCount>('SELECT vhost, status, count FROM journey_counts ORDER BY vhost, status')
    .all();
}
