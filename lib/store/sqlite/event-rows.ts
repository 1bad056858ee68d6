import type { BrokerEvent } from '../../model/broker-event.ts';
import type { Db } from './database.ts';

/** Most events kept: clients that connect for each message make two each. */
const MOST_EVENTS = 200_000;
/** How many `put` adds before it looks whether there are too many. */
const LOOK_EVERY = 5_000;

export class EventRows {
  readonly #insert;
  readonly #crop;
  readonly #prune;
  #sinceCrop = LOOK_EVERY;

  constructor(db: Db) {
    this.#insert = db.prepare<[string, number, string, string]>(
      'INSERT OR IGNORE INTO broker_events (id, at, vhost, event) VALUES (?, ?, ?, ?)',
    );
    this.#crop = db.prepare<[number]>(
      'DELETE FROM broker_events WHERE at < (SELECT at FROM broker_events ORDER BY at DESC LIMIT 1 OFFSET ?)',
    );
    this.#prune = db.prepare<[number]>('DELETE FROM broker_events WHERE at < ?');
  }

  /** Inside the caller's transaction. */
  put(events: readonly BrokerEvent[]): void {
    for (const { id, at, vhost, ...rest } of events) this.#insert.run(id, at, vhost, JSON.stringify(rest));
    this.#sinceCrop += events.length;
    if (this.#sinceCrop < LOOK_EVERY) return;
    this.#sinceCrop = 0;
    this.#crop.run(MOST_EVENTS);
  }

  prune(at: number): void {
    this.#prune.run(at);
  }
}

/** Events in [from, to], oldest first: the latest `limit`. Those without a vhost are for everybody. */
export function readEvents(
  db: Db,
  vhosts: readonly string[],
  from: number,
  to: number,
  limit: number,
): BrokerEvent[] {
  return db
    .prepare<[number, number, string, number], { id: string; at: number; vhost: string; event: string }>(
      `SELECT id, at, vhost, event FROM broker_events WHERE at BETWEEN ? AND ?
         AND vhost IN (SELECT value FROM json_each(?)) ORDER BY at DESC, id DESC LIMIT ?`,
    )
    .all(from, to, JSON.stringify(['', ...vhosts]), limit)
    .reverse()
    .map(({ id, at, vhost, event }) => {
      // written by `put`, so its shape is known
      const rest: Omit<BrokerEvent, 'id' | 'at' | 'vhost'> = JSON.parse(event);
      return { id, at, vhost, ...rest };
    });
}
