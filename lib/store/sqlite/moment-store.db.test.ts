import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Moment } from '../../model/moment.ts';
import { openDatabase } from './database.ts';
import { openMomentStore } from './moment-store.ts';
import { openPastStore } from './past-store.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

function file(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-moments-'));
  dirs.push(dir);
  return join(dir, 'past.db');
}

const moment = (at: number, more: Partial<Moment> = {}): Moment => ({
  id: `m${at}`,
  at,
  kind: 'consumer gone',
  vhost: '/',
  queue: 'q',
  connection: null,
  consumerTag: null,
  words: 'It went.',
  source: 'read',
  count: 1,
  href: null,
  ...more,
});
const all = { vhosts: ['/'], from: 0, to: 1_000, limit: 10 };

describe('moments on the disk', () => {
  it('shows a vhost its own and what concerns everybody, newest first', () => {
    const store = openMomentStore(file());
    store.add([
      moment(1),
      moment(2, { vhost: '', queue: null, kind: 'broker away' }),
      moment(3, { vhost: 'other' }),
      moment(4, { queue: 'r' }),
      moment(5, { queue: null, words: 'many' }),
    ]);
    const ats = (more: object) => store.list({ ...all, ...more }).map((m) => m.at);
    expect(ats({})).toEqual([5, 4, 2, 1]);
    expect(ats({ queue: 'q' })).toEqual([5, 2, 1]);
    expect(ats({ vhosts: [] })).toEqual([2]);
    expect(ats({ kinds: ['broker away'] })).toEqual([2]);
    expect(ats({ from: 2, to: 5 })).toEqual([4, 2]);
    expect(ats({ limit: 1 })).toEqual([5]);
    store.close();
  });

  it('groups what lies near, by kind, and counts all that a row stands for', () => {
    const store = openMomentStore(file());
    store.add([
      moment(1),
      moment(9, { queue: null, count: 40 }),
      moment(9.5, { id: 'x', vhost: 'other' }),
      moment(12),
      moment(13, { kind: 'consumer came' }),
    ]);
    const groups = store.grouped({ vhosts: ['/'], kinds: ['consumer gone'], from: 0, to: 20 }, 10);
    expect(groups.map(({ at, until, count, words }) => [at, until, count, words])).toEqual([
      [1, 9, 41, 'It went.'],
      [12, 12, 1, 'It went.'],
    ]);
    const ofQueue = store.grouped({ vhosts: ['/'], queue: 'q', from: 0, to: 20 }, 10);
    expect(ofQueue.map(({ kind, at, count }) => [kind, at, count])).toEqual([
      ['consumer came', 13, 1],
      ['consumer gone', 1, 1],
      ['consumer gone', 12, 1],
      ['consumer gone', 9, 40],
    ]);
    store.close();
  });

  it('finds by time and by kind without walking through all', () => {
    const path = file();
    openMomentStore(path).close();
    const db = openDatabase(path, { readonly: true });
    const plan = (query: string) =>
      db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN SELECT words FROM moments ${query}`)
        .all()
        .map(({ detail }) => detail.replace(/^.* USING /, ''));
    expect(plan("WHERE vhost = '/' AND at >= 1 AND at < 2 ORDER BY at DESC, id DESC LIMIT 9")).toEqual([
      'INDEX moments_vhost (vhost=? AND at>? AND at<?)',
    ]);
    expect(
      plan("INDEXED BY moments_kind WHERE vhost IN ('/', 'a') AND kind IN ('x', 'y') AND at >= 1"),
    ).toEqual(['INDEX moments_kind (vhost=? AND kind=? AND at>?)']);
    db.close();
  });

  it('shows a connection only to those who may see its vhost', () => {
    const store = openMomentStore(file());
    store.add([
      moment(1, { connection: 'c' }),
      moment(2, { connection: 'd' }),
      moment(3, { vhost: 'x', connection: 'c' }),
    ]);
    expect(store.list({ ...all, connection: 'c' }).map((m) => m.at)).toEqual([1]);
    store.close();
  });

  it('takes better words for the same moment, stands in the file, and shares it with the figures', () => {
    const path = file();
    const past = openPastStore(path);
    const store = openMomentStore(path);
    store.add([moment(1)]);
    past.put([]);
    store.add([moment(2, { id: 'm1', words: 'It was killed.', source: 'told' })]);
    expect(store.alive(7)).toBeNull();
    // as after a crash: nothing was closed
    const again = openMomentStore(path);
    expect(again.list(all)).toEqual([moment(2, { id: 'm1', words: 'It was killed.', source: 'told' })]);
    expect(again.alive(9)).toBe(7);
    for (const one of [past, store, again]) one.close();
  });

  it('forgets by age, and the oldest where there are too many', () => {
    const store = openMomentStore(file(), { keepMs: 50, most: 4 });
    store.add([10, 60, 70, 80, 90].map((at) => moment(at, { kind: 'queue declared' })));
    store.add([moment(55, { kind: 'consumer gone' }), moment(65, { kind: 'node restarted' })]);
    expect(store.forget(100)).toBe(3);
    // what comes and goes every day pushes out neither a loss nor a restart
    expect(store.list(all).map((m) => m.at)).toEqual([90, 80, 65, 55]);
    store.close();
  });
});
