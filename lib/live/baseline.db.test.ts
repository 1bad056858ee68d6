/** A nightly batch, replayed into a real store of the past and into the rules. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { queue, snapshot } from '../../test/build.ts';
import { judge } from '../findings/attention.ts';
import { deadLetterTopology } from '../model/dead-letter-topology.ts';
import type { Attention, Point } from '../model/live.ts';
import { openPastStore } from '../store/sqlite/past-store.ts';
import { createBaseline } from './baseline.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const START = 20_000 * DAY;

const dirs: string[] = [];
afterEach(() => {
  for (const dir of dirs.splice(0)) rmSync(dir, { recursive: true });
});

/** Messages more each minute for half an hour from `from` (minute of the day) on, then as many fewer. */
interface Batch {
  rate: number;
  from: number;
}
const HALF_HOUR = 30;

function depthOf(minute: number, { rate, from }: Batch): number {
  return Math.max(0, rate * (HALF_HOUR - Math.abs(minute - from - HALF_HOUR)));
}

function pointAt(at: number, batch: Batch): Point {
  const ready = depthOf((at % DAY) / MINUTE, batch);
  return { at, ready, unacked: 0, publish: 0, deliver: 100, ack: 100, redeliver: 0, consumers: 2 };
}

/** A number is the batch of a day, begun at 02:00; null: nothing was read on that day. Gives the days on which it was said. */
function daysOfTrouble(batches: readonly (number | Batch | null)[]): number[] {
  const dir = mkdtempSync(join(tmpdir(), 'hoplight-usual-'));
  dirs.push(dir);
  let now = START;
  const store = openPastStore(join(dir, 'past.db'), { clock: () => now });
  const usual = createBaseline(store, { offset: () => 0 });

  /** Each five minutes while it grows, as readings one after the other. */
  function look(midnight: number, batch: Batch): Attention[] {
    let previous: Attention[] = [];
    const all: Attention[] = [];
    for (let minute = batch.from + 5; minute <= batch.from + HALF_HOUR; minute += 5) {
      now = midnight + minute * MINUTE;
      const ready = depthOf(minute, batch);
      const picture = snapshot({
        readAt: now,
        queues: [queue('batch', { ready, total: ready, consumers: 2 })],
      });
      const points = Array.from({ length: 360 }, (_, i) => pointAt(now - (359 - i) * 5_000, batch));
      previous = judge(picture, {
        points: (_vhost, _name, forMs) => points.filter((p) => p.at > now - forMs),
        unattendedSince: () => null,
        hadConsumer: () => true,
        usual,
        gone: [],
        topology: deadLetterTopology(picture),
        previous,
      }).found;
      all.push(...previous);
    }
    return all;
  }

  function write(midnight: number, batch: Batch): void {
    const points = Array.from({ length: 288 }, (_, i) => pointAt(midnight + 5 * i * MINUTE, batch));
    store.put([
      { vhost: '', name: '', points },
      { vhost: '/', name: 'batch', points },
    ]);
  }

  const said = batches.flatMap((of, day) => {
    if (of === null) return [];
    const batch = typeof of === 'number' ? { rate: of, from: 120 } : of;
    const midnight = START + day * DAY;
    const found = look(midnight, batch);
    write(midnight, batch);
    return found.length > 0 ? [day + 1] : [];
  });
  store.close();
  return said;
}

test('is said in the first two nights, not from the third on, and again when it is three times as deep', () => {
  //  night     1     2     3     4     5          6
  //  depth  ╱╲    ╱╲    ╱╲    ╱╲    ╱╲ × 3     ╱╲
  expect(daysOfTrouble([200, 200, 200, 220, 600, 200])).toEqual([1, 2, 5]);
});

test('is usual on the third night also after a quiet month', () => {
  expect(daysOfTrouble([...Array.from({ length: 10 }, () => 0), 200, 200, 200])).toEqual([11, 12]);
});

test('a day on which nothing was read neither counts nor undoes', () => {
  //  night     1     2     3              4     │   1     2              3     4
  //           ╱╲    ╱╲   · not read ·    ╱╲     │  ╱╲   · not read ·    ╱╲    ╱╲
  expect(daysOfTrouble([200, 200, null, 200])).toEqual([1, 2]);
  expect(daysOfTrouble([200, null, 200, 200])).toEqual([1, 3]);
});

test('the same at another time of day is said', () => {
  expect(daysOfTrouble([200, 200, 200, { rate: 200, from: 720 }])).toEqual([1, 2, 4]);
});
