import { describe, expect, test } from 'vitest';
import { goneConsumer, node, queue } from '../../test/build.ts';
import { judged, NOW, ready, type Scene, timeline } from '../../test/judge.ts';
import type { Queue, Snapshot } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';

const times = <T>(n: number, one: (i: number) => T) => Array.from({ length: n }, (_, i) => one(i));

/** Each line, with the queues of what is folded under it. */
function lines(s: Partial<Snapshot>, scene: Scene = {}): string[] {
  return judged(s, scene).lines.map(drawn);
}
function drawn(a: Attention): string {
  const under = a.symptoms?.map((s) => s.queue || 'broker').join(' ') ?? '';
  return `${a.code} ${a.queue}${under ? ` > ${under}` : ''}`;
}

const toDlq: Partial<Queue> = { deadLetter: { exchange: '', routingKey: 'dlq', from: 'argument' } };
const expiring = { ...queue('x').limits, messageTtlMs: 60_000 };
const dlq = queue('dlq', { consumers: 0, ready: 40, total: 40 });
const rising = ready(
  times(30, (i) => i),
  {},
);
const waiting = (name: string, more: Partial<Queue> = {}) =>
  queue(name, { consumers: 0, ready: 9, total: 9, ...more });
const lost: Scene = { unattendedFor: 60_000, had: true };

test('a node that is down takes its queues with it, and every minority', () => {
  const nodes = [node('rabbit@one'), node('rabbit@two', { running: false })];
  const queues = [
    ...times(500, (i) =>
      queue(`q${i}`, { node: 'rabbit@two', state: 'down', ready: null, total: null, consumers: null }),
    ),
    queue('replicated', { node: 'rabbit@one', state: 'minority', ready: null, total: null }),
    waiting('elsewhere', { node: 'rabbit@one' }),
  ];
  const { found, lines: said } = judged({ nodes, queues }, lost);
  expect(said.map((a) => `${a.code} ${a.queue} ${a.symptoms?.length ?? 0}`)).toEqual([
    'node_down  501',
    'no_consumer elsewhere 0',
  ]);
  // each queue's own reason is still there for the list of queues
  expect(found).toHaveLength(503);
});

test('consumers that were lost with a node stand under it', () => {
  const gone = [goneConsumer('c', 'mail', { goneAt: NOW, cause: 'node restarted' })];
  const nodes = [node('rabbit@one'), node('rabbit@two', { running: false })];
  expect(lines({ nodes, queues: [waiting('mail')] }, { ...lost, gone })).toEqual(['node_down  > mail']);
});

test('queues of one node that are down are one line also when the nodes may not be seen', () => {
  const queues = times(3, (i) => queue(`q${i}`, { node: 'rabbit@two', state: 'down', total: null }));
  expect(lines({ nodes: [], queues })).toEqual(['queue_down q0 > q1 q2']);
});

test('an alarm and the publishers that it blocks', () => {
  const alarmed = [node('rabbit@one', { diskAlarm: true })];
  const [only, ...others] = judged({ nodes: alarmed, blockedConnections: 2 }).lines;
  expect(others).toEqual([]);
  expect(only).toMatchObject({
    code: 'alarm',
    symptoms: [{ words: '2 connections blocked from publishing.' }],
  });
});

describe('no consumer', () => {
  test('explains the dead letters of what expires there, and takes their gravity', () => {
    const queues = [waiting('mail', { ...toDlq, limits: expiring }), dlq];
    const [only, ...others] = judged({ queues }, { ...lost, points: { dlq: rising } }).lines;
    expect(others).toEqual([]);
    expect(only).toMatchObject({ code: 'no_consumer', level: 'dead', symptoms: [{ queue: 'dlq' }] });
  });

  test('not where another queue may send its dead letters there as well', () => {
    const other = queue('orders', { ...toDlq, rates: { publish: 9, deliver: 9, ack: 9, redeliver: 0 } });
    const queues = [waiting('mail', { ...toDlq, limits: expiring }), other, dlq];
    expect(lines({ queues }, { ...lost, points: { dlq: rising } })).toEqual([
      'dead_letters_rising dlq',
      'no_consumer mail',
    ]);
    const quiet = { ...other, rates: { ...other.rates, deliver: 0 } };
    expect(
      lines({ queues: [...queues.filter((q) => q !== other), quiet] }, { ...lost, points: { dlq: rising } }),
    ).toEqual(['no_consumer mail > dlq']);
  });

  test('letters that lay there before are a matter of their own', () => {
    const queues = [waiting('mail', { ...toDlq, limits: expiring }), dlq];
    const still = {
      dlq: ready(
        times(120, () => 40),
        {},
      ),
    };
    const lying = (since: number): Attention[] => [
      { code: 'dead_letters', level: 'warn', vhost: '/', queue: 'dlq', words: '', figure: '', since },
    ];
    expect(lines({ queues }, { ...lost, points: still, previous: lying(NOW - 90_000) })).toEqual([
      'no_consumer mail',
      'dead_letters dlq',
    ]);
    expect(lines({ queues }, { ...lost, points: still, previous: lying(NOW - 30_000) })).toEqual([
      'no_consumer mail > dlq',
    ]);
  });

  test('of several queues that one client left is one line; it stays the same as others come and go', () => {
    const gone = ['a', 'b', 'c', 'd'].map((name) =>
      goneConsumer('t', name, {
        client: { name: name === 'd' ? 'other' : 'billing', product: null, version: null, platform: null },
      }),
    );
    const queues = ['c', 'b', 'a', 'd'].map((name, i) => waiting(name, { total: 100 - i }));
    expect(lines({ queues }, { ...lost, gone })).toEqual(['no_consumer a > b c', 'no_consumer d']);
    const without = queues.filter((q) => q.name !== 'c');
    expect(lines({ queues: without }, { ...lost, gone })).toEqual(['no_consumer a > b', 'no_consumer d']);
  });

  test('of a queue that the same client leaves an hour later is a line of its own', () => {
    const gone = [
      goneConsumer('t', 'late', { goneAt: NOW - 60_000 }),
      goneConsumer('t', 'early', { goneAt: NOW - 3_600_000 }),
    ];
    const queues = [waiting('early'), waiting('late')];
    expect(lines({ queues }, { ...lost, gone })).toEqual(['no_consumer early', 'no_consumer late']);
  });

  test('never across vhosts, since their viewers differ', () => {
    const gone = ['one', 'two'].map((vhost) => goneConsumer('t', 'mail', { vhost }));
    const queues = ['one', 'two'].map((vhost) => waiting('mail', { vhost }));
    expect(judged({ queues }, { ...lost, gone }).lines.map((a) => a.vhost)).toEqual(['one', 'two']);
  });
});

test('consumers that come and go explain the queue without one, its storm and its dead letters', () => {
  const gone = times(4, (i) =>
    goneConsumer(`c${i}`, 'work', {
      goneAt: NOW - (i + 1) * 60_000,
      connectedAt: NOW - (i + 1) * 60_000 - 9_000,
    }),
  );
  const storm = timeline(times(13, () => ({ ready: 9, deliver: 20, redeliver: 18 })));
  const queues = [
    waiting('work', { ...toDlq, rates: { publish: 0, deliver: 20, ack: 0, redeliver: 18 } }),
    dlq,
  ];
  const scene = { ...lost, gone, points: { work: storm, dlq: rising } };
  const { found, lines: said } = judged({ queues }, { ...scene, unattendedFor: 20_000 });
  expect(found.map((a) => a.code)).toEqual([
    'dead_letters_rising',
    'no_consumer',
    'redelivery_storm',
    'consumers_flapping',
  ]);
  expect(said.map(drawn)).toEqual(['consumers_flapping work > dlq work work']);
});

test('consumers that are stuck explain the queue that grows and comes to its limit', () => {
  //  unacked 10 of 10, acks 0 for 5 min   ready 7,150 ──▶ 9,590 of 10,000
  const limits = { ...queue('x').limits, maxLength: 10_000 };
  const stuck = queue('work', { ready: 9_590, unacked: 10, total: 9_600, limits });
  const work = timeline(times(62, (i) => ({ ready: 7_150 + i * 40, unacked: 10, publish: 2 })));
  expect(judged({ queues: [stuck] }, { points: { work } }).found.map((a) => a.code)).toEqual([
    'growing',
    'unacked_stuck',
    'near_limit',
  ]);
  expect(lines({ queues: [stuck] }, { points: { work } })).toEqual(['unacked_stuck work > work work']);
});

test('what has nothing to do with each other stays apart', () => {
  const queues = [waiting('mail'), queue('sms', { state: 'crashed', total: null, node: null })];
  expect(lines({ queues }, lost)).toEqual(['queue_down sms', 'no_consumer mail']);
});
