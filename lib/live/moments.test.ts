import { describe, expect, it } from 'vitest';
import { consumer, goneConsumer, node, queue, snapshot } from '../../test/build.ts';
import type { GoneConsumer, Snapshot } from '../model/broker.ts';
import type { BrokerEvent } from '../model/broker-event.ts';
import type { Moment } from '../model/moment.ts';
import { createMomentRecorder } from './moments.ts';

const T0 = 1_700_000_000_000;
const S = 1_000;

function world({ before = null }: { before?: number | null } = {}) {
  const rows = new Map<string, Moment>();
  const told: BrokerEvent[] = [];
  const recorder = createMomentRecorder({
    store: {
      add: (list) => {
        for (const one of list) rows.set(one.id, one);
      },
      list: () => [],
      grouped: () => [],
      alive: () => before,
      forget: () => 0,
      close: () => {},
    },
    events: (_vhosts, from, to) => told.filter((e) => e.at >= from && e.at <= to),
    clock: () => T0,
  });
  return {
    recorder,
    told,
    read: (seconds: number, more: Partial<Snapshot> = {}, goneOnes: readonly GoneConsumer[] = []) =>
      recorder.read(snapshot({ readAt: T0 + seconds * S, ...more }), goneOnes),
    rows: () => [...rows.values()].map((m) => `${(m.at - T0) / S} ${m.source} ${m.kind}: ${m.words}`),
    all: () => [...rows.values()],
  };
}

const event = (seconds: number, kind: BrokerEvent['kind'], more: Partial<BrokerEvent> = {}): BrokerEvent => ({
  id: `${kind} ${seconds}`,
  at: T0 + seconds * S,
  kind,
  source: 'event',
  vhost: '/',
  queue: null,
  connection: null,
  consumerTag: null,
  user: null,
  node: null,
  words: `told ${kind}`,
  ...more,
});

describe('what happened', () => {
  it('is nothing at the first reading, however much is there', () => {
    const w = world();
    w.read(0, { queues: [queue('a'), queue('b')], consumers: [consumer('c1', 'a')] });
    expect(w.rows()).toEqual([]);
  });

  it('is a queue that came or went between two readings, not one that could not be read', () => {
    //  read    a b   a c   (nothing can be read)   a c
    const w = world();
    const both = ['depths', 'rates'].map((what) => ({ what, why: '', since: T0, mend: '' }));
    w.read(0, { queues: [queue('a'), queue('b')] });
    w.read(5, { queues: [queue('a'), queue('c')] });
    w.read(10, { queues: [], missing: both });
    w.read(15, { queues: [queue('a'), queue('c')] });
    expect(w.rows()).toEqual([
      '5 read queue declared: Queue c was declared.',
      '5 read queue deleted: Queue b was deleted.',
    ]);
  });

  it('a storm is one row that counts', () => {
    const w = world();
    const many = Array.from({ length: 1_240 }, (_, i) => queue(`q${i}`));
    w.read(0, { queues: [] });
    w.read(5, { queues: many.slice(0, 1_000) });
    w.read(10, { queues: many });
    expect(w.rows()).toEqual(['10 read queue declared: 1,240 queues were declared within a minute.']);
    expect(w.all()[0]?.queue).toBeNull();
  });

  it('is one moment when it is read first and told later: the time of the one, the cause of the other', () => {
    //  reading 5 s: gone, nobody knows why ── event of 4 s comes late ── reading 10 s: the cause is known
    const w = world();
    const one = consumer('c1', 'a');
    w.read(0, { queues: [queue('a')], consumers: [one] });
    w.read(5, { queues: [queue('a')] });
    w.told.push(
      event(4, 'consumer.deleted', { queue: 'a', connection: one.connection, consumerTag: 'c1', words: 'x' }),
    );
    const why = goneConsumer('c1', 'a', {
      goneAt: T0 + 5 * S,
      cause: 'heartbeat missed',
      reason: 'It hung.',
    });
    w.read(10, { queues: [queue('a')] }, [why]);
    expect(w.rows()).toEqual([
      '4 told consumer gone: Consumer c1 of queue a went: heartbeat missed. It hung.',
    ]);
  });

  it('is told once when the event is there before the reading, and twice when it happened twice', () => {
    const w = world();
    const of = { queue: 'a', connection: 'c', consumerTag: 't' };
    w.read(0);
    w.told.push(
      event(1, 'consumer.created', of),
      event(2, 'consumer.deleted', of),
      event(3, 'consumer.created', of),
    );
    w.read(5, { consumers: [consumer('t', 'a', { connection: 'c' })] });
    w.read(10, { consumers: [consumer('t', 'a', { connection: 'c' })] });
    expect(w.rows().map((r) => r.split(':')[0])).toEqual([
      '1 told consumer came',
      '3 told consumer came',
      '2 told consumer gone',
    ]);
  });

  it('is a node that was down, came back and was restarted, and its alarms', () => {
    const w = world();
    const at = (running: boolean, uptimeMs: number | null, memoryAlarm = false) => ({
      nodes: [node('rabbit@one', { running, uptimeMs, memoryAlarm })],
    });
    w.read(0, at(true, 500_000));
    w.read(5, at(false, null));
    w.read(10, at(true, 2_000));
    w.read(15, at(true, 7_000, true));
    w.read(20, at(true, 12_000));
    expect(w.rows().map((r) => r.split(':')[0])).toEqual([
      '5 read node down',
      '10 read node restarted',
      '15 read alarm set',
      '20 read alarm cleared',
    ]);
  });

  it('is an alarm, and a queue, that came again within the minute: the last row is how it stands', () => {
    const w = world();
    const at = (memoryAlarm: boolean) => ({
      nodes: [node('rabbit@one', { memoryAlarm })],
      queues: memoryAlarm ? [queue('a')] : [],
    });
    for (const [i, alarm] of [false, true, false, true].entries()) w.read(10 * i, at(alarm));
    expect(w.rows().map((r) => r.split(':')[0])).toEqual([
      '10 read alarm set',
      '10 read queue declared',
      '20 read alarm cleared',
      '20 read queue deleted',
      '30 read alarm set',
      '30 read queue declared',
    ]);
  });

  it('is what was told while the broker could not be read', () => {
    const w = world();
    w.read(0);
    w.told.push(event(40, 'connection.closed', { connection: 'c' }));
    w.read(120);
    w.read(122);
    expect(w.rows()).toEqual(['40 told connection gone: told connection.closed']);
  });

  it('is the broker away once, and back', () => {
    const w = world();
    w.read(0);
    w.recorder.away(T0 + 5 * S, 'refused.');
    w.recorder.away(T0 + 5 * S, 'timed out.');
    w.read(125);
    expect(w.rows()).toEqual([
      '5 read broker away: The broker could not be reached: refused.',
      '125 read broker back: The broker answers again, after 2 min.',
    ]);
  });

  it('says after a start for how long nobody had looked', () => {
    const w = world({ before: T0 - 3_660 * S });
    w.read(1);
    expect(w.rows()).toEqual([
      '0 read hoplight started: Hoplight started; for 61 min before nobody had looked at the broker.',
    ]);
  });

  it('goes on when the disk does not take it', () => {
    const recorder = createMomentRecorder({
      store: {
        add: () => {
          throw new Error('full');
        },
        list: () => [],
        grouped: () => [],
        alive: () => null,
        forget: () => 0,
        close: () => {},
      },
      events: () => [],
      clock: () => T0,
    });
    recorder.read(snapshot({ readAt: T0 }), []);
    expect(() => recorder.read(snapshot({ readAt: T0 + S, queues: [queue('a')] }), [])).not.toThrow();
  });
});
