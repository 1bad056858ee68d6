/** What somebody looks at, over time: `look` is a viewer's, `asked` what the broker was asked for. */
import { expect, test } from 'vitest';
import { queue } from '../../test/build.ts';
import type { Queue } from '../model/broker.ts';
import { HoplightError } from '../model/errors.ts';
import { createDetails } from './details.ts';
import { lookedAt } from './looked-at.ts';

/** A core's twentieth for all: ten of a thousand ms for details. */
function start(o: { tookMs?: number; listed?: Queue[] } = {}) {
  let now = 1_000_000;
  const world = { queues: o.listed ?? [queue('a', { bytes: 7 })], refusing: null as HoplightError | null };
  const seen = { asked: [] as string[], doubts: 0 };
  const listed = [...world.queues];
  let held = Promise.resolve();
  const details = createDetails({
    ask: async (vhost, name) => {
      seen.asked.push(name);
      await held;
      now += o.tookMs ?? 3;
      if (world.refusing) throw world.refusing;
      const found = world.queues.find((q) => q.vhost === vhost && q.name === name);
      if (!found) throw new HoplightError('not_found', 'Nothing there.');
      return found;
    },
    listed: (vhost, name) => listed.find((q) => q.vhost === vhost && q.name === name),
    doubt: () => {
      seen.doubts++;
    },
    share: 0.05,
    clock: () => now,
    patience: () => new Promise(() => undefined),
  });
  return {
    details,
    world,
    seen,
    listed,
    look: (name = 'a', mayAsk = true) => details.look('/', name, mayAsk),
    pass: (ms: number) => {
      now += ms;
    },
    asked: () => seen.asked.splice(0),
    holdBack() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return () => {
        held = Promise.resolve();
        resolve();
      };
    },
  };
}

test('any number of viewers is one question, and one each 5 s', async () => {
  //  look   xxx   x     x  x
  //  asked  ▲           ▲
  //  s      0     2     5  6
  const { look, pass, asked, seen, holdBack } = start();
  const letGo = holdBack();
  const viewers = [look(), look(), look()];
  while (seen.asked.length === 0) await undefined;
  letGo();
  expect((await Promise.all(viewers)).map((part) => part.value?.bytes)).toEqual([7, 7, 7]);
  expect(asked()).toEqual(['a']);
  pass(2_000);
  expect((await look()).value?.bytes).toBe(7);
  expect(asked()).toEqual([]);
  pass(3_000);
  await Promise.all([look(), look()]);
  pass(1_000);
  await look();
  expect(asked()).toEqual(['a']);
});

test('who looked a minute ago is forgotten, and costs nothing', async () => {
  const { look, pass, details } = start();
  await look();
  expect(details.share()).toBeCloseTo(0.01);
  pass(16_000);
  expect(details.share()).toBe(0);
  expect(details.last().readAt).toBeNull();
  pass(60_000);
  expect((await look('b', false)).value).toBeNull();
  expect((await look('a', false)).value).toBeNull();
});

test('many queues take no more than their part of the time, and each has its turn', async () => {
  //  60 queues, each looked at each 5 s, 5 ms each: 1 % of the time is two questions a second
  const names = Array.from({ length: 60 }, (_, i) => `q${i}`);
  const { look, pass, asked, details } = start({ tookMs: 5, listed: names.map((name) => queue(name)) });
  await Promise.all(names.map((name) => look(name)));
  asked();
  const counts = new Map<string, number>();
  for (let s = 0; s < 300; s += 5) {
    pass(5_000);
    await Promise.all(names.map((name) => look(name)));
    // the budget is spent
    await Promise.all(names.map((name) => look(name)));
    for (const name of asked()) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const total = [...counts.values()].reduce((sum, n) => sum + n, 0);
  expect(total).toBeLessThanOrEqual(600 + 60);
  expect(total).toBeGreaterThan(500);
  expect(Math.min(...names.map((name) => counts.get(name) ?? 0))).toBeGreaterThan(5);
  expect(details.everyMs()).toBe(30_000);
});

test('who walks through all queues spends what was saved, then no more than the part', async () => {
  //  ten other queues each second, 5 ms each: 60 at once, two a second from then on
  const names = Array.from({ length: 1_000 }, (_, i) => `q${i}`);
  const { look, pass, asked } = start({ tookMs: 5, listed: names.map((name) => queue(name)) });
  for (let s = 0; s < 100; s++) {
    await Promise.all(names.slice(10 * s, 10 * s + 10).map((name) => look(name)));
    pass(1_000);
  }
  expect(asked().length).toBeLessThanOrEqual(60 + 2 * 105);
});

test('new names without end take nothing from those that are looked at', async () => {
  const { look, pass, asked } = start({ tookMs: 0 });
  await look();
  for (let i = 0; i < 500; i++) await look(`made up ${i}`);
  asked();
  pass(5_000);
  expect((await look('one more')).failed?.code).toBe('busy');
  await look();
  expect(asked()).toEqual(['a']);
  // those whose viewers have gone make room
  pass(11_000);
  await look('one more');
  expect(asked()).toEqual(['one more']);
});

test('a refusal is unknown with its reason, asked again after half a minute, and over when the broker answers', async () => {
  //  look   x    x     x      x
  //  asked  ✕          ✕      ▲
  //  s      0    5    30     60
  const { look, pass, asked, world } = start();
  world.refusing = new HoplightError('forbidden', 'The broker does not let hoplight do this.');
  expect((await look()).failed?.why).toContain('does not let');
  pass(5_000);
  await look();
  expect(asked()).toEqual(['a']);
  pass(25_000);
  await look();
  expect(asked()).toEqual(['a']);
  world.refusing = null;
  pass(30_000);
  expect(await look()).toMatchObject({ failed: null, value: { bytes: 7 } });
});

test('while the broker is away nothing is asked', async () => {
  const { look, asked, pass } = start();
  await look();
  asked();
  pass(60_000);
  await look('a', false);
  expect(asked()).toEqual([]);
});

test('what was never asked for is unknown for the reason that nothing is asked', async () => {
  const { look } = start();
  const row = { ...queue('a'), spark: [], attention: null };
  const why = async (notLive: string | null) => {
    const common = { listedAt: 0, snapshot: { nodes: [], vhosts: [] }, everyMs: 5_000, notLive };
    return lookedAt(row, await look('a', false), common).details?.why;
  };
  expect(await why('Nothing listens. Start the broker.')).toBe('Nothing listens. Start the broker.');
  expect(await why(null)).toContain('has not answered yet');
});

test('a queue that was declared anew, or deleted, has the list doubted once for each', async () => {
  //  list    classic ─────────────────────────────
  //  broker  classic   quorum   quorum   ✕    ✕
  //  doubt              1                 2
  const { look, pass, world, seen } = start();
  const later = async () => {
    pass(30_000);
    await look();
    return seen.doubts;
  };
  await look();
  expect(seen.doubts).toBe(0);
  world.queues = [queue('a', { type: 'quorum', arguments: { 'x-queue-type': 'quorum' } })];
  expect([await later(), await later()]).toEqual([1, 1]);
  world.queues = [];
  expect([await later(), await later()]).toEqual([2, 2]);
  world.queues = [queue('a', { arguments: { 'x-max-length': 1 } })];
  expect(await later()).toBe(3);
});

test('the younger of the list and the queue’s own answer says how it is declared', async () => {
  const { look, world, listed } = start();
  world.queues = [queue('a', { bytes: 9, utilisation: 0.5, type: 'quorum', total: 99 })];
  const told = await look();
  const [first = queue('a')] = listed;
  const row = { ...first, total: 3, spark: [], attention: null };
  const snapshot = { nodes: [], vhosts: [] };
  const shown = (listedAt: number) =>
    lookedAt(row, told, { listedAt, snapshot, everyMs: 5_000, notLive: null });
  expect(shown(0)).toMatchObject({
    queue: { type: 'quorum', bytes: 9, utilisation: 0.5, total: 3 },
    details: { readAt: told.askedAt, why: null },
    isDeleted: false,
  });
  expect(shown((told.askedAt ?? 0) + 1).queue).toMatchObject({ type: first.type, bytes: 9 });
});

test('deleted is only what a broker that is whole does not find, asked after the list', async () => {
  const { look, world, listed } = start();
  world.queues = [];
  const told = await look();
  const [first = queue('a')] = listed;
  const row = { ...first, spark: [], attention: null };
  const vhosts = [{ name: '/', tracing: null }];
  const shown = (listedAt: number, running: boolean) =>
    lookedAt(row, told, {
      listedAt,
      snapshot: { nodes: [{ running }], vhosts },
      everyMs: 5_000,
      notLive: null,
    });
  expect(shown(0, true).isDeleted).toBe(true);
  expect(shown(0, false)).toMatchObject({ isDeleted: false, details: { readAt: null } });
  expect(shown((told.askedAt ?? 0) + 1, true).isDeleted).toBe(false);
});
