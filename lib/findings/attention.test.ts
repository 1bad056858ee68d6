import { describe, expect, test } from 'vitest';
import { consumer, goneConsumer, node, queue } from '../../test/build.ts';
import { codes, look, NOW, ready, timeline } from '../../test/judge.ts';
import type { Queue } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';

const toDlq = { deadLetter: { exchange: '', routingKey: 'dlq', from: 'argument' as const } };

test('a healthy broker needs no look', () => {
  const queues = [queue('work', toDlq), queue('dlq', { consumers: 0 }), queue('idle', { consumers: 0 })];
  expect(look({ queues }, { unattendedFor: 60_000 })).toEqual([]);
});

describe('no consumer', () => {
  const waiting = queue('mail', { consumers: 0, ready: 3120, total: 3120 });

  test('with messages is said after 5 s, with why and since when', () => {
    const gone = goneConsumer('c', 'mail');
    const scene = { had: true, gone: [gone] };
    expect(look({ queues: [waiting] }, { ...scene, unattendedFor: 4_000 })).toEqual([]);
    expect(look({ queues: [waiting] }, { ...scene, unattendedFor: 6_000 })).toEqual([
      {
        code: 'no_consumer',
        level: 'warn',
        vhost: '/',
        queue: 'mail',
        words: 'No consumer: the last went away, its connection ended',
        figure: '3,120 ready',
        since: NOW - 6_000,
      },
    ]);
  });

  test('since when is unknown if none was ever seen', () => {
    expect(look({ queues: [waiting] }, { unattendedFor: 6_000 })).toMatchObject([
      { words: 'Messages wait here and nobody consumes them', since: null },
    ]);
  });

  test('is not said of streams, dead-letter queues, waiting queues, our taps, nor while unknown', () => {
    const quiet: Queue[] = [
      { ...waiting, type: 'stream' },
      { ...waiting, name: 'hoplight.tap.1' },
      { ...waiting, name: 'unknown', consumers: null },
      {
        ...waiting,
        name: 'delay',
        ...toDlq,
        limits: { ...waiting.limits, messageTtlMs: 1_000 },
      },
    ];
    for (const q of quiet)
      expect(codes(look({ queues: [q, queue('dlq')] }, { unattendedFor: 60_000 }))).toEqual([]);
    const dead = [queue('work', toDlq), { ...waiting, name: 'dlq' }];
    expect(codes(look({ queues: dead }, { unattendedFor: 60_000 }))).toEqual(['dead_letters dlq']);
  });
});

describe('growing', () => {
  const busy = (depth: number) => [queue('billing', { consumers: 3, ready: depth, total: depth })];
  const climb = Array.from({ length: 12 }, (_, i) => 100 + i * 210);

  test('is said with the rate at which it gains', () => {
    //  ready  100 ──── +42/s ────▶ 2,410   in 55 s
    expect(look({ queues: busy(2410) }, { points: { billing: ready(climb) } })).toMatchObject([
      {
        code: 'growing',
        words: 'growing: 3 consumers cannot keep up, at this pace it never drains',
        figure: '+42/s',
      },
    ]);
  });

  test('is not said of a burst that is being worked off', () => {
    //  0 0 0 900 ╲ 800 ╲ 700 …
    const burst = [0, 0, 0, 0, 900, 860, 820, 780, 740, 700, 660, 620];
    expect(look({ queues: busy(620) }, { points: { billing: ready(burst) } })).toEqual([]);
  });

  test('is not said of a level queue, a short look, or noise on a deep one', () => {
    const level = Array.from({ length: 12 }, (_, i) => 500 + (i % 2) * 40);
    expect(look({ queues: busy(540) }, { points: { billing: ready(level) } })).toEqual([]);
    expect(look({ queues: busy(2410) }, { points: { billing: ready(climb.slice(-5)) } })).toEqual([]);
    const deep = Array.from({ length: 12 }, (_, i) => 1_000_000 + i * 10);
    expect(look({ queues: busy(1_000_110) }, { points: { billing: ready(deep) } })).toEqual([]);
  });

  test('stays said while it still gains a little, and keeps its since', () => {
    const slow = Array.from({ length: 12 }, (_, i) => 2400 + i);
    const previous: Attention[] = [
      {
        code: 'growing',
        level: 'warn',
        vhost: '/',
        queue: 'billing',
        words: '',
        figure: '',
        since: 77,
      },
    ];
    const scene = { points: { billing: ready(slow) } };
    expect(look({ queues: busy(2411) }, scene)).toEqual([]);
    expect(look({ queues: busy(2411) }, { ...scene, previous })).toMatchObject([{ since: 77 }]);
  });

  test('looks across a gap', () => {
    const gap = climb.map((d, i) => (i > 4 && i < 8 ? null : d));
    expect(codes(look({ queues: busy(2410) }, { points: { billing: ready(gap) } }))).toEqual([
      'growing billing',
    ]);
  });
});

describe('dead letters', () => {
  const queues = (n: number) => [queue('work', toDlq), queue('dlq', { consumers: 0, ready: n, total: n })];

  test('that lie there', () => {
    const still = ready(Array.from({ length: 120 }, () => 1240));
    expect(look({ queues: queues(1240) }, { points: { dlq: still } })).toMatchObject([
      { code: 'dead_letters', level: 'warn', words: '1,240 dead letters', figure: '1,240' },
    ]);
  });

  test('that rise, by how many in the last ten minutes', () => {
    //  930 ──────▶ 1,240   in 10 min
    const rising = ready(Array.from({ length: 120 }, (_, i) => (i < 60 ? 930 : 1240)));
    expect(look({ queues: queues(1240) }, { points: { dlq: rising } })).toMatchObject([
      {
        code: 'dead_letters_rising',
        level: 'dead',
        words: '1,240 dead letters, +310 in 10 min',
        figure: '+310',
      },
    ]);
  });

  test('keep their since when they stop rising', () => {
    const first = look({ queues: queues(2) }, { points: { dlq: ready([0, 0, 2]) } });
    expect(first).toMatchObject([{ code: 'dead_letters_rising', since: NOW }]);
    const before = first.map((a) => ({ ...a, since: 42 }));
    const later = look({ queues: queues(2) }, { points: { dlq: ready([2, 2]) }, previous: before });
    expect(later).toMatchObject([{ code: 'dead_letters', since: 42 }]);
  });

  test('that would vanish', () => {
    const lost = [queue('work', { deadLetter: { exchange: 'nowhere', routingKey: null, from: 'policy' } })];
    expect(look({ queues: lost })).toMatchObject([
      { code: 'dlx_leads_nowhere', level: 'warn', queue: 'work', figure: 'nowhere' },
    ]);
  });
});

describe('unacked', () => {
  const held = (minutes: number) =>
    timeline(Array.from({ length: minutes * 12 + 1 }, () => ({ ready: 5, unacked: 20, ack: 0 })));
  const stuck = [queue('work', { ready: 5, unacked: 20, total: 25, consumers: 2 })];
  const full = [consumer('a', 'work'), consumer('b', 'work')];

  test('is stuck after a minute when the consumers hold all they may', () => {
    expect(look({ queues: stuck, consumers: full }, { points: { work: held(1) } })).toMatchObject([
      {
        code: 'unacked_stuck',
        words: 'nothing acked for 60 s: 2 consumers hold all that prefetch allows',
        figure: '20 unacked',
      },
    ]);
  });

  test('may be one long job for five minutes', () => {
    const some = [queue('work', { ready: 0, unacked: 1, total: 1, consumers: 2 })];
    expect(look({ queues: some, consumers: full }, { points: { work: held(4) } })).toEqual([]);
    expect(codes(look({ queues: some, consumers: full }, { points: { work: held(5) } }))).toEqual([
      'unacked_stuck work',
    ]);
  });

  test('is not stuck when something was acked, or nobody knows', () => {
    const acked = held(5).map((p, i, all) => (i === all.length - 3 ? { ...p, ack: 1 } : p));
    expect(look({ queues: stuck, consumers: full }, { points: { work: acked } })).toEqual([]);
    const unknown = [
      {
        ...stuck[0],
        ...queue('work', {
          unacked: 20,
          rates: { publish: null, deliver: null, ack: null, redeliver: null },
        }),
      },
    ];
    expect(look({ queues: unknown, consumers: full }, { points: { work: held(5) } })).toEqual([]);
  });
});

describe('the broker itself', () => {
  test('alarms and nodes that are down come first', () => {
    const found = look({
      nodes: [
        node('rabbit@one', { memoryAlarm: true, memoryUsed: 2 ** 30, memoryLimit: 2 ** 29 }),
        node('rabbit@two', { running: false }),
      ],
      queues: [queue('q', { state: 'minority', total: null })],
    });
    expect(found.map((a) => a.code)).toEqual(['node_down', 'alarm', 'queue_down']);
    expect(found[1]).toMatchObject({ vhost: '', queue: '', node: 'rabbit@one', figure: '1024 MiB used' });
    expect(found[2]?.words).toContain('most of its members are away');
  });

  test('an alarm is told also when the nodes may not be seen', () => {
    expect(codes(look({ nodes: [], alarm: true }))).toEqual(['alarm']);
    expect(look({ nodes: [], alarm: null })).toEqual([]);
  });

  test('a queue without figures is unknown after a while, not at once', () => {
    const queues = [queue('known'), queue('mute', { ready: null, total: null, state: 'running' })];
    expect(look({ queues }, { points: { mute: ready([null, null]) } })).toEqual([]);
    expect(look({ queues }, { points: { mute: ready([null, null, null, null, null]) } })).toMatchObject([
      { code: 'unknown', level: 'unknown', queue: 'mute' },
    ]);
  });
});

test('dead letters of muted causes call for nobody; what else lies in the queue does', () => {
  const queues = [queue('work', toDlq), queue('dlq', { total: 40, ready: 40, consumers: 0 })];
  expect(look({ queues }, { muted: { dlq: 40 } }).filter((a) => a.code.startsWith('dead'))).toEqual([]);
  const [some] = look({ queues }, { muted: { dlq: 30 } }).filter((a) => a.code.startsWith('dead'));
  expect(some).toMatchObject({
    code: 'dead_letters',
    words: '10 dead letters besides 30 muted',
    figure: '10',
  });
  // 35 → 40, of which 38 are muted: two at most can be new
  const points = { dlq: ready([35, 35, 40]) };
  const [rising] = look({ queues }, { points, muted: { dlq: 38 } }).filter((a) => a.queue === 'dlq');
  expect(rising).toMatchObject({ code: 'dead_letters_rising', figure: '+2' });
});
