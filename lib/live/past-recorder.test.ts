import { describe, expect, it } from 'vitest';
import { queue, snapshot } from '../../test/build.ts';
import type { PastStore } from '../store/past.ts';
import { createHistory } from './history.ts';
import { createPastRecorder, QUARTER_MS } from './past-recorder.ts';

const T0 = 2_000 * QUARTER_MS;

/** A reading each `step` ms from T0, until `until`. */
function world(names: readonly string[]) {
  const history = createHistory();
  const lots: { name: string; points: number; from: number | undefined }[][] = [];
  const store: PastStore = {
    put: (rows) =>
      lots.push(rows.map((r) => ({ name: r.name, points: r.points.length, from: r.points[0]?.at }))),
    read: () => ({ step: 5_000, slots: new Map() }),
    forget: () => 0,
    bytes: () => 0,
    close: () => {},
  };
  const turns: (() => void)[] = [];
  const recorder = createPastRecorder(
    history,
    store,
    () => new Promise<void>((resolve) => turns.push(resolve)),
  );
  return {
    lots,
    recorder,
    read(from: number, until: number) {
      for (let at = from; at < until; at += 5_000) {
        history.record(
          snapshot({
            readAt: at,
            queues: names.map((name) => queue(name, { ready: 1, unacked: 0, total: 1 })),
          }),
        );
        recorder.recorded(at);
      }
    },
    written: () => lots.flat(),
    /** Lets the next lot be written. */
    async turn() {
      turns.shift()?.();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

describe('writing the past down', () => {
  it('writes nothing while a quarter of an hour is not over, then each of its queues once, a lot a turn', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `q${i}`);
    const w = world(names);
    w.read(T0, T0 + QUARTER_MS);
    expect(w.lots).toEqual([]);
    w.read(T0 + QUARTER_MS, T0 + QUARTER_MS + 60_000);
    expect(w.lots.map((lot) => lot.length)).toEqual([20]); // whatever is read meanwhile
    for (let i = 0; i < 5; i++) await w.turn();
    expect(w.lots.map((lot) => lot.length)).toEqual([20, 20, 12]); // 50 queues, their vhost, the broker
    expect(new Set(w.written().map((r) => r.name)).size).toBe(51);
    expect(w.written().every((r) => r.points === 180 && r.from === T0)).toBe(true);
  });

  it('writes the rest at once when the next quarter is over before all had their turn', () => {
    const w = world(Array.from({ length: 50 }, (_, i) => `q${i}`));
    w.read(T0, T0 + 2 * QUARTER_MS + 5_000);
    expect(w.written().filter((r) => (r.from ?? 0) < T0 + QUARTER_MS)).toHaveLength(52);
  });

  it('writes what it has when it stops, and only what was read', () => {
    const w = world(['q']);
    w.read(T0 + 60_000, T0 + 120_000);
    w.read(T0 + 180_000, T0 + 240_000);
    w.recorder.stop();
    expect(w.written().map((r) => [r.name, r.points])).toEqual([
      ['', 24],
      ['', 24],
      ['q', 24],
    ]);
  });

  it('goes on when the disk does not take a lot', () => {
    const w = world(['q']);
    let asked = 0;
    w.lots.push = () => {
      asked++;
      throw new Error('full');
    };
    expect(() => w.read(T0, T0 + 2 * QUARTER_MS + 60_000)).not.toThrow();
    expect(asked).toBe(2);
  });
});
