import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consumerRow, queue } from '../../test/build.ts';
import { liveState, queueRow } from '../../test/build-live.ts';
import type { ConsumerRow } from './broker.ts';
import type { LiveState, QueueRow } from './live.ts';
import { changeBetween, withChange } from './live-change.ts';

/** As a browser gets it: what JSON cannot say must not matter. */
function sent(before: LiveState, after: LiveState): LiveState {
  const change = changeBetween(before, after);
  if (change === null) return after;
  return withChange(before, JSON.parse(JSON.stringify(change)));
}

const figure = fc.option(fc.integer({ min: 0, max: 3 }));
const rows = fc
  .uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor'), { maxLength: 6 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        fc
          .record({ ready: figure, spark: fc.array(figure, { maxLength: 3 }), strategy: fc.boolean() })
          .map(({ ready, spark, strategy }): QueueRow => {
            const deadLetter = { exchange: 'dlx', routingKey: null, from: 'policy' as const };
            return queueRow(name, {
              ready,
              spark,
              deadLetter: strategy ? { ...deadLetter, strategy: 'at-least-once' } : deadLetter,
            });
          }),
      ),
    ),
  );
const consumers = fc
  .uniqueArray(fc.constantFrom('t1', 't2', 't3'), { maxLength: 3 })
  .map((tags): ConsumerRow[] => tags.map((tag) => consumerRow(tag, 'a')));
const states = fc
  .record({ queues: rows, consumers, reason: fc.option(fc.string()), now: fc.integer() })
  .map((fields) => liveState(fields));

describe('the change between two live states', () => {
  it('makes the later of the earlier, whatever came, went, changed or moved', () => {
    fc.assert(
      fc.property(states, states, (before, after) => {
        expect(sent(before, after)).toEqual(after);
      }),
      { numRuns: 300 },
    );
  });

  it('says only what is new, and leaves the other rows the objects that they were', () => {
    const rest = queueRow('rest');
    const before = liveState({ queues: [rest, queueRow('busy', { ready: 1 })] });
    const after = liveState({ now: 2, queues: [queueRow('rest'), queueRow('busy', { ready: 2 })] });
    const change = changeBetween(before, after);
    expect(change?.queues).toEqual({ changed: [['/\u0000busy', { ready: 2 }]], came: [], went: [] });
    expect(change?.set).toEqual({});
    expect(withChange(before, change ?? never()).queues[0]).toBe(rest);
  });

  it('puts a new row in its place', () => {
    const before = liveState({ queues: [queueRow('a'), queueRow('c')] });
    const after = liveState({ queues: [queueRow('a'), queueRow('b'), queueRow('c')] });
    expect(changeBetween(before, after)?.queues).toMatchObject({ changed: [], came: [[1, { name: 'b' }]] });
  });

  it('is the whole state where rows changed places, or where two have one key', () => {
    const [a, b] = [queueRow('a'), queueRow('b')];
    expect(changeBetween(liveState({ queues: [a, b] }), liveState({ queues: [b, a] }))).toBeNull();
    expect(
      changeBetween(liveState({ queues: [a] }), liveState({ queues: [a, queue('a'), a].map(asRow) })),
    ).toBeNull();
  });

  it('refuses to be put upon another state than its own', () => {
    const change = changeBetween(liveState({ queues: [queueRow('a')] }), liveState({ queues: [] }));
    expect(() => withChange(liveState({ queues: [queueRow('z')] }), change ?? never())).toThrow(
      /another list/,
    );
  });
});

function asRow(q: Omit<QueueRow, 'spark' | 'attention'>): QueueRow {
  return { ...q, spark: [], attention: null };
}

function never(): never {
  throw new Error('there was no change');
}
