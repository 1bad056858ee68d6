/** Moments in a table of past.db, beside the figures that they explain. */
import type { Moment, MomentKind } from '../../model/moment.ts';
import type { MomentFilter, MomentGroup, MomentStore } from '../moments.ts';
import { levels } from '../past.ts';
import { type Db, guard, migrate, openDatabase } from './database.ts';
import { pastSchema } from './past-schema.ts';

/** About 450 bytes each, with what they are found by: at most some 130 MB. */
const MOST_MOMENTS = 300_000;

const everyday: readonly MomentKind[] = [
  'consumer came',
  'connection opened',
  'connection gone',
  'channel closed',
  'queue declared',
  'queue deleted',
];
/** Replies to made-up queues come and go by the thousand an hour: they push out neither losses nor what befell a node. */
const sorts: readonly { share: number; kinds: { not: boolean; names: readonly MomentKind[] } }[] = [
  { share: 1 / 2, kinds: { not: false, names: everyday } },
  { share: 1 / 4, kinds: { not: false, names: ['consumer gone'] } },
  { share: 1 / 4, kinds: { not: true, names: [...everyday, 'consumer gone'] } },
];

interface Row extends Omit<Moment, 'consumerTag' | 'href'> {
  consumer_tag: string | null;
}

const COLUMNS = 'id, at, kind, vhost, queue, connection, consumer_tag, words, source, count';

/** Throws HoplightError: `busy` when another process holds it, `internal` when it is damaged or not writable. */
export function openMomentStore(
  file: string,
  { keepMs = levels[2].keepMs, most = MOST_MOMENTS }: { keepMs?: number; most?: number } = {},
): MomentStore {
  const db = openDatabase(file, { synchronous: 'NORMAL', cacheKiB: 1_024 });
  try {
    guard(file, () => migrate(db, pastSchema));
    return storeOver(db, file, keepMs, most);
  } catch (error) {
    db.close();
    throw error;
  }
}

function storeOver(db: Db, file: string, keepMs: number, most: number): MomentStore {
  const insert = db.prepare<Row>(
    `INSERT INTO moments (${COLUMNS}) VALUES (@id, @at, @kind, @vhost, @queue, @connection, @consumer_tag, @words, @source, @count)
     ON CONFLICT (id) DO UPDATE SET at = excluded.at, words = excluded.words, source = excluded.source, count = excluded.count`,
  );
  const aliveAt = db.prepare<[], number>('SELECT at FROM alive').pluck();
  const setAlive = db.prepare<[number]>(
    'INSERT INTO alive VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET at = max(at, excluded.at)',
  );
  const prune = db.prepare<[number]>('DELETE FROM moments WHERE at < ?');
  const crops = sorts.map(({ share, kinds }) => {
    const its = `kind ${kinds.not ? 'NOT ' : ''}IN (${kinds.names.map((kind) => `'${kind}'`).join()})`;
    const count = db
      .prepare<[], number>(`SELECT count(*) FROM moments INDEXED BY moments_kind WHERE ${its}`)
      .pluck();
    const crop = db.prepare<[number]>(
      `DELETE FROM moments WHERE ${its} AND at <
         (SELECT at FROM moments INDEXED BY moments_kind WHERE ${its} ORDER BY at DESC LIMIT 1 OFFSET ?)`,
    );
    const limit = Math.max(1, Math.floor(most * share));
    return () => ((count.get() ?? 0) > limit ? crop.run(limit - 1).changes : 0);
  });

  /** One way into the table by one index; `of` are its own values. */
  function select(where: string, of: readonly string[], f: MomentFilter): Moment[] {
    const kinds = f.kinds ? 'AND kind IN (SELECT value FROM json_each(?))' : '';
    return db
      .prepare<(string | number)[], Row>(
        `SELECT ${COLUMNS} FROM moments ${indexFor(f)} WHERE ${where} AND at >= ? AND at < ? ${kinds} ORDER BY at DESC, id DESC LIMIT ?`,
      )
      .all(...of, f.from, f.to, ...(f.kinds ? [JSON.stringify(f.kinds)] : []), f.limit)
      .map(({ consumer_tag, ...row }) => ({ ...row, consumerTag: consumer_tag, href: null }));
  }

  function grouped(f: Omit<MomentFilter, 'limit'>, everyMs: number): MomentGroup[] {
    const ways = f.queue === undefined ? [everybodys, ofVhosts(f)] : waysOf(f);
    const kinds = f.kinds ? 'AND kind IN (SELECT value FROM json_each(?))' : '';
    return ways.flatMap(([where, of]) =>
      db
        .prepare<(string | number)[], MomentGroup>(
          // the words of one alone are looked up: those of fifty thousand rows are half a second's reading
          `SELECT kind, at, until, count,
             (SELECT words FROM moments m ${indexFor(f)} WHERE ${where} AND m.kind = g.kind AND m.at = g.at LIMIT 1) AS words
           FROM (
             SELECT kind, min(at) AS at, max(at) AS until, sum(count) AS count FROM moments ${indexFor(f)}
             WHERE ${where} AND at >= ? AND at < ? ${kinds} GROUP BY kind, CAST((at - ?) / ? AS INTEGER)
           ) g`,
        )
        .all(...of, ...of, f.from, f.to, ...(f.kinds ? [JSON.stringify(f.kinds)] : []), f.from, everyMs),
    );
  }

  function list(f: MomentFilter): Moment[] {
    return waysOf(f)
      .flatMap(([where, of]) => select(where, of, f))
      .sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1))
      .slice(0, f.limit);
  }

  return {
    add: (moments) =>
      guard(file, () =>
        db
          .transaction(() => {
            for (const { consumerTag, href: _href, ...one } of moments)
              insert.run({ ...one, consumer_tag: consumerTag });
          })
          .immediate(),
      ),
    list: (filter) => guard(file, () => list(filter)),
    grouped: (filter, everyMs) => guard(file, () => grouped(filter, everyMs)),
    alive: (at) =>
      guard(file, () => {
        const before = aliveAt.get() ?? null;
        setAlive.run(at);
        return before;
      }),
    forget: (now) =>
      guard(file, () => crops.reduce((gone, crop) => gone + crop(), prune.run(now - keepMs).changes)),
    close: () => db.close(),
  };
}

type Way = readonly [where: string, values: readonly string[]];

const everybodys: Way = ["vhost = '' AND queue IS NULL", []];

/** With three hundred thousand rows SQLite's own choice takes a second: it walks all of a vhost to sort them by time. */
function indexFor({ queue, connection, kinds }: Omit<MomentFilter, 'limit'>): string {
  return kinds && queue === undefined && connection === undefined ? 'INDEXED BY moments_kind' : '';
}

function vhostsOf(f: Omit<MomentFilter, 'limit'>): string[] {
  return f.vhosts.filter((vhost) => vhost !== '' && (f.vhost === undefined || vhost === f.vhost));
}

function ofVhosts(f: Omit<MomentFilter, 'limit'>): Way {
  return ['vhost IN (SELECT value FROM json_each(?))', [JSON.stringify(vhostsOf(f))]];
}

/** The conditions that together find what the filter asks for, each by an index of its own, with their values. */
function waysOf(f: Omit<MomentFilter, 'limit'>): Way[] {
  const [inVhosts, [vhosts = '']] = ofVhosts(f);
  const { queue, connection } = f;
  if (connection !== undefined) return [everybodys, [`connection = ? AND ${inVhosts}`, [connection, vhosts]]];
  // each by itself is in the order of time already
  if (queue === undefined) return [everybodys, ...vhostsOf(f).map((vhost): Way => ['vhost = ?', [vhost]])];
  return [
    everybodys,
    [`${inVhosts} AND queue = ?`, [vhosts, queue]],
    [`${inVhosts} AND queue IS NULL AND connection IS NULL`, [vhosts]],
  ];
}
