import { describe, expect, test } from 'vitest';
import { consumer, goneConsumer, queue, snapshot } from '../../test/build.ts';
import type { Consumer, GoneConsumer, Queue } from '../model/broker.ts';
import { type Clients, type Comparison, goneAfter, nodesOf } from './gone.ts';
import type { Why } from './why-gone.ts';

const nobody: Clients = { connections: new Map(), channels: new Set() };
const at = (readAt: number, consumers: Consumer[], queues: Queue[] = [queue('a')]) =>
  snapshot({ readAt, queues, consumers, nodes: [] });

// reading 1: both are listed ─▶ reading 2: its connection is not ─▶ reading 3: nor is it, and the node is told to be down
test('a node that died takes its connections out of the lists first: where they were is known when its consumers go', () => {
  const there: Clients = { connections: new Map([['k', 'n1']]), channels: new Set(['k (1)']) };
  const one = consumer('c', 'a', { connection: 'k', channel: 1 });
  const [first, second, third] = [at(1_000, [one]), at(3_000, [one]), at(5_000, [])];
  const listed = nodesOf(there, new Map(), [], first.consumers);
  const unlisted = nodesOf(nobody, listed, [], second.consumers);
  const gone = goneAfter([], {
    before: second,
    after: third,
    clients: nobody,
    wereAt: unlisted,
    brokerGone: false,
    stopped: new Set(['n1']),
  });
  expect(gone).toMatchObject([{ tag: 'c', cause: 'node restarted' }]);
});

// reading 1: the broker has no connection for it yet ─▶ reading 2: it has ─▶ reading 3: it is gone
test('a consumer whose connection the broker names a reading later did not go; one that is not there any more did', () => {
  const nameless = at(1_000, [consumer('c', 'a', { connection: '', channel: null })]);
  const named = at(3_000, [consumer('c', 'a')]);
  const none = at(5_000, []);
  const after = (before: typeof named, later: typeof named) =>
    goneAfter([], { before, after: later, clients: nobody, brokerGone: false });
  expect(after(nameless, named)).toEqual([]);
  expect(after(nameless, none)).toMatchObject([{ tag: 'c' }]);
  expect(after(named, none)).toMatchObject([{ tag: 'c', how: 'connection' }]);
});

describe('by readings alone, the cause is no more than what was seen', () => {
  const one = consumer('c', 'a', { connection: 'k', channel: 1, unacked: 3 });
  const clients = (connected: boolean, open: boolean): Clients => ({
    connections: new Map(connected ? [['k', 'n1']] : []),
    channels: new Set(open ? ['k (1)'] : []),
  });
  function found(more: Partial<Comparison> & { queues?: Queue[]; were?: Queue[] }) {
    const { queues, were, ...rest } = more;
    const [gone] = goneAfter([], {
      before: at(100_000, [one], were),
      after: at(102_000, [], queues),
      clients: nobody,
      wereAt: new Map([['k', 'n1']]),
      brokerGone: false,
      ...rest,
    });
    return gone;
  }

  test.each([
    ['connection ended', 'connection', {}],
    ['channel closed', 'channel', { clients: clients(true, false) }],
    ['cancelled', 'cancelled', { clients: clients(true, true) }],
    ['queue deleted', 'queue-deleted', { clients: clients(true, true), queues: [] }],
    ['queue deleted', 'queue-deleted', { queues: [] }],
    // they go with their connection, or their last consumer: which was first is seen by what is left
    ['connection ended', 'connection', { queues: [], were: [queue('a', { exclusive: true })] }],
    ['connection ended', 'connection', { queues: [], were: [queue('a', { autoDelete: true })] }],
    [
      'channel closed',
      'channel',
      { clients: clients(true, false), queues: [], were: [queue('a', { autoDelete: true })] },
    ],
    ['broker away', 'broker', { brokerGone: true }],
    ['node restarted', 'broker', { brokerGone: true, stopped: new Set(['n1']) }],
    ['node restarted', 'broker', { stopped: new Set(['n1']) }],
    // another member went: that is no reason
    ['connection ended', 'connection', { stopped: new Set(['n2']) }],
    ['cancelled', 'cancelled', { clients: clients(true, true), stopped: new Set(['n1']) }],
    // the broker says so of its queue, whatever is known of the nodes
    [
      'node restarted',
      'broker',
      {
        clients: clients(true, true),
        queues: [queue('a', { type: 'stream', state: 'down', node: 'n2' })],
      },
    ],
    // its connection lives at n1, its classic queue was at n2
    [
      'node restarted',
      'broker',
      {
        clients: clients(true, true),
        were: [queue('a', { node: 'n2' })],
        stopped: new Set(['n2']),
      },
    ],
  ] as const)('%s (%s)', (cause, how, given) => {
    const gone = found(given as Parameters<typeof found>[0]);
    expect(gone).toMatchObject({ cause, how, code: null, source: 'deduced' });
    expect(gone?.reason).toMatch(/\.$/);
    expect(gone?.check).toMatch(/\.$/);
    if (cause === 'node restarted')
      expect(gone?.reason).toContain('clients' in given ? 'Node n2' : 'Node n1');
    if (cause === 'connection ended') expect(gone?.reason).toContain('held 3 unacked');
  });

  //  consumer came, its connection not listed yet ─▶ consumer gone ─▶ connection listed: it lives
  test('a connection that the broker lists late had not ended', () => {
    const first = at(102_000, []);
    const gone = goneAfter([], {
      before: at(100_000, [one]),
      after: first,
      clients: nobody,
      brokerGone: false,
    });
    expect(gone).toMatchObject([{ how: 'connection' }]);
    const later = { before: first, after: at(104_000, []), brokerGone: false };
    expect(goneAfter(gone, { ...later, clients: clients(true, false) })).toMatchObject([
      { how: 'channel', cause: 'channel closed' },
    ]);
    expect(goneAfter(gone, { ...later, clients: clients(true, true) })).toMatchObject([
      { how: 'cancelled', cause: 'cancelled' },
    ]);
  });

  test.each([
    [false, 'connection ended'],
    // on its return a node says some seconds late how long it has run
    [true, 'broker away'],
  ])('a node’s end that shows a reading after its connections’ is still the cause', (brokerGone, cause) => {
    const before = at(100_000, [one]);
    const first = at(102_000, []);
    const wereAt = new Map([['k', 'n1']]);
    const gone = goneAfter([], { before, after: first, clients: nobody, wereAt, brokerGone });
    expect(gone).toMatchObject([{ cause }]);
    const later = { before: first, clients: nobody, brokerGone: false, stopped: new Set(['n1']) };
    const wereThen = nodesOf(nobody, wereAt, gone, []);
    const then = goneAfter(gone, { ...later, after: at(104_000, []), wereAt: wereThen });
    expect(then).toMatchObject([{ how: 'broker', cause: 'node restarted', goneAt: 102_000 }]);
    const long = goneAfter(gone, { ...later, after: at(120_000, []), wereAt: wereThen });
    expect(long).toMatchObject([{ cause }]);
  });
});

test('what was told stays, whatever is seen after it', () => {
  const gone: GoneConsumer = goneConsumer('c', 'a', { goneAt: 100_000, how: 'cancelled' });
  const why: Why = { cause: 'client lost', code: null, source: 'told', words: 'It crashed.', check: 'Look.' };
  const compare = (list: GoneConsumer[], readAt: number, told: Why | null) =>
    goneAfter(list, {
      before: at(readAt - 2_000, []),
      after: at(readAt, [], []),
      clients: nobody,
      brokerGone: false,
      told: () => told,
    });
  const told = compare([gone], 102_000, why);
  expect(told).toMatchObject([{ cause: 'client lost', source: 'told', reason: 'It crashed.' }]);
  expect(compare(told, 104_000, { ...why, cause: 'client closed' })).toEqual(told);
  // and nobody asks long after
  const old = [goneConsumer('c', 'a', { goneAt: 80_000 })];
  expect(compare(old, 102_000, why)).toEqual(old);
});

test('consumers of queues that came and went push out none whose queue is there', () => {
  const replies = Array.from({ length: 600 }, (_, i) =>
    goneConsumer(`r${i}`, `amq.gen-${i}`, { goneAt: 90_000 }),
  );
  const lost = goneConsumer('lost', 'a', { goneAt: 80_000 });
  const [before, after] = [at(100_000, []), at(102_000, [])];
  const gone = goneAfter([...replies, lost], { before, after, clients: nobody, brokerGone: false });
  expect(gone).toHaveLength(251);
  expect(gone[0]?.tag).toBe('r0');
  expect(gone.at(-1)?.tag).toBe('lost');
});
