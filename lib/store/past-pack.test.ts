import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../model/live.ts';
import { rolledUp, type Slots, slotOf } from './past.ts';
import { columns, type Lane, laneOf, mergedLanes, rolled, slotsOf } from './past-lane.ts';
import { pack, unpack } from './past-pack.ts';

const figure = fc.option(
  fc.oneof(
    fc.nat({ max: 5_000_000_000 }),
    fc.nat({ max: 50 }),
    fc.double({ min: 0, max: 20_000, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  ),
  { nil: null },
);
const slot = fc.record({
  ready: figure,
  unacked: figure,
  publish: figure,
  deliver: figure,
  ack: figure,
  redeliver: figure,
  consumers: fc.option(fc.nat({ max: 100 }), { nil: null }),
});
/** Up to 180 points of 5 s, some left out. */
const points = fc
  .uniqueArray(fc.tuple(fc.nat({ max: 179 }), slot), { maxLength: 180, selector: ([at]) => at })
  .map((list): Point[] =>
    list.sort(([a], [b]) => a - b).map(([at, figures]) => ({ at: at * 5_000, ...figures })),
  );

const slots = (lane: Lane) => Object.fromEntries(slotsOf(lane));

describe('slots as bytes', () => {
  it('come back as they were, to a thousandth of the greatest of their column', () => {
    fc.assert(
      fc.property(points, (list) => {
        const lane = laneOf(list, 5_000);
        const back = unpack(pack(lane, 0), 0);
        expect(back.at).toEqual(lane.at);
        for (let c = 0; c < columns.length; c++) {
          const [was = [], is = []] = [lane.of[c], back.of[c]];
          const greatest = Math.max(...was.filter((v) => !Number.isNaN(v)), 0);
          for (const [i, value] of was.entries()) {
            if (Number.isNaN(value)) expect(is[i]).toBeNaN();
            else expect(Math.abs((is[i] ?? 0) - value)).toBeLessThanOrEqual(Math.max(greatest / 1_000, 1e-6));
            if (was.every((v) => Number.isNaN(v) || Number.isInteger(v)) && !Number.isNaN(value))
              expect(is[i]).toBe(value);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('are read as an earlier Hoplight wrote them: floats, deflated', () => {
    const figures = [3, 7, Number.NaN, 7, 1, 2.5, 0, 0, 0];
    const old = deflateRawSync(
      Buffer.concat([Buffer.of(1), Buffer.of(9), Buffer.from(Float32Array.from(figures).buffer)]),
    );
    expect(slots(unpack(old, 180))).toEqual({
      189: {
        n: 3,
        peak: 7,
        consumers: null,
        ready: 7,
        unacked: 1,
        publish: 2.5,
        deliver: 0,
        ack: 0,
        redeliver: 0,
      },
    });
  });
});

describe('columns', () => {
  it('roll up as slots do', () => {
    fc.assert(
      fc.property(points, (list) => {
        const one: Slots = new Map(list.map((p) => [p.at / 5_000, slotOf(p)]));
        const expected = Object.fromEntries(rolledUp(one, 12));
        expect(slots(rolled(laneOf(list, 5_000), 12))).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('merge by time: the fresh stands, or both are one', () => {
    const point = (at: number, ready: number): Point => ({
      at: at * 5_000,
      ready,
      unacked: 0,
      publish: 0,
      deliver: 0,
      ack: 0,
      redeliver: 0,
      consumers: 1,
    });
    const old = laneOf([point(1, 2), point(3, 2)], 5_000);
    const fresh = laneOf([point(2, 6), point(3, 6), point(4, 6)], 5_000);
    const ready = (lane: Lane) => [...slotsOf(lane)].map(([at, s]) => [at, s.ready, s.n]);
    expect(ready(mergedLanes(old, fresh, false))).toEqual([
      [1, 2, 1],
      [2, 6, 1],
      [3, 6, 1],
      [4, 6, 1],
    ]);
    expect(ready(mergedLanes(old, fresh, true))).toEqual([
      [1, 2, 1],
      [2, 6, 1],
      [3, 4, 2],
      [4, 6, 1],
    ]);
  });
});
