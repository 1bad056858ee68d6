import { expect, test } from 'vitest';
import { consumer, goneConsumer, queue, snapshot } from '../../test/build.ts';
import type { ChannelInfo } from '../broker/consumers.ts';
import type { Consumer, ConsumerRow, GoneConsumer, Queue } from '../model/broker.ts';
import { long } from './condition-words.ts';
import { createConditions, type Heard } from './conditions.ts';

const CONNECTION = '10.0.0.2:50000 -> 10.0.0.1:5672';
const SECOND = 1_000;
const MINUTE = 60_000;

interface Moment {
  unacked?: number;
  ready?: number | null;
  /** Since the channel was opened. */
  acked?: number;
  delivered?: number;
  pushed?: number;
  /** The channels could not be read. */
  unread?: boolean;
  /** The same answer as before, given again. */
  again?: boolean;
  consumers?: Consumer[];
  gone?: GoneConsumer[];
  queue?: Partial<Queue>;
  counted?: boolean;
  state?: string;
}

/** Plays readings, one each 2 s from second 1,000 on; `until` plays the same until that second. */
function stage(of: Partial<Consumer> = {}, options: { stuckMs?: number } = {}) {
  const conditions = createConditions(options);
  let second = 1_000;
  let channelsAt = 0;
  const one = (more: Partial<Consumer>) => consumer('worker', 'work', { ...of, ...more });
  function read(m: Moment): ConsumerRow[] {
    const now = second * SECOND;
    second += 2;
    if (!m.again) channelsAt = now;
    const { unacked = 0, acked = 0, ready = 0 } = m;
    const delivered = m.delivered ?? acked + unacked;
    const channel: Omit<ChannelInfo, 'name'> = {
      unacked,
      deliverRate: 0,
      ackRate: 0,
      globalPrefetch: 0,
      counts: m.counted === false ? null : { acked, delivered, pushed: m.pushed ?? delivered },
    };
    const consumers = m.consumers ?? [one({ unacked: m.unread ? null : unacked })];
    const names = new Set(consumers.map((c) => `${c.connection} (1)`));
    const heard: Heard = {
      channels: m.unread ? null : [...names].map((name) => ({ name, ...channel })),
      channelsAt,
      connections: [
        {
          name: CONNECTION,
          vhost: '/',
          node: null,
          user: null,
          client: one({}).client,
          connectedAt: 0,
          state: m.state ?? 'running',
        },
      ],
      gone: m.gone ?? [],
      consumersKnown: true,
    };
    const queues = [queue('work', { ready, utilisation: 0.1, ...m.queue })];
    return conditions.after(snapshot({ readAt: now, queues, consumers }), heard);
  }
  return {
    conditions,
    read,
    one,
    at: () => second,
    now: () => second * SECOND,
    /** The row after the last reading before `end`. */
    until(end: number, m: Moment): ConsumerRow | undefined {
      let row: ConsumerRow | undefined;
      while (second < end) [row] = read(m);
      return row;
    },
  };
}

// unacked  0 ──── 12 ─────────────────────────────── 12, ack ──▶
// shown    idle   working            stuck (3 min)   working
test('it holds messages and acks none for three minutes: stuck, until it acks one', () => {
  const s = stage({ prefetch: 20 });
  expect(s.until(1_010, {})).toMatchObject({ condition: 'idle', since: null, oldestUnacked: null });
  const empty = s.now() - 2 * SECOND;
  const held = { unacked: 12 };
  const first = s.now();
  expect(s.until(1_180, held)).toMatchObject({
    condition: 'working',
    // handed to it after the list said empty, which may have been 7 s old, and not after it first said 12
    oldestUnacked: { earliest: empty - 7 * SECOND, latest: first },
  });
  const stuck = s.until(1_192, held);
  expect(stuck).toMatchObject({ condition: 'stuck', since: first });
  expect(stuck?.words).toMatch(/^12 unacked, nothing acked for over 3 min\. .*consumer_timeout/);
  // its words rest between readings, and so does its row
  const [again] = s.read(held);
  expect(again).toBe(stuck);
  expect(s.until(1_260, held)?.words).toContain('over 4 min');
  expect(s.read({ unacked: 12, acked: 1 })[0]).toMatchObject({ condition: 'working', oldestUnacked: null });
});

// slow jobs:  4 min ──ack── 4 min ──ack── 4 min …      longest pause 4 min: trouble begins at 12 min
test('one that takes four minutes a job is stuck once, until it is known to be slow', () => {
  const s = stage({ prefetch: 1 });
  expect(s.until(1_240, { unacked: 1, acked: 0 })?.condition).toBe('stuck');
  expect(s.until(1_480, { unacked: 1, acked: 1 })?.condition).toBe('working');
  expect(s.until(2_100, { unacked: 1, acked: 2 })?.condition).toBe('working');
  expect(s.until(2_240, { unacked: 1, acked: 2 })?.condition).toBe('stuck');
});

test('a rejected message is settled too, though the broker counts no rejects', () => {
  const s = stage({ prefetch: 1 });
  for (let rejected = 0; rejected < 150; rejected++)
    expect(s.read({ unacked: 1, acked: 0, delivered: rejected + 1 })[0]?.condition).toBe('working');
});

// unacked counts up first, the counter of deliveries 5 s later: nothing was settled
test('figures of different ages are not an ack', () => {
  const s = stage({ prefetch: 20 });
  s.until(1_006, {});
  s.until(1_012, { unacked: 12, delivered: 0 });
  expect(s.until(1_200, { unacked: 12, delivered: 12 })).toMatchObject({
    condition: 'stuck',
    since: 1_006 * SECOND,
  });
});

// ready    5 5 5 5 …             unacked 10 of 10, acks go on
// shown    working   saturated (20 s)      … 6 of 10 for 10 s: stays … for 30 s: working
test('full while messages wait, and acking: saturated after twenty seconds, and not less at each dip', () => {
  const s = stage();
  let acked = 0;
  const busy = (end: number, m: Moment) => {
    let row: ConsumerRow | undefined;
    for (; s.at() < end; acked += 3) [row] = s.read({ unacked: 10, ready: 5, acked, ...m });
    return row;
  };
  expect(busy(1_018, {})?.condition).toBe('working');
  const row = busy(1_024, {});
  expect(row).toMatchObject({ condition: 'saturated', since: null });
  expect(row?.words).toMatch(/^It holds all 10 .* The queue could hand on at once less than a quarter/);
  expect(busy(1_034, { unacked: 6 })?.condition).toBe('saturated');
  expect(busy(1_050, {})?.condition).toBe('saturated');
  expect(busy(1_080, { unacked: 6 })?.condition).toBe('working');
});

test('full with a queue that can hand on nearly always is no trouble, nor is a reader of a stream', () => {
  for (const more of [{ utilisation: 0.97 }, { type: 'stream' as const, utilisation: 0.1 }]) {
    const s = stage();
    for (let acked = 0; acked < 300; acked += 3)
      expect(s.read({ unacked: 10, ready: 5, acked, queue: more })[0]?.condition).toBe('working');
  }
});

// ready    0 0 9 9 9 9 9 9 9 9 9 9 9 9      delivered 40 ──────────────────────── 41
// shown    idle ─────────────────────── idle with messages waiting (15 s) ─────── working
test('messages wait, it has room and is handed none: said after fifteen seconds, over at the first message', () => {
  const s = stage();
  s.until(1_010, { delivered: 40, acked: 40 });
  const passed = { ready: 9, delivered: 40, acked: 40 };
  const began = s.now();
  expect(s.until(1_024, passed)?.condition).toBe('idle');
  const row = s.until(1_028, passed);
  expect(row).toMatchObject({ condition: 'idle with messages waiting', since: began });
  expect(row?.words).toMatch(/room for 10 more, yet it was handed none/);
  const down = stage();
  const minority = down.until(1_030, { ready: 9, queue: { state: 'minority' } });
  expect(minority?.words).toContain('in state "minority"');
  expect(s.read({ ready: 9, delivered: 41, acked: 40, unacked: 1 })[0]?.condition).toBe('working');
});

test('a queue seen full at every reading while its consumers are handed messages has no idle one', () => {
  const s = stage({ ackRequired: false });
  for (let pushed = 0; pushed < 60; pushed++)
    expect(s.read({ ready: 9, pushed: 1 + Math.floor(pushed / 4) })[0]?.condition).not.toMatch(/^idle/);
});

test('a list read every 30 s tells it after three readings, not sooner', () => {
  const s = stage();
  expect(s.until(1_004, { ready: 9 })?.condition).toBe('unknown');
  s.until(1_070, { ready: 9, again: true });
  // many readings of the depth, one of the channels: nothing is known of what it was handed
  expect(s.read({ ready: 9, again: true })[0]?.condition).toBe('unknown');
  expect(s.read({ ready: 9 })[0]?.condition).toBe('idle with messages waiting');
});

test('channels that cannot be read for a moment make nobody unknown; for longer they do', () => {
  const s = stage();
  s.until(1_010, { unacked: 2 });
  expect(s.until(1_018, { unread: true })?.condition).toBe('working');
  expect(s.until(1_030, { unread: true })?.condition).toBe('unknown');
  expect(s.read({ unacked: 2 })[0]?.condition).toBe('working');
  const uncounted = stage().until(1_030, { unacked: 2, counted: false });
  expect(uncounted).toMatchObject({ condition: 'unknown', oldestUnacked: null });
  expect(uncounted?.words).toMatch(/^Metrics collection is off/);
});

test('the single active consumer works; the others wait, whatever lies in the queue', () => {
  const s = stage({ active: false, activity: 'waiting' });
  expect(s.until(1_040, { ready: 9 })).toMatchObject({ condition: 'waiting', oldestUnacked: null });
});

test('consumers of one channel are full together only, and their words say that they share it', () => {
  const s = stage();
  const two = (unacked: number) => ['a', 'b'].map((tag) => ({ ...s.one({ unacked }), tag }));
  const held = (unacked: number, end: number) => {
    let rows: ConsumerRow[] = [];
    while (s.at() < end) rows = s.read({ unacked, ready: 3, acked: s.at(), consumers: two(unacked) });
    return rows.map((r) => r.condition);
  };
  expect(held(10, 1_040)).toEqual(['working', 'working']);
  expect(held(20, 1_080)).toEqual(['saturated', 'saturated']);
  const [row] = s.read({ unacked: 20, ready: 3, acked: 2_000, consumers: two(20) });
  expect(row?.words).toContain('shares with another consumer');
});

test('a blocked connection explains why nothing is acked', () => {
  const row = stage({}, { stuckMs: 10 * SECOND }).until(1_020, { unacked: 3, state: 'blocked' });
  expect(row).toMatchObject({ condition: 'stuck' });
  expect(row?.words).toMatch(/blocked by a memory or disk alarm/);
});

// ● came  ✕ went      ●──✕ ●──✕ ●──✕ ●──────────────────────────▶
// shown                              flapping ── 10 min ── as it does
test('its like came and went three times in ten minutes: flapping, until that is long ago', () => {
  const s = stage({ peer: '10.0.0.2:50000', client: { ...consumer('', '').client, name: 'billing-7f3a91' } });
  s.until(1_002, { consumers: [] });
  const went = (n: number) =>
    goneConsumer('worker', 'work', {
      peer: `10.0.0.2:6000${n}`,
      connection: `10.0.0.2:6000${n} -> 10.0.0.1:5672`,
      client: { ...consumer('', '').client, name: `billing-${n}f3a91` },
      connectedAt: (1_000 + n * 20) * SECOND,
      goneAt: (1_010 + n * 20) * SECOND,
      cause: 'client lost',
    });
  s.until(1_100, { consumers: [] });
  const gone = [3, 2, 1].map(went);
  expect(s.read({ gone: gone.slice(1) })[0]?.condition).not.toBe('flapping');
  const [row] = s.read({ gone });
  expect(row).toMatchObject({ condition: 'flapping', since: 1_030 * SECOND });
  expect(row?.words).toMatch(/came and went 3 times in 10 min, the last by: client lost\./);
  expect(s.until(1_620, { gone })?.condition).toBe('flapping');
  expect(s.until(1_680, { gone })?.condition).toBe('idle');
});

test('a service of five that is deployed twice in ten minutes does not flap, nor one that the broker lost', () => {
  const s = stage();
  const of = (n: number, more: Partial<GoneConsumer> = {}) =>
    goneConsumer('worker', 'work', {
      connection: `c${n}`,
      connectedAt: 950 * SECOND,
      goneAt: (980 + n) * SECOND,
      ...more,
    });
  const pods = [1, 2, 3, 4, 5].map((n) => s.one({ connection: `new${n}` }));
  const gone = [1, 2, 3, 4, 5].map((n) => of(n));
  expect(new Set(s.read({ consumers: pods, gone }).map((r) => r.condition))).not.toContain('flapping');
  const lost = [1, 2, 3].map((n) => of(n, { cause: 'node restarted' }));
  expect(s.read({ gone: lost })[0]?.condition).not.toBe('flapping');
});

test('rows keep their places whatever order the broker lists them in', () => {
  const s = stage();
  const [a, b, c] = ['a', 'b', 'c'].map((tag) => ({ ...s.one({}), tag }));
  if (!a || !b || !c) throw new Error('three');
  const tags = (consumers: Consumer[]) => s.read({ consumers }).map((r) => r.tag);
  expect(tags([a, b])).toEqual(['a', 'b']);
  expect(tags([c, b, a])).toEqual(['a', 'b', 'c']);
  expect(tags([c, a])).toEqual(['a', 'c']);
});

test('ages grow in steps', () => {
  expect([5 * SECOND, 34 * SECOND, MINUTE, 6 * MINUTE, 59 * MINUTE, 179 * MINUTE].map(long)).toEqual([
    '10 s',
    '30 s',
    '1 min',
    '5 min',
    '45 min',
    '2 h',
  ]);
});
