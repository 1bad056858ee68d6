/** Histograms of the time from publish to first delivery, for each queue one a minute, one in ten, one an hour. */
import type { Latency, LatencyQuery } from '../../model/api.ts';
import { queueKey } from '../../model/names.ts';
import {
  addTo,
  bucketOf,
  type Histogram,
  packHistogram,
  percentiles,
  unpackHistogram,
} from '../histogram.ts';
import type { Measured } from '../waits.ts';
import type { Db } from './database.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Narrowest first. */
const WIDTHS = [MINUTE_MS, 10 * MINUTE_MS, HOUR_MS];
/** Of the question that names no time. */
const DEFAULT_RANGE_MS = HOUR_MS;
/** Queues told apart in one store; a broker that makes queues without end shall not fill it. */
export const MOST_QUEUES = 20_000;

export class LatencyRows {
  readonly #find;
  readonly #insert;
  readonly #count;
  readonly #get;
  readonly #put;
  readonly #prune;
  readonly #pruneQueues;
  readonly #numbers = new Map<string, number | null>();

  constructor(db: Db) {
    this.#find = db
      .prepare<[string, string], number>('SELECT number FROM latency_queues WHERE vhost = ? AND name = ?')
      .pluck();
    this.#insert = db.prepare<[string, string]>('INSERT INTO latency_queues (vhost, name) VALUES (?, ?)');
    this.#count = db.prepare<[], number>('SELECT count(*) FROM latency_queues').pluck();
    this.#get = db
      .prepare<[number, number, number], Buffer>(
        'SELECT counts FROM latency WHERE width = ? AND queue = ? AND at = ?',
      )
      .pluck();
    this.#put = db.prepare<[number, number, number, Buffer]>(
      'INSERT INTO latency (width, queue, at, counts) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET counts = excluded.counts',
    );
    this.#prune = db.prepare<[number, number]>('DELETE FROM latency WHERE width = ? AND at < ?');
    this.#pruneQueues = db.prepare(
      'DELETE FROM latency_queues WHERE number NOT IN (SELECT queue FROM latency)',
    );
  }

  /** Inside the caller's transaction; when that is rolled back, call `forget`. */
  count(measured: readonly Measured[]): void {
    const news = new Map<string, { width: number; at: number; queue: number; counts: Histogram }>();
    for (const { vhost, queue, at, ms } of measured) {
      const number = this.#number(vhost, queue);
      if (number === null) continue;
      for (const width of WIDTHS) {
        const start = Math.floor(at / width) * width;
        const key = `${width} ${start} ${number}`;
        const one = news.get(key) ?? { width, at: start, queue: number, counts: new Map() };
        news.set(key, one);
        addTo(one.counts, new Map([[bucketOf(ms), 1]]));
      }
    }
    for (const { width, at, queue, counts } of news.values()) {
      const before = this.#get.get(width, queue, at);
      if (before) unpackHistogram(before, counts);
      this.#put.run(width, queue, at, packHistogram(counts));
    }
  }

  forget(): void {
    this.#numbers.clear();
  }

  /** Forgets what ended before `at`, ms since 1970. */
  prune(at: number): void {
    const gone = WIDTHS.map((width) => this.#prune.run(width, at - width + 1).changes);
    if (gone.every((n) => n === 0)) return;
    this.#pruneQueues.run();
    this.#numbers.clear();
  }

  #number(vhost: string, queue: string): number | null {
    const key = queueKey(vhost, queue);
    const cached = this.#numbers.get(key);
    if (cached !== undefined) return cached;
    const known = this.#find.get(vhost, queue);
    const room = known !== undefined || (this.#count.get() ?? 0) < MOST_QUEUES;
    const number = known ?? (room ? Number(this.#insert.run(vhost, queue).lastInsertRowid) : null);
    this.#numbers.set(key, number);
    return number;
  }
}

/** `now` closes the range when the query does not. */
export function readLatency(db: Db, query: LatencyQuery, vhosts: readonly string[], now: number): Latency {
  const { from, to } = rangeOf(query, now);
  const slice = Math.max((to - from) / query.points, 1);
  const width = WIDTHS.findLast((w) => w <= slice) ?? MINUTE_MS;
  const counts = db.prepare<[number, number, number, number], { at: number; counts: Buffer }>(
    'SELECT at, counts FROM latency WHERE width = ? AND queue = ? AND at > ? AND at <= ? ORDER BY at',
  );
  const queues = db
    .prepare<[string], { number: number; vhost: string; name: string }>(
      'SELECT number, vhost, name FROM latency_queues WHERE vhost IN (SELECT value FROM json_each(?))',
    )
    .all(JSON.stringify(vhosts))
    .filter((q) => query.vhost === undefined || q.vhost === query.vhost)
    .filter((q) => query.queue === undefined || q.name === query.queue)
    .flatMap(({ number, vhost, name }) => {
      const whole: Histogram = new Map();
      const points = Array.from({ length: query.points }, (_, i) => ({ at: from + i * slice, ...nothing }));
      let current = { i: -1, histogram: new Map<number, number>() };
      const close = () => {
        const point = points[current.i];
        if (point) Object.assign(point, percentiles(current.histogram));
        addTo(whole, current.histogram);
      };
      for (const row of counts.iterate(width, number, from - width, to)) {
        const i = Math.min(query.points - 1, Math.max(0, Math.floor((row.at - from) / slice)));
        if (i !== current.i) {
          close();
          current = { i, histogram: new Map() };
        }
        unpackHistogram(row.counts, current.histogram);
      }
      close();
      return whole.size === 0 ? [] : [{ vhost, queue: name, ...percentiles(whole), points }];
    });
  return { from, to, queues: queues.sort((a, b) => (b.p95 ?? 0) - (a.p95 ?? 0)) };
}

const nothing = percentiles(new Map());

export function rangeOf(query: Pick<LatencyQuery, 'from' | 'to'>, now: number): { from: number; to: number } {
  const to = query.to ?? now;
  return { from: Math.min(query.from ?? to - DEFAULT_RANGE_MS, to), to };
}
