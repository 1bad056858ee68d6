import { describe, expect, test } from 'vitest';
import { consumer, goneConsumer, node, queue } from '../../test/build.ts';
import { codes, type Figures, look, NOW, ready, type Scene, SLOT, timeline } from '../../test/judge.ts';
import type { Queue, Snapshot } from '../model/broker.ts';
import type { Attention } from '../model/live.ts';

/** Readings one after the other, each with what was said after the one before; the codes of each. */
function played(scenes: readonly [Partial<Snapshot>, Scene?][]): string[][] {
  let previous: Attention[] = [];
  return scenes.map(([s, scene]) => {
    previous = look(s, { ...scene, previous });
    return codes(previous);
  });
}
const times = <T>(n: number, one: (i: number) => T) => Array.from({ length: n }, (_, i) => one(i));

test('a quiet broker needs no look, whatever is set up on it', () => {
  const limits = { ...queue('x').limits, maxLength: 1_000, deliveryLimit: 20 };
  const queues = [
    queue('work', {
      type: 'quorum',
      limits,
      deadLetter: { exchange: '', routingKey: 'dlq', from: 'policy' },
    }),
    queue('dlq', { consumers: 0 }),
    queue('log', { type: 'stream', ready: 9_000, total: 9_000, consumers: 0 }),
    queue('latest', { ready: 1, total: 1, limits: { ...limits, maxLength: 1 } }),
    queue('steady', {
      ready: 3,
      unacked: 20,
      total: 23,
      rates: { publish: 50, deliver: 50, ack: 50, redeliver: 0 },
    }),
  ];
  const busy = timeline(times(60, () => ({ ready: 3, unacked: 20, publish: 50, deliver: 50, ack: 50 })));
  const idle = timeline(times(60, () => ({})));
  const points = { work: idle, dlq: idle, steady: busy, latest: ready(times(60, () => 1)) };
  expect(look({ queues }, { points, totals: busy, unattendedFor: 3_600_000 })).toEqual([]);
});

describe('consumers that do not keep up', () => {
  const deep = (n: number, more: Partial<Queue> = {}) => [
    queue('mail', { ready: n, total: n, consumers: 2, ...more }),
  ];
  const falling = (from: number, each: number, more: Figures) =>
    ready(
      times(60, (i) => from - i * each),
      more,
    );

  test('a deep queue that falls slowly: how long it takes, and what comes now waits', () => {
    //  ready  12,059 ╲ 2 in 5 s ╲ 11,941    taken 10/s → empty in 8 h, the last waits 20 min
    const points = { mail: falling(12_059, 2, { ack: 10, deliver: 10, publish: 9.6 }) };
    expect(look({ queues: deep(11_941) }, { points })).toMatchObject([
      {
        code: 'growing',
        words:
          '2 consumers cannot catch up: at this pace it takes 8 h to drain, and what comes now waits 20 min',
        figure: '11,941 ready',
      },
    ]);
  });

  test('one that stays as deep as it is never drains', () => {
    const points = {
      mail: ready(
        times(60, () => 20_000),
        { deliver: 10, ack: 0 },
      ),
    };
    expect(look({ queues: deep(20_000) }, { points })[0]?.words).toContain('at this pace it never drains');
  });

  test('is not said of a deep queue that moves fast, or is empty soon', () => {
    const fast = {
      mail: ready(
        times(60, () => 20_000),
        { deliver: 500, ack: 500 },
      ),
    };
    expect(look({ queues: deep(20_000) }, { points: fast })).toEqual([]);
    const soon = { mail: falling(20_000, 100, { deliver: 25, ack: 25 }) };
    expect(look({ queues: deep(14_100) }, { points: soon })).toEqual([]);
  });

  test('comes at an hour to drain, and stays until half an hour', () => {
    //  drains in   70 min   45 min   20 min   45 min
    //  said        yes      yes      no       no
    const drains = (minutes: number): [Partial<Snapshot>, Scene] => {
      const each = (20_000 / (minutes * 60)) * 5;
      return [{ queues: deep(20_000) }, { points: { mail: falling(20_000 + 59 * each, each, { ack: 20 }) } }];
    };
    expect(played([70, 45, 20, 45].map(drains))).toEqual([['growing mail'], ['growing mail'], [], []]);
  });

  test('says that they take nothing while messages wait and none is held', () => {
    const points = {
      mail: ready(
        times(13, () => 80),
        { deliver: 0, ack: 0 },
      ),
    };
    expect(look({ queues: deep(80) }, { points })[0]?.words).toBe(
      '2 consumers took nothing for 60 s while messages wait',
    );
  });

  test('is seen where the broker is read each 20 s only', () => {
    const seldom = ready(times(40, (i) => (i % 4 === 3 ? 100 + i * 50 : null)));
    expect(codes(look({ queues: deep(2_050) }, { points: { mail: seldom } }))).toEqual(['growing mail']);
  });
});

describe('redelivery storm', () => {
  const storm = (n: number, redeliver: number, deliver = 200) =>
    timeline(times(n, () => ({ ready: 5, deliver, ack: deliver - redeliver, redeliver })));
  const poisoned = (redeliver: number, more: Partial<Queue> = {}) => [
    queue('work', { consumers: 2, rates: { publish: 1, deliver: 200, ack: 1, redeliver }, ...more }),
  ];
  const quorum = (deliveryLimit: number | null, more: Partial<Queue> = {}): Partial<Queue> => ({
    type: 'quorum',
    limits: { ...queue('x').limits, deliveryLimit },
    ...more,
  });

  test('says the share, who does it, and what ends it', () => {
    const points = { work: storm(13, 180) };
    expect(look({ queues: poisoned(180) }, { points })).toMatchObject([
      {
        code: 'redelivery_storm',
        words:
          '90 % of deliveries are redeliveries: consumers put messages back or end before the ack. Nothing ends it: there is no delivery limit',
        figure: '180/s again',
      },
    ]);
    expect(look({ queues: poisoned(180, quorum(20)) }, { points })[0]?.words).toContain(
      'After 20 returns a message is dropped',
    );
    expect(look({ queues: poisoned(180, quorum(-1)) }, { points })[0]?.words).toContain('Nothing ends it');
    const unsaid = { queues: poisoned(180, quorum(null)), version: '4.0.5' };
    expect(look(unsaid, { points })[0]?.words).toContain('After 20 returns');
    expect(look({ ...unsaid, version: '3.10.8' }, { points })[0]?.words).toContain('Nothing ends it');
  });

  test('a client that ended and gave back what it held is none', () => {
    //  delivered/s, all of it again   0 0 0 0 … 0 400 300
    const burst = timeline(
      times(13, (i) => (i < 11 ? { ready: 5 } : { ready: 5, deliver: 400, redeliver: i === 11 ? 400 : 300 })),
    );
    expect(look({ queues: poisoned(300) }, { points: { work: burst } })).toEqual([]);
  });

  test('comes at half of the deliveries, stays until a quarter, and is not said while rates are unknown', () => {
    //  share   40 %   60 %   30 %   20 %   30 %
    //  said    no     yes    yes    no     no
    const at = (share: number): [Partial<Snapshot>, Scene] => [
      { queues: poisoned(2 * share) },
      { points: { work: storm(13, 2 * share) } },
    ];
    const storming = ['redelivery_storm work'];
    expect(played([40, 60, 30, 20, 30].map(at))).toEqual([[], storming, storming, [], []]);
    const unknown = timeline(times(13, () => ({ ready: 5, deliver: null, redeliver: null })));
    expect(look({ queues: poisoned(180) }, { points: { work: unknown } })).toEqual([]);
  });
});

describe('near its limit', () => {
  const filled = (n: number, more: Partial<Queue['limits']> = {}, rest: Partial<Queue> = {}) =>
    queue('work', {
      ready: n,
      total: n,
      limits: { ...queue('x').limits, maxLength: 10_000, ...more },
      ...rest,
    });
  const wordsOf = (q: Queue) =>
    look({ queues: [q, queue('dlq')] }).find((a) => a.code === 'near_limit')?.words;

  test('comes at 90 %, stays until 80 %, full until 95 %', () => {
    //  ready   8,900   9,000   8,100   10,000   9,600   9,400   7,900
    const found: string[] = [];
    let previous: Attention[] = [];
    for (const n of [8_900, 9_000, 8_100, 10_000, 9_600, 9_400, 7_900]) {
      previous = look({ queues: [filled(n)] }, { previous });
      found.push(previous.map((a) => a.level).join());
    }
    expect(found).toEqual(['', 'warn', 'warn', 'dead', 'dead', 'warn', '']);
  });

  test('says what the broker does beyond', () => {
    const dlq: Partial<Queue> = { deadLetter: { exchange: '', routingKey: 'dlq', from: 'argument' } };
    expect(wordsOf(filled(9_120))).toBe(
      '91 % of its limit of 10,000 messages: when full, each new message drops the oldest for good',
    );
    expect(wordsOf(filled(10_000, { overflow: 'drop-head' }, dlq))).toBe(
      '100 % of its limit of 10,000 messages: full, and each new message pushes the oldest out, as a dead letter',
    );
    expect(wordsOf(filled(9_120, { overflow: 'reject-publish' }))).toContain(
      'refuses what is published (nack); without',
    );
    expect(wordsOf(filled(9_120, { overflow: 'reject-publish-dlx' }, dlq))).toContain('dead-letters it');
  });

  test('by bytes of the ready messages; not of streams, nor of a queue that keeps the latest', () => {
    const bytes = filled(
      50,
      { maxLength: null, maxLengthBytes: 1024 ** 2 },
      { unacked: 50, total: 100, bytes: 2 * 0.95 * 1024 ** 2 },
    );
    expect(wordsOf(bytes)).toContain('95 % of its limit of 1.0 MiB');
    expect(wordsOf({ ...bytes, type: 'stream' })).toBeUndefined();
    expect(wordsOf(filled(1, { maxLength: 1 }))).toBeUndefined();
    expect(wordsOf(filled(1, { maxLength: 1, overflow: 'reject-publish' }))).toContain('100 %');
  });
});

describe('consumers that come and go', () => {
  const MINUTE = 60_000;
  const lost = (agoMinutes: number, livedMinutes: number, more = {}) =>
    goneConsumer(`c${agoMinutes}`, 'work', {
      goneAt: NOW - agoMinutes * MINUTE,
      connectedAt: NOW - (agoMinutes + livedMinutes) * MINUTE,
      ...more,
    });
  const queues = [queue('work')];

  test('are said at the fourth loss within ten minutes, until there was none for ten', () => {
    //  lost      8    6    4    2 min ago │ 9 min later: one is left │ none
    const four = [2, 4, 6, 8].map((m) => lost(m, 1, m === 2 ? { cause: 'channel error', code: 406 } : {}));
    expect(look({ queues }, { gone: four.slice(0, 3) })).toEqual([]);
    const [said] = look({ queues }, { gone: four });
    expect(said).toMatchObject({
      code: 'consumers_flapping',
      words:
        'consumers come and go: lost 4 times in 10 min, soon after each start; the last by channel error 406',
      figure: '4 lost',
    });
    const flapping = ['consumers_flapping work'];
    expect(
      played([
        [{ queues }, { gone: four }],
        [{ queues }, { gone: [lost(9, 1)] }],
        [{ queues }, { gone: [lost(11, 1)] }],
      ]),
    ).toEqual([flapping, flapping, []]);
  });

  test('a deployment that replaces long-lived ones, a client that ends as it means to, or all at once, is none', () => {
    const deployed = times(6, (i) => lost(i + 1, 100));
    const meant = times(6, (i) => lost(i + 1, 1, { cause: 'client closed' }));
    const atOnce = times(6, (i) => lost(3, 1, { tag: `c${i}` }));
    for (const gone of [deployed, meant, atOnce]) expect(look({ queues }, { gone })).toEqual([]);
  });

  test('one connection that loses one channel after the other is', () => {
    const gone = times(4, (i) => lost(i + 1, 100, { how: 'channel', cause: 'channel error', code: 404 }));
    expect(codes(look({ queues }, { gone }))).toEqual(['consumers_flapping work']);
  });
});

describe('an alarm', () => {
  const alarmed = [node('rabbit@one', { memoryAlarm: true })];
  const stopped = timeline(times(60, (i) => ({ publish: i < 40 ? 1_200 : 0 })));

  test('that is felt says how many connections wait and since when nothing comes', () => {
    const found = look({ nodes: alarmed, blockedConnections: 4 }, { totals: stopped });
    expect(found[1]).toMatchObject({
      code: 'publishers_blocked',
      words: '4 connections blocked from publishing: nothing was published for 95 s, 1,200/s before.',
      figure: '4 blocked',
    });
  });

  test('that nobody feels stands alone', () => {
    const still = timeline(times(60, () => ({ publish: 0 })));
    expect(codes(look({ nodes: alarmed }, { totals: still }))).toEqual(['alarm']);
    const goesOn = timeline(times(60, () => ({ publish: 50 })));
    expect(codes(look({ nodes: alarmed }, { totals: goesOn }))).toEqual(['alarm']);
    expect(look({ blockedConnections: 4 }, { totals: stopped })).toEqual([]);
  });
});

describe('nothing blinks', () => {
  test('one failed reading ends nothing, and is no new trouble', () => {
    //  reading   1          2 (no figures)   3
    const waiting = queue('mail', { consumers: 0, ready: 9, total: 9 });
    const dark = queue('mail', { consumers: null, ready: null, unacked: null, total: null, state: null });
    const scene: Scene = { unattendedFor: 60_000, had: true, points: { mail: timeline([{}, {}]) } };
    const said = ['no_consumer mail'];
    expect(
      played([
        [{ queues: [waiting] }, scene],
        [{ queues: [dark] }, scene],
        [{ queues: [waiting] }, scene],
      ]),
    ).toEqual([said, said, said]);
    expect(look({ queues: [dark] }, scene)).toEqual([]);
  });

  test('a queue without consumer that is empty for a moment still has none', () => {
    const empty = queue('mail', { consumers: 0 });
    const scene = (depths: number[]): Scene => ({
      unattendedFor: 60_000,
      had: true,
      points: { mail: ready(depths, {}) },
    });
    expect(
      played([
        [{ queues: [{ ...empty, ready: 2, total: 2 }] }, scene([2, 2, 2])],
        [{ queues: [empty] }, scene([2, 2, 0])],
        [{ queues: [empty] }, scene([0, 0, 0])],
      ]),
    ).toEqual([['no_consumer mail'], ['no_consumer mail'], []]);
  });

  test('a queue that somebody empties by asking is not without a consumer', () => {
    const asked = queue('mail', { consumers: 0, ready: 5, total: 5 });
    const points = { mail: ready([9, 7, 5], { deliver: 0.4 }) };
    expect(look({ queues: [asked] }, { points, unattendedFor: 600_000 })).toEqual([]);
    // the deliveries of the consumer that went a moment ago are none
    expect(codes(look({ queues: [asked] }, { points, unattendedFor: 20_000 }))).toEqual(['no_consumer mail']);
  });

  test('one lone ack does not end that nothing is acked, two do', () => {
    const held = [queue('work', { ready: 5, unacked: 10, total: 15, consumers: 1 })];
    const acked = (n: number): [Partial<Snapshot>, Scene] => [
      { queues: held, consumers: [consumer('a', 'work')] },
      {
        points: {
          work: timeline(times(20, (i) => ({ ready: 5, unacked: 10, ack: i > 14 && i <= 14 + n ? 1 : 0 }))),
        },
      },
    ];
    expect(played([acked(0), acked(1), acked(2)])).toEqual([
      ['unacked_stuck work'],
      ['unacked_stuck work'],
      [],
    ]);
  });

  test('dead letters that a consumer takes at once are not said, those that stay are', () => {
    const queues = (n: number) => [
      queue('work', { deadLetter: { exchange: '', routingKey: 'dlq', from: 'argument' } }),
      queue('dlq', { ready: n, total: n, consumers: 1 }),
    ];
    const points = (depths: number[]) => ({ points: { dlq: ready(depths) } });
    expect(look({ queues: queues(2) }, points([0, 1, 0, 0, 2, 0, 2]))).toEqual([]);
    expect(codes(look({ queues: queues(2) }, points([0, 0, 2, 2, 2, 2, 2, 2])))).toEqual([
      'dead_letters_rising dlq',
    ]);
  });
});

describe('as on other days', () => {
  const day = (ago: number, more = {}) => ({ ago, peak: 2_000, gain: 2_000, drained: true, ...more });
  const busy = [queue('billing', { consumers: 3, ready: 2_410, total: 2_410 })];
  const climb = { billing: ready(times(12, (i) => 100 + i * 210)) };
  const previous = look({ queues: busy }, { points: climb });

  test('growth like that of two earlier days is not said; while they are not looked up, what was said stays', () => {
    const grows = (scene: Scene) => codes(look({ queues: busy }, { points: climb, ...scene }));
    expect(grows({ usual: [day(1), day(2)] })).toEqual([]);
    expect(grows({ usual: [day(1)] })).toEqual(['growing billing']);
    expect(grows({ usual: [day(1, { drained: false }), day(2, { drained: false })] })).toEqual([
      'growing billing',
    ]);
    expect(grows({ usual: null })).toEqual([]);
    expect(grows({ usual: null, previous })).toEqual(['growing billing']);
    // 2,410 of 2,000 is within 1.5 to come, beyond 1.2 to go
    expect(grows({ usual: [day(1), day(2)], previous })).toEqual(['growing billing']);
  });

  test('a queue that is as deep as ever but grows as never is said', () => {
    const deep = [day(1, { peak: 2_500, gain: 20 }), day(2, { peak: 2_500, gain: 20 })];
    expect(codes(look({ queues: busy }, { points: climb, usual: deep }))).toEqual(['growing billing']);
  });

  test('dead letters that come each night lie there, they do not rise', () => {
    //  900 ──▶ 1,000 in 10 min, and 100 each night before
    const queues = [
      queue('work', { deadLetter: { exchange: '', routingKey: 'dlq', from: 'argument' } }),
      queue('dlq', { consumers: 0, ready: 1_000, total: 1_000 }),
    ];
    const points = { dlq: ready(times(120, (i) => (i < 60 ? 900 : 1_000))) };
    const nights = (gain: number) => [day(1, { gain, drained: false }), day(2, { gain, drained: false })];
    expect(look({ queues }, { points, usual: nights(100) })).toMatchObject([
      { code: 'dead_letters', words: '1,000 dead letters, +100 in 10 min, as on other days at this time' },
    ]);
    expect(codes(look({ queues }, { points, usual: nights(30) }))).toEqual(['dead_letters_rising dlq']);
  });
});

test('points end at the reading', () => {
  expect(timeline([{}, {}]).map((p) => NOW - p.at)).toEqual([SLOT, 0]);
});
