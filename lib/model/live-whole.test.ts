import { expect, it } from 'vitest';
import { liveState, queueRow } from '../../test/build-live.ts';
import { createWholeOf, stateOf, wholeOf } from './live-whole.ts';

const overTheWire = (state: ReturnType<typeof liveState>) =>
  stateOf(JSON.parse(JSON.stringify(wholeOf(state))));

it('is the same state again, whatever the queues have in common', () => {
  const queues = Array.from({ length: 300 }, (_, i) =>
    queueRow(
      `q${i}`,
      i % 7 === 0 ? { ready: i, spark: [null, i], policy: 'p' } : { vhost: i % 2 ? 'a' : 'b' },
    ),
  );
  for (const state of [liveState({ queues }), liveState({ queues: queues.slice(0, 1) }), liveState()])
    expect(overTheWire(state)).toEqual(state);
});

it('keeps a field that only some queues have', () => {
  const { spark: _, ...bare } = queueRow('bare');
  const some = Object.assign(queueRow('some'), { more: 1 });
  for (const queues of [
    [some, queueRow('plain')],
    [queueRow('plain'), some],
    [queueRow('plain'), Object.assign(queueRow('x'), { spark: undefined }, bare)],
  ])
    expect(overTheWire(liveState({ queues }))).toEqual(JSON.parse(JSON.stringify(liveState({ queues }))));
});

it('says of a queue at rest little more than its name', () => {
  const queues = Array.from({ length: 100 }, (_, i) => queueRow(`q${i}`));
  expect(wholeOf(liveState({ queues })).queues.rows[42]).toEqual({ name: 'q42' });
});

it('is right for each of several states, whatever it remembers of the one before', () => {
  const next = createWholeOf();
  const rows = Array.from({ length: 50 }, (_, i) => queueRow(`q${i}`));
  const busy = rows.map((row, i) => (i % 10 === 0 ? { ...row, ready: i } : row));
  const elsewhere = rows.map((row) => ({ ...row, node: 'rabbit@two' }));
  const limited = busy.map((row, i) => (i === 7 ? Object.assign({ ...row }, { node: undefined }) : row));
  const queueLists = [rows, busy, rows.slice(40), elsewhere, busy, limited, [], limited.toReversed(), rows];
  for (const queues of queueLists) {
    const state = liveState({ queues });
    expect(stateOf(JSON.parse(JSON.stringify(next(state))))).toEqual(JSON.parse(JSON.stringify(state)));
  }
});

it('compares a row that rests only once', () => {
  const next = createWholeOf();
  const rows = Array.from({ length: 50 }, (_, i) => queueRow(`q${i}`));
  const first = next(liveState({ queues: rows })).queues.rows;
  const second = next(liveState({ queues: rows.with(3, { ...queueRow('q3'), ready: 1 }) })).queues.rows;
  expect(second.filter((row, i) => row === first[i])).toHaveLength(49);
  expect(second[3]).toEqual({ name: 'q3', ready: 1 });
});
