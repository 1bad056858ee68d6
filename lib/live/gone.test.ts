import { expect, test } from 'vitest';
import { consumer, queue, snapshot } from '../../test/build.ts';
import { goneAfter } from './gone.ts';

const clients = { connections: new Set<string>(), channels: new Set<string>() };
const at = (readAt: number, consumers: ReturnType<typeof consumer>[]) =>
  snapshot({ readAt, queues: [queue('a')], consumers });

// reading 1: the broker has no connection for it yet ─▶ reading 2: it has ─▶ reading 3: it is gone
test('a consumer whose connection the broker names a reading later did not go; one that is not there any more did', () => {
  const nameless = at(1_000, [consumer('c', 'a', { connection: '', channel: null })]);
  const named = at(3_000, [consumer('c', 'a')]);
  const none = at(5_000, []);
  const after = (before: typeof named, later: typeof named) =>
    goneAfter([], { before, after: later, clients, brokerGone: false });
  expect(after(nameless, named)).toEqual([]);
  expect(after(nameless, none)).toMatchObject([{ tag: 'c' }]);
  expect(after(named, none)).toMatchObject([{ tag: 'c', how: 'connection' }]);
});
