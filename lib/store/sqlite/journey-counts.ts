/**
 * Journeys counted by vhost and status, kept with each change of a row, since counting a store full of journeys takes seconds.
 * What comes and changes is added up and written once a batch (a trigger for each row took a sixth of the writer's time); what
 * is deleted, a trigger counts.
 */
import type { JourneyCount } from '../facts.ts';
import type { Db } from './database.ts';

/** Goes after the table `journeys`, whose trigger goes with it. */
export const journeyCountsSchema = `
   CREATE TABLE journey_counts (
     vhost TEXT NOT NULL, status TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (vhost, status)
   ) WITHOUT ROWID;
   CREATE TRIGGER journey_went AFTER DELETE ON journeys WHEN old.listed = 1 BEGIN
     UPDATE journey_counts SET count = count - 1 WHERE vhost = old.vhost AND status = old.status;
   END;`;

export class JourneyCounts {
  readonly #put;
  /** By JSON of vhost and status. */
  readonly #changes = new Map<string, number>();

  constructor(db: Db) {
    this.#put = db.prepare<[string, string, number]>(
      `INSERT INTO journey_counts (vhost, status, count) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + excluded.count`,
    );
  }

  /** A row was counted as `before` and is as `now`; null: it is not listed. */
  became(vhost: string, before: string | null, now: string | null): void {
    if (before === now) return;
    if (before !== null) this.#add(vhost, before, -1);
    if (now !== null) this.#add(vhost, now, 1);
  }

  /** Inside the transaction that wrote the rows. */
  write(): void {
    for (const [key, n] of this.#changes) {
      const [vhost, status]: [string, string] = JSON.parse(key);
      if (n !== 0) this.#put.run(vhost, status, n);
    }
    this.forget();
  }

  /** The rows were not written after all. */
  forget(): void {
    this.#changes.clear();
  }

  #add(vhost: string, status: string, n: number): void {
    const key = JSON.stringify([vhost, status]);
    this.#changes.set(key, (this.#changes.get(key) ?? 0) + n);
  }
}

export function readJourneyCounts(db: Db): JourneyCount[] {
  return db
    .prepare<[], JourneyCount>('SELECT vhost, status, count FROM journey_counts ORDER BY vhost, status')
    .all();
}
