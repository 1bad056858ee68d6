/**
 * Deaths counted by minute, where they happened and where they were sent, so that causes are known without reading any
 * queue. Only what a dead-letter tap saw is counted: other sources tell of the same deaths again.
 */
import { errorShape } from '../../model/error-shape.ts';
import type { Fact } from '../../model/fact.ts';
import type { DeathCount } from '../facts.ts';
import type { Db } from './database.ts';

const MINUTE_MS = 60_000;
/** Different shapes of errors told apart in one queue. */
export const ERRORS_PER_QUEUE = 200;
/** Stands for every further error of such a queue. */
export const OTHER_ERRORS = 'other errors';
/** Most groups that `readDeaths` answers, those with the latest deaths first. */
const GROUPS_READ = 10_000;

type GroupKey = [
  vhost: string,
  exchange: string,
  routingKey: string,
  queue: string,
  reason: string,
  error: string,
];

export class DeathRows {
  readonly #find;
  readonly #insert;
  readonly #errors;
  readonly #count;
  readonly #prune;
  readonly #pruneGroups;

  constructor(db: Db) {
    const same = 'vhost = ? AND exchange = ? AND routing_key = ? AND queue = ? AND reason = ? AND error = ?';
    this.#find = db.prepare<GroupKey, number>(`SELECT number FROM death_groups WHERE ${same}`).pluck();
    this.#insert = db.prepare<GroupKey>(
      'INSERT INTO death_groups (vhost, exchange, routing_key, queue, reason, error) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#errors = db
      .prepare<[string, string], number>(
        'SELECT count(*) FROM (SELECT DISTINCT error FROM death_groups WHERE vhost = ? AND queue = ?)',
      )
      .pluck();
    this.#count = db.prepare<[number, number, number, number]>(
      `INSERT INTO death_minutes (minute, death_group, count, first_at, last_at) VALUES (?, ?, 1, ?, ?)
       ON CONFLICT DO UPDATE SET count = count + 1,
         first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)`,
    );
    this.#prune = db.prepare<[number]>('DELETE FROM death_minutes WHERE minute < ?');
    this.#pruneGroups = db.prepare(
      'DELETE FROM death_groups WHERE number NOT IN (SELECT death_group FROM death_minutes)',
    );
  }

  count(facts: readonly Fact[]): void {
    for (const fact of facts) {
      if (fact.kind !== 'died' || fact.source !== 'dead-letter-tap') continue;
      this.#count.run(Math.floor(fact.at / MINUTE_MS), this.#group(fact), fact.at, fact.at);
    }
  }

  /** Forgets minutes that ended before `at`, ms since 1970. */
  prune(at: number): void {
    if (this.#prune.run(Math.floor(at / MINUTE_MS)).changes > 0) this.#pruneGroups.run();
  }

  #group(fact: Fact): number {
    const key = (error: string): GroupKey => [
      fact.vhost,
      fact.exchange ?? '',
      fact.routingKeys?.[0] ?? '',
      fact.queue ?? '',
      fact.deaths?.[0]?.reason ?? 'unknown',
      error,
    ];
    const wanted = key(fact.error === undefined ? '' : errorShape(fact.error));
    const known = this.#find.get(...wanted);
    if (known !== undefined) return known;
    const crowded =
      fact.error !== undefined && (this.#errors.get(fact.vhost, fact.queue ?? '') ?? 0) >= ERRORS_PER_QUEUE;
    if (!crowded) return Number(this.#insert.run(...wanted).lastInsertRowid);
    const other = key(OTHER_ERRORS);
    return this.#find.get(...other) ?? Number(this.#insert.run(...other).lastInsertRowid);
  }
}

interface GroupRow {
  number: number;
  vhost: string;
  exchange: string;
  routing_key: string;
  queue: string;
  reason: string;
  error: string;
  count: number;
  first_at: number;
  last_at: number;
}

/** Deaths in [since, now], each group with `slices` counts over that time, oldest first; latest deaths first. */
export function readDeaths(
  db: Db,
  vhosts: readonly string[],
  since: number,
  now: number,
  slices: number,
): DeathCount[] {
  const from = Math.floor(since / MINUTE_MS);
  const groups = db
    .prepare<[number, string, number], GroupRow>(
      `SELECT g.*, sum(m.count) AS count, min(m.first_at) AS first_at, max(m.last_at) AS last_at
       FROM death_minutes m JOIN death_groups g ON g.number = m.death_group
       WHERE m.minute >= ? AND g.vhost IN (SELECT value FROM json_each(?))
       GROUP BY g.number ORDER BY last_at DESC LIMIT ?`,
    )
    .all(from, JSON.stringify(vhosts), GROUPS_READ);
  const trends = new Map(groups.map((g) => [g.number, Array.from({ length: slices }, () => 0)]));
  const width = Math.max(now - since, MINUTE_MS) / Math.max(slices, 1);
  const minutes = db
    .prepare<[number], { minute: number; death_group: number; count: number }>(
      'SELECT minute, death_group, count FROM death_minutes WHERE minute >= ?',
    )
    .iterate(from);
  for (const { minute, death_group, count } of minutes) {
    const trend = trends.get(death_group);
    const slice = Math.floor((Math.max(minute * MINUTE_MS, since) - since) / width);
    const at = Math.min(Math.max(slice, 0), slices - 1);
    const before = trend?.[at];
    if (trend && before !== undefined) trend[at] = before + count;
  }
  return groups.map((g) => ({
    vhost: g.vhost,
    exchange: g.exchange,
    routingKey: g.routing_key,
    originQueue: g.queue,
    reason: g.reason,
    error: g.error === '' ? null : g.error,
    count: g.count,
    firstAt: g.first_at,
    lastAt: g.last_at,
    trend: trends.get(g.number) ?? [],
  }));
}
