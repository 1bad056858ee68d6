import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Point } from '../../model/live.ts';
import { openDatabase } from './database.ts';
import { openPastStore } from './past-store.ts';

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

function fresh({ keepMs, days = 1 }: { keepMs?: number; days?: number } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-past-'));
  dirs.push(dir);
  const file = join(dir, 'past.db');
  return {
    file,
    store: openPastStore(file, { ...(keepMs ? { keepMs } : {}), clock: () => T0 + days * DAY }),
  };
}

const DAY = 86_400_000;
const QUARTER = 900_000;
const T0 = 20_000 * DAY;

function point(at: number, ready: number | null, more: Partial<Point> = {}): Point {
  const rest = { unacked: 0, publish: 0, deliver: 0, ack: 0, redeliver: 0, consumers: 1 };
  return { at, ready, ...rest, ...more };
}
/** Each 5 s of a quarter of an hour. */
const quarter = (from: number, ready: (i: number) => number) =>
  Array.from({ length: 180 }, (_, i) => point(from + i * 5_000, ready(i)));

describe('the past on the disk', () => {
  it('gives a quarter of an hour back as means and its deepest', () => {
    const { store } = fresh();
    store.put([{ vhost: '', name: '', points: quarter(T0, (i) => i) }]);
    const { step, slots } = store.read('', '', T0, T0 + QUARTER, 1);
    expect(step).toBe(QUARTER);
    expect([...slots.values()]).toEqual([
      expect.objectContaining({ n: 180, ready: 89.5, peak: 179, consumers: 1 }),
    ]);
    store.close();
  });

  it('keeps no slot in which a queue rested, and knows that it was empty wherever the broker was read', () => {
    //  minute   0    1    2    3    4         of 15; the broker is not read in minute 2
    //  ready    7    0    ·    0    5
    const { store } = fresh();
    const at = (minute: number) => T0 + minute * 60_000;
    const read = (minutes: number[], ready: (m: number) => number) =>
      minutes.map((m) => point(at(m), ready(m)));
    store.put([
      { vhost: '', name: '', points: read([0, 1, 3, 4], () => 9) },
      { vhost: '/', name: 'q', points: read([0, 1, 3, 4], (m) => [7, 0, 0, 0, 5][m] ?? 0) },
    ]);
    const { step, slots } = store.read('/', 'q', T0, at(5), 60);
    expect(step).toBe(60_000);
    const minutes = [0, 1, 2, 3, 4].map((m) => slots.get(at(m) / 60_000)?.ready ?? null);
    expect(minutes).toEqual([7, 0, null, 0, 5]);
    expect(slots.get(at(3) / 60_000)?.consumers).toBe(1);
    store.close();
  });

  it('tells nothing of a queue before it was there, nor after it went', () => {
    const { store } = fresh();
    store.put([
      { vhost: '', name: '', points: quarter(T0, () => 1) },
      { vhost: '/', name: 'q', points: quarter(T0, () => 0).slice(60, 120) },
    ]);
    const { slots } = store.read('/', 'q', T0, T0 + QUARTER, 30);
    expect([...slots.keys()].map((s) => s * 60_000 - T0)).toEqual([5, 6, 7, 8, 9].map((m) => m * 60_000));
    store.close();
  });

  it('goes on with a quarter that a restart cut, and stands in the file afterwards', () => {
    const { file, store } = fresh();
    const points = quarter(T0, (i) => (i < 90 ? 2 : 4));
    store.put([{ vhost: '', name: '', points: points.slice(0, 90) }]);
    store.close();
    const again = openPastStore(file, { clock: () => T0 + DAY });
    again.put([{ vhost: '', name: '', points: points.slice(90) }]);
    const { slots } = again.read('', '', T0, T0 + QUARTER, 1);
    expect([...slots.values()]).toEqual([expect.objectContaining({ n: 180, ready: 3, peak: 4 })]);
    again.close();
  });

  it('forgets by age, the fine before the coarse', () => {
    const { store } = fresh({ keepMs: 2 * DAY, days: 5 });
    const now = T0 + 5 * DAY;
    for (const days of [0, 2, 4.9])
      store.put([
        { vhost: '', name: '', points: quarter(T0 + days * DAY - ((T0 + days * DAY) % QUARTER), () => 1) },
      ]);
    expect(store.forget(now)).toBeGreaterThan(0);
    expect(store.read('', '', T0, T0 + DAY, 400).slots.size).toBe(0);
    expect(store.read('', '', now - DAY, now, 400).slots.size).toBeGreaterThan(0);
    store.close();
  });

  it('forgets the name of a queue when the last of its figures is forgotten, and not before', () => {
    const { store, file } = fresh({ keepMs: 2 * DAY, days: 5 });
    store.put([
      { vhost: '/', name: 'reply.1', points: quarter(T0, () => 1) },
      { vhost: '/', name: 'lasting', points: quarter(T0, () => 1) },
    ]);
    store.put([{ vhost: '/', name: 'lasting', points: quarter(T0 + 5 * DAY - QUARTER, () => 1) }]);
    const names = () => {
      const db = openDatabase(file, { readonly: true });
      const all = db.prepare<[], string>('SELECT name FROM series ORDER BY name').pluck().all();
      db.close();
      return all;
    };
    store.forget(T0 + 2 * DAY);
    expect(names()).toEqual(['lasting', 'reply.1']);
    store.forget(T0 + 5 * DAY);
    expect(names()).toEqual(['lasting']);
    store.close();
  });

  it('what is unknown stays unknown', () => {
    const { store } = fresh();
    store.put([{ vhost: '', name: '', points: [point(T0, null, { publish: 3 })] }]);
    const [slot] = store.read('', '', T0, T0 + QUARTER, 10).slots.values();
    expect(slot).toMatchObject({ ready: null, peak: null, publish: 3 });
    store.close();
  });
});
