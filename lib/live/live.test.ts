import { describe, expect, test } from 'vitest';
import { queue } from '../../test/build.ts';
import { away, bareConsumer, fakeManagement, handTime } from '../../test/fake-management.ts';
import { HoplightError } from '../model/errors.ts';
import type { StatusCorner } from '../model/live.ts';
import { createLive, type LiveDeps } from './live.ts';
import { noTotals } from './snapshot.ts';
import type { Why } from './why-gone.ts';

const status: StatusCorner = {
  taps: [],
  capture: { received: 0, stored: 0, inMemory: 0, dropped: {} },
  store: { facts: 0, bytes: 0, limitBytes: 1, segments: 0, oldestAt: null, words: '', ok: true },
  amqp: { state: 'open', since: 0, reason: null },
  missing: [],
};

function start(more: Partial<LiveDeps> = {}) {
  const management = fakeManagement();
  const time = handTime();
  const live = createLive({
    management,
    config: { pollMs: 2_000 },
    clock: time.clock,
    wait: time.wait,
    status: () => status,
    judge: () => ({ found: [], lines: [] }),
    ...more,
  });
  return { management, time, live, world: management.world };
}

describe('freshness', () => {
  test('live → away with the last snapshot kept and dated → live within one retry', async () => {
    //  0 s      2 s        4 s      6 s
    //  read     refused    refused  read
    //  live     away ─────────────▶ live
    const { live, management, time, world } = start();
    world.queues = [queue('a', { ready: 3, total: 3 })];
    expect(live.freshness()).toMatchObject({ freshness: 'stale', readAt: null });
    live.start();
    await time.pause();
    const readAt = time.clock();
    expect(live.freshness()).toEqual({ freshness: 'live', readAt, since: null, reason: null });

    management.failing.set('overview', away());
    const toldAt: number[] = [];
    live.subscribe(() => toldAt.push(time.clock()));
    expect(await time.pass()).toBeLessThanOrEqual(2_000);
    const since = time.clock();
    await time.pass();
    expect(live.freshness()).toEqual({
      freshness: 'away',
      readAt,
      since,
      reason: 'Nothing listens. Start the broker.',
    });
    expect(live.snapshot()?.queues[0]?.total).toBe(3);
    expect(toldAt).toEqual([since]);

    management.failing.clear();
    await time.pass();
    expect(live.freshness()).toMatchObject({ freshness: 'live', readAt: time.clock() });
    await live.stop();
  });

  test('stale, not away, when the broker answers but refuses the account', async () => {
    const { live, management, time } = start();
    management.failing.set(
      'overview',
      new HoplightError('unauthenticated', 'Unknown user.', { next: 'Check it.' }),
    );
    live.start();
    await time.pause();
    expect(live.freshness()).toMatchObject({ freshness: 'stale', reason: 'Unknown user. Check it.' });
    await live.stop();
  });

  test('stale when a reading takes unusually long', async () => {
    const { live, time } = start();
    live.start();
    await time.pause();
    time.set(time.clock() + 11_000);
    expect(live.freshness()).toMatchObject({ freshness: 'stale' });
    await live.stop();
  });

  test('nothing but the overview is asked while away', async () => {
    const { live, management, time } = start();
    management.failing.set('overview', away());
    live.start();
    await time.pass();
    expect(new Set(management.calls)).toEqual(new Set(['overview']));
    await live.stop();
  });
});

describe('the pace', () => {
  test('any number of nudges costs one reading a second, of the consumers, at any pace', async () => {
    //  reading 1 ──▶ nudged, nudged ──(the rest of a second)──▶ reading 2 ──(10 s)──▶ reading 3
    const { live, management, time } = start({ config: { pollMs: 10_000 } });
    live.start();
    expect(await time.pause()).toBe(10_000);
    const asked = () => management.calls.splice(0).filter((call) => call !== 'overview');
    asked();
    time.woken();
    live.nudge();
    live.nudge();
    expect(await time.pause()).toBe(1_000);
    expect(await time.pass()).toBe(10_000);
    expect(asked().sort()).toEqual(['channels', 'connections', 'consumers']);
    time.woken();
    time.set(time.clock() + 5_000);
    live.nudge();
    expect(await time.pause()).toBe(10_000);
    expect(asked().sort()).toEqual(['channels', 'connections', 'consumers']);
    await live.stop();
  });

  test('nudges take no more of the broker’s time than the share, where its lists are long', async () => {
    //  reading 1 (channels: 400 ms) ──▶ nudged ──(8 s: a twentieth of the time)──▶ reading 2
    const { live, management, world, time } = start({ config: { pollMs: 10_000 } });
    world.channels = Array.from({ length: 2_000 }, (_, i) => `c${i} (1)`);
    management.hold = async (method) => {
      if (method === 'channels') time.set(time.clock() + 400);
    };
    live.start();
    await time.pause();
    time.woken();
    live.nudge();
    expect(await time.pause()).toBeGreaterThan(7_000);
    await live.stop();
  });

  test('where somebody leaves at each reading, the lists that say why stay within the share, and the cause is right', async () => {
    //  consumer there ──▶ gone, lists too dear just now ──▶ not told yet ──(lists read)──▶ told: its connection ended
    const { live, management, world, time } = start();
    const others = Array.from({ length: 400 }, (_, i) => `other${i}`);
    const dear = (method: string) => method === 'channels' || method === 'connections';
    management.hold = async (method) => {
      if (dear(method)) time.set(time.clock() + 100);
    };
    const asked = () => management.calls.splice(0).filter(dear).length;
    const there = (i: number) => {
      world.consumers = [bareConsumer(`t${i}`, 'q', { connection: `c${i}`, channel: 1 })];
      world.connections = [`c${i}`, ...others];
      world.channels = world.connections.map((name) => `${name} (1)`);
    };
    world.queues = [queue('q')];
    there(0);
    const causes = new Set<string>();
    live.subscribe(() => {
      for (const { cause } of live.gone()) causes.add(cause);
    });
    live.start();
    await time.pause();
    asked();
    const from = time.clock();
    for (let i = 1; time.clock() - from < 100_000; i++) {
      there(i);
      await time.pass();
    }
    expect((asked() * 100) / (time.clock() - from)).toBeLessThan(0.05);
    await time.passFor(10_000);
    expect(live.gone().length).toBeGreaterThan(5);
    expect(causes).toEqual(new Set(['connection ended']));
    await live.stop();
  });

  test('never two readings at once, and a refresh asked for during one is answered by the next', async () => {
    //  reading 1 ──held──▶        refresh ──▶ reading 2 ──▶ answered
    const { live, management, world } = start();
    let release = () => {};
    management.hold = (method) =>
      method === 'overview' && management.calls.filter((c) => c === 'overview').length === 1
        ? new Promise((resolve) => {
            release = resolve;
          })
        : Promise.resolve();
    live.start();
    const answered = live.refresh();
    world.queues = [queue('new')];
    expect(management.calls).toEqual(['overview']);
    release();
    await answered;
    expect(management.calls.filter((c) => c === 'overview')).toHaveLength(2);
    expect(live.snapshot()?.queues.map((q) => q.name)).toEqual(['new']);
    await live.stop();
  });

  test('exchanges, bindings and policies each 10 s, or on refresh', async () => {
    const { live, management, time } = start();
    const times = () => management.calls.filter((c) => c === 'bindings').length;
    live.start();
    await time.pause();
    await time.passFor(8_000);
    expect(times()).toBe(1);
    await time.passFor(2_000);
    expect(times()).toBe(2);
    time.woken();
    await live.refresh();
    expect(times()).toBe(3);
    await live.stop();
  });

  test('the topology is read at once when a queue with a DLX appears, lest its letters look lost', async () => {
    const { live, management, time, world } = start();
    live.start();
    await time.pause();
    world.queues = [
      queue('work', { deadLetter: { exchange: 'dlx', routingKey: 'k', from: 'argument' } }),
      queue('dlq'),
    ];
    world.exchanges = [
      {
        vhost: '/',
        name: 'dlx',
        type: 'fanout',
        durable: true,
        internal: false,
        alternate: null,
        policy: null,
      },
    ];
    world.bindings = [
      {
        vhost: '/',
        source: 'dlx',
        destination: 'dlq',
        destinationType: 'queue',
        routingKey: '',
        arguments: {},
      },
    ];
    await time.pass();
    expect(live.topology()).toMatchObject({ queues: [{ queue: 'dlq' }], lost: [] });
    expect(management.calls.filter((c) => c === 'bindings')).toHaveLength(2);
    await live.stop();
  });

  test('a part that is slow to read is asked for less often', async () => {
    //  full list takes 0.5 s: at most a twentieth of the time goes into it
    const { live, management, time, world } = start();
    world.queues = Array.from({ length: 2_000 }, (_, i) => queue(`q${i}`));
    management.hold = async (method) => {
      if (method === 'queues') time.set(time.clock() + 500);
    };
    live.start();
    await time.pause();
    await time.passFor(30_000);
    const full = management.calls.filter((c) => c === 'queues').length;
    expect(full).toBeGreaterThanOrEqual(3);
    expect(full).toBeLessThanOrEqual(4);
    await live.stop();
  });

  test('a rule that fails does not end the reading for good', async () => {
    let failing = true;
    const { live, time } = start({
      judge: () => {
        if (failing) throw new Error('a rule is broken');
        return { found: [], lines: [] };
      },
    });
    live.start();
    await time.pause();
    failing = false;
    await time.pass();
    expect(live.freshness().freshness).toBe('live');
    await live.stop();
  });

  test('stop ends a pause and answers who waits', async () => {
    const { live, time } = start();
    live.start();
    await time.pause();
    await live.stop();
    await live.refresh();
  });
});

describe('a part that cannot be read', () => {
  test('is unknown and named, the others are whole', async () => {
    const { live, management, time, world } = start();
    world.queues = [queue('a', { ready: 1, total: 1, consumers: 2 })];
    live.start();
    await time.pause();
    management.failing.set('consumers', new HoplightError('internal', 'Consumers broke.'));
    management.failing.set('nodes', new HoplightError('forbidden', 'Not permitted.', { next: 'Ask.' }));
    await time.pass();
    const since = time.clock();
    await time.pass();
    const s = live.snapshot();
    expect(s?.queues[0]).toMatchObject({ total: 1, consumers: 2 });
    expect(s?.nodes).toEqual([]);
    expect(s?.missing).toEqual([
      {
        what: 'consumers',
        why: 'Consumers broke. Consumers are unknown.',
        since,
        mend: 'It is tried again by itself.',
      },
      { what: 'nodes', why: 'Not permitted. Memory and disk are unknown.', since, mend: 'Ask.' },
    ]);
    await live.stop();
  });

  test('with no metrics collected depths add up to the totals, and consumers are unknown, not none', async () => {
    const { live, management, time, world } = start();
    world.queues = [queue('a', { ready: 3, total: 5, consumers: null }), queue('b', { ready: 1, total: 1 })];
    const { overview } = management;
    management.overview = async () => ({
      ...(await overview()),
      collects: false,
      rates: false,
      totals: { ...noTotals },
    });
    live.start();
    await time.pause();
    const s = live.snapshot();
    expect(s?.totals).toMatchObject({ ready: 4, total: 6 });
    expect(s?.queues[0]).toMatchObject({ total: 5, consumers: null });
    expect(s?.missing.map((m) => m.what)).toEqual(expect.arrayContaining(['rates', 'consumers']));
    await live.stop();
  });

  test('queues keep their names and lose their figures: unknown is not 0', async () => {
    const { live, management, time, world } = start();
    world.queues = [queue('a', { ready: 5, total: 5 })];
    live.start();
    await time.pause();
    const broken = new HoplightError('internal', 'Broke.');
    management.failing.set('queues', broken).set('queueTotals', broken);
    await time.pass();
    expect(live.snapshot()?.queues[0]).toMatchObject({ name: 'a', ready: null, total: null });
    expect(live.state('all').deadLetters).toBe(0);
    await live.stop();
  });

  test('an account without the monitoring tag: consumers are unknown, with what to do', async () => {
    const { live, time, world } = start();
    world.tags = ['management'];
    world.queues = [queue('a', { consumers: 2 })];
    live.start();
    await time.pause();
    const s = live.snapshot();
    expect(s?.queues[0]?.consumers).toBe(2);
    expect(s?.missing).toMatchObject([
      { what: 'consumers', mend: 'rabbitmqctl set_user_tags hoplight management monitoring' },
    ]);
    await live.stop();
  });
});

describe('what a viewer sees', () => {
  test('its own vhosts alone, with totals over those', async () => {
    const { live, time, world } = start();
    world.vhosts = [
      { name: 'one', tracing: false },
      { name: 'two', tracing: false },
    ];
    world.queues = [
      queue('a', { vhost: 'one', ready: 1, total: 1 }),
      queue('b', { vhost: 'two', ready: 10, total: 10 }),
    ];
    world.consumers = [bareConsumer('c', 'b', { vhost: 'two' })];
    live.start();
    await time.pause();
    const one = live.state(['one']);
    expect(one.queues.map((q) => q.name)).toEqual(['a']);
    expect(one.consumers).toEqual([]);
    expect(one.vhosts).toEqual(['one']);
    expect(one.totals).toMatchObject({ ready: 1, total: 1 });
    expect(live.state(['one', 'two']).totals.total).toBe(11);
    expect(live.state('all').queues).toHaveLength(2);
    expect(live.state([]).queues).toEqual([]);
    expect(live.history().map((p) => p.ready)).toEqual([11]);
    expect(live.history(['one']).map((p) => p.ready)).toEqual([1]);
    expect(live.history([]).map((p) => p.ready)).toEqual([0]);
    await live.stop();
  });
});

describe('a consumer that went away', () => {
  const connection = '10.0.0.2:50000 -> 10.0.0.1:5672';
  const channel = `${connection} (1)`;
  async function withConsumer(more: Parameters<typeof start>[0] = {}) {
    const all = start(more);
    all.world.queues = [queue('a')];
    all.world.consumers = [bareConsumer('c', 'a')];
    all.world.connections = [connection];
    all.world.channels = [channel];
    all.live.start();
    await all.time.pause();
    return all;
  }

  test.each([
    ['cancelled', [connection], [channel], ['a']],
    ['channel', [connection], [], ['a']],
    ['connection', [], [], ['a']],
    ['queue-deleted', [connection], [channel], []],
  ] as const)('%s', async (how, connections, channels, queues) => {
    const { live, time, world } = await withConsumer();
    world.consumers = [];
    world.connections = [...connections];
    world.channels = [...channels];
    world.queues = queues.map((q) => queue(q));
    const lastSeenAt = time.clock();
    await time.pass();
    expect(live.gone()).toMatchObject([{ tag: 'c', queue: 'a', how, lastSeenAt, goneAt: time.clock() }]);
    expect(live.gone()[0]?.reason).toMatch(/\.$/);
    if (how !== 'queue-deleted') expect(live.snapshot()?.queues[0]?.consumers).toBe(0);
    await live.stop();
  });

  test('is told as the broker’s log has it, though the line comes after the reading', async () => {
    let why: Why | null = null;
    const asked: string[] = [];
    const whyGone = (one: { connection: string }) => {
      asked.push(one.connection);
      return why;
    };
    const { live, time, world } = await withConsumer({ whyGone });
    Object.assign(world, { consumers: [], connections: [], channels: [] });
    await time.pass();
    expect(live.gone()).toMatchObject([{ cause: 'connection ended', code: null, source: 'deduced' }]);
    why = {
      cause: 'heartbeat missed',
      code: null,
      source: 'told',
      words: 'It missed its heartbeats.',
      check: 'Look.',
    };
    await time.pass();
    const told = { cause: 'heartbeat missed', source: 'told', reason: why.words, check: 'Look.' };
    expect(live.gone()).toMatchObject([{ how: 'connection', ...told }]);
    why = { ...why, cause: 'client lost' };
    await time.passFor(20_000);
    expect(live.gone()).toMatchObject([told]);
    expect(asked.length).toBeLessThan(10);
    await live.stop();
  });

  test('is told better when the connection shows as closed a reading later', async () => {
    //  reading 2: consumer gone, connection still listed → cancelled
    //  reading 3: connection gone                        → connection
    const { live, time, world } = await withConsumer();
    world.consumers = [];
    await time.pass();
    expect(live.gone()[0]?.how).toBe('cancelled');
    world.connections = [];
    world.channels = [];
    await time.pass();
    expect(live.gone()).toHaveLength(1);
    expect(live.gone()[0]?.how).toBe('connection');
    await live.stop();
  });

  test('with the broker, and is not missed when it comes back under a new connection', async () => {
    const { live, management, time, world } = await withConsumer();
    management.failing.set('overview', away());
    await time.pass();
    expect(live.gone()).toEqual([]);
    management.failing.clear();
    world.consumers = [];
    world.connections = [];
    world.channels = [];
    await time.pass();
    expect(live.gone()).toMatchObject([{ how: 'broker' }]);
    world.consumers = [bareConsumer('c', 'a', { connection: '10.0.0.2:50001 -> 10.0.0.1:5672' })];
    await time.pass();
    expect(live.gone()).toEqual([]);
    await live.stop();
  });

  test('is not said to be gone because the list could not be read', async () => {
    const { live, management, time, world } = await withConsumer();
    management.failing.set('consumers', new HoplightError('internal', 'Broke.'));
    await time.pass();
    expect(live.gone()).toEqual([]);
    management.failing.clear();
    world.consumers = [];
    await time.pass();
    expect(live.gone()).toHaveLength(1);
    await live.stop();
  });

  test('one of our own taps is not', async () => {
    const { live, time, world } = start();
    world.queues = [queue('hoplight.tap.1')];
    world.consumers = [bareConsumer('t', 'hoplight.tap.1')];
    live.start();
    await time.pause();
    world.consumers = [];
    await time.pass();
    expect(live.gone()).toEqual([]);
    await live.stop();
  });
});
