import { expect, it } from 'vitest';
import { liveState, queueRow } from '../../test/build-live.ts';
import { stateOf, wholeOf } from './live-whole.ts';

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
