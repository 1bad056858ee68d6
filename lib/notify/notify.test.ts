/** The teller against a receiver that answers as it is told; time is set, nothing sleeps. */
import { expect, test } from 'vitest';
import type { Attention } from '../model/live.ts';
import { type Notification, notificationSchema, type Told } from '../model/notification.ts';
import { MOST_TRIES } from './deliver.ts';
import { missingOf } from './missing.ts';
import { createNotifier, type NotifySettings } from './notify.ts';

const SECRET = 'Bearer canary-4711';
const settings: NotifySettings = {
  url: 'https://hooks.example/services/T0/canary-path',
  authorization: SECRET,
  repeatMs: 0,
  level: 'warn',
  publicUrl: null,
};
const picture = { freshness: 'live' as const, since: null, reason: null, cluster: 'c', version: '4.3.6' };
const orders: Attention = {
  code: 'no_consumer',
  level: 'dead',
  vhost: '/',
  queue: 'orders',
  words: 'nobody consumes',
  figure: '3 ready',
  since: 1,
};

function scene(answers: (Response | Error)[], kept: Told[] = []) {
  let now = 1_700_000_000_000;
  const got: Notification[] = [];
  const requests: RequestInit[] = [];
  const waits: number[] = [];
  const store = new Map(kept.map((t) => [t.problem.key, t]));
  const seen = { attention: [orders] };
  const notifier = createNotifier({
    settings,
    look: () => ({ ...picture, readAt: now, ...seen }),
    store: {
      told: () => [...store.values()],
      putTold(told, over) {
        for (const one of told) store.set(one.problem.key, one);
        for (const key of over) store.delete(key);
      },
    },
    clock: () => now,
    fetch: async (_url, init = {}) => {
      requests.push(init);
      got.push(notificationSchema.parse(JSON.parse(String(init.body))));
      const answer = answers.shift() ?? new Response(null, { status: 200 });
      if (answer instanceof Error) throw answer;
      return answer;
    },
    wait: async (ms) => {
      waits.push(ms);
      now += ms;
    },
    random: () => 0.5,
  });
  const after = async (ms: number) => {
    for (const end = now + ms; now < end; now += 5_000) await notifier.tick();
  };
  return { notifier, got, requests, waits, store, seen, after };
}

const status = (code: number, headers: Record<string, string> = {}) =>
  new Response(null, { status: code, headers });

test('told once, over once, and neither again', async () => {
  const s = scene([]);
  await s.after(60_000);
  expect(s.got.map((n) => n.opened.map((o) => o.queue))).toEqual([['orders']]);
  expect([...s.store.values()]).toMatchObject([{ problem: { queue: 'orders' } }]);
  s.seen.attention = [];
  await s.after(120_000);
  expect(s.got.map((n) => n.resolved.length)).toEqual([0, 1]);
  expect(s.store.size).toBe(0);
  expect(s.notifier.status()).toMatchObject({ state: 'on', to: 'hooks.example', waiting: 0, words: null });
  expect(s.notifier.counts()).toEqual({ arrived: 2, givenUp: 0, failedTries: 0 });
});

test('one letter is tried again as it is, after longer and longer, and as long as the receiver asks', async () => {
  const s = scene([
    status(500),
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }) }),
    status(429, { 'retry-after': '77' }),
    status(429, { 'retry-after': '86400' }),
    status(503),
  ]);
  await s.after(50_000);
  expect(s.waits).toEqual([1_000, 2_000, 77_000, 600_000, 16_000]);
  expect(new Set(s.got.map((n) => n.id)).size).toBe(1);
  expect(s.got).toHaveLength(6);
  expect(s.notifier.counts()).toEqual({ arrived: 1, givenUp: 0, failedTries: 5 });
});

test('given up after so many tries; later told anew, with what is true then', async () => {
  const s = scene(Array.from({ length: MOST_TRIES }, () => status(502)));
  await s.after(45_000);
  expect(s.got).toHaveLength(MOST_TRIES);
  expect(s.notifier.status()).toMatchObject({ state: 'failing', words: 'it answered 502', waiting: 1 });
  expect(missingOf(s.notifier.status())).toMatchObject([
    { why: 'the webhook at hooks.example takes none: it answered 502' },
  ]);
  expect(s.store.size).toBe(0);
  s.seen.attention = [{ ...orders, figure: '9 ready' }];
  await s.after(310_000);
  expect(s.got).toHaveLength(MOST_TRIES + 1);
  expect(s.got.at(-1)?.opened[0]?.figure).toBe('9 ready');
  expect(s.notifier.status()).toMatchObject({ state: 'on', waiting: 0 });
});

test.each([[401], [404], [302]])('%i is not tried again by itself', async (code) => {
  const s = scene([status(code, { location: 'https://elsewhere.example' })]);
  await s.after(60_000);
  expect(s.got).toHaveLength(1);
  expect(s.requests[0]?.redirect).toBe('manual');
  expect(s.notifier.counts()).toMatchObject({ givenUp: 1 });
});

test('what an earlier process told is not told again', async () => {
  const first = scene([]);
  await first.after(60_000);
  const second = scene([], [...first.store.values()]);
  await second.after(900_000);
  expect(second.got).toEqual([]);
});

test('the address and the header are in no words', async () => {
  const s = scene([new TypeError(`bad ${settings.url}`, { cause: new Error(settings.url) })]);
  const said = JSON.stringify([
    await s.notifier.test('ann'),
    s.got,
    s.notifier.status(),
    missingOf(s.notifier.status()),
  ]);
  expect(said).toContain('it cannot be reached');
  expect(said).not.toMatch(/canary|services/);
  expect(s.requests[0]?.headers).toMatchObject({ authorization: SECRET });
});

test('a test is one letter of its own, and says why it did not arrive', async () => {
  const s = scene([status(500), status(204)]);
  expect(await s.notifier.test('ann')).toEqual({ words: 'it answered 500' });
  expect(await s.notifier.test('ann')).toEqual({ words: null });
  expect(s.got).toMatchObject([{ test: true }, { test: true, opened: [] }]);
});

test('without a webhook it is off and says so', async () => {
  const none = createNotifier({
    settings: null,
    look: () => ({ ...picture, readAt: 0, attention: [orders] }),
    store: { told: () => [], putTold: () => {} },
    clock: () => 0,
    fetch,
    wait: async () => {},
  });
  await none.tick();
  expect(none.status().state).toBe('off');
  expect(missingOf(none.status())).toEqual([]);
});
