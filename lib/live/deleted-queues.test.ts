import { expect, test } from 'vitest';
import { consumer, queue, snapshot } from '../../test/build.ts';
import { createDeletedQueues } from './deleted-queues.ts';

/** Readings of 2 s: the queues and the consumers' queues that the broker lists. Gives whose consumers are left. */
function readings(...lists: readonly (readonly [queues: string[], consumed: string[]])[]): string[][] {
  const deleted = createDeletedQueues();
  return lists.map(([queues, consumed], i) =>
    deleted
      .without(
        snapshot({
          readAt: i * 2_000,
          queues: queues.map((name) => queue(name)),
          consumers: consumed.map((name) => consumer(`t-${name}`, name)),
        }),
      )
      .consumers.map((c) => c.queue),
  );
}

test('a consumer that the broker still lists of a queue that was deleted is not there', () => {
  //  queues     a b     a        a
  //  consumers  a b     a b      a b     ← the broker's list lags for minutes
  const after = readings(
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
    [['a'], ['a', 'b']],
    [['a'], ['a', 'b']],
  );
  expect(after).toEqual([['a', 'b'], ['a'], ['a']]);
});

test('a queue that is declared again has its consumers again', () => {
  expect(readings([['b'], ['b']], [[], ['b']], [['b'], ['b']])).toEqual([['b'], [], ['b']]);
});

test('a queue that is not listed yet, or may not be seen, keeps its consumers', () => {
  expect(readings([[], ['new', 'hidden']], [['new'], ['new', 'hidden']])).toEqual([
    ['new', 'hidden'],
    ['new', 'hidden'],
  ]);
});

test('is forgotten in the end', () => {
  const deleted = createDeletedQueues();
  const consumers = [consumer('t', 'b')];
  const at = (readAt: number, names: string[]) =>
    deleted.without(snapshot({ readAt, queues: names.map((name) => queue(name)), consumers })).consumers
      .length;
  expect([at(0, ['b']), at(2_000, []), at(600_000, []), at(602_001, [])]).toEqual([1, 0, 0, 1]);
});
