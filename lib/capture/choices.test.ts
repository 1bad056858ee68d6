/** Parts of what somebody chooses to capture, without a broker. */
import { describe, expect, test } from 'vitest';
import { kept } from '../journey/sample.ts';
import type { CaptureSettings } from '../model/capture.ts';
import type { Fact, Gap } from '../model/fact.ts';
import { factOf } from '../store/fact-samples.ts';
import { Costs } from './cost.ts';
import { FirehoseBindings } from './firehose-bindings.ts';
import { Intake } from './intake.ts';
import { hearsDeliveries, planScope } from './scope.ts';
import { bodyBytesOf, rememberedSettings, samplingHides, settingsWords } from './settings.ts';
import { StandingGap } from './standing-gap.ts';

const WHOLE = ['publish.#', 'deliver.#'];
const settings: CaptureSettings = {
  scopes: {},
  sampling: 1,
  body: { mode: 'first', firstBytes: 8 },
  retention: { days: 7, bytes: 2 ** 30 },
};

describe('a scope as binding keys', () => {
  test('by name, the default exchange too; what it hides is said', () => {
    const plan = planScope({ mode: 'chosen', exchanges: ['', 'orders'], queues: ['a.b'] }, WHOLE);
    expect(plan.keys).toEqual(['publish.', 'publish.orders', 'deliver.a.b']);
    expect(plan.hides).toBe(
      'Only publishes of the default exchange, orders and deliveries of a.b are captured in this vhost.',
    );
    expect(planScope({ mode: 'chosen', exchanges: [], queues: [] }, WHOLE).hides).toMatch(/Neither/);
  });

  test('a name with a wildcard, or too long for a key, brings others: they are told apart', () => {
    const long = 'x'.repeat(250);
    const plan = planScope({ mode: 'chosen', exchanges: ['a.*', long], queues: [] }, WHOLE);
    expect(plan.keys).toEqual(['publish.a.*', 'publish.#']);
    expect(['publish.a.*', `publish.${long}`, 'publish.a.b', 'deliver.a.*'].map(plan.takes)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });

  test('nobody chose: the configured keys, which hide something unless they take all', () => {
    expect(planScope(undefined, WHOLE).hides).toBeNull();
    expect(planScope(undefined, ['#']).hides).toBeNull();
    expect(planScope(undefined, ['publish.#'])).toMatchObject({
      keys: ['publish.#'],
      hides: expect.stringContaining('HOPLIGHT_TAP_KEYS'),
    });
    expect(planScope({ mode: 'all' }, ['publish.x']).hides).toBeNull();
  });

  test('what Hoplight reads is told by the tap only where it hears every delivery', () => {
    const chosen = { mode: 'chosen' as const, exchanges: [], queues: ['#'] };
    expect([
      hearsDeliveries(undefined, WHOLE),
      hearsDeliveries(undefined, ['#']),
      hearsDeliveries({ mode: 'all' }, ['publish.#']),
    ]).toEqual([true, true, true]);
    expect([hearsDeliveries(undefined, ['publish.#']), hearsDeliveries(chosen, WHOLE)]).toEqual([
      false,
      false,
    ]);
  });
});

test('new keys are bound before old ones go, and a queue that comes back loses those of then', async () => {
  const log: string[] = [];
  const channel: never[] = [];
  const act = (what: string) => async (_queue: string, _exchange: string, key: string) => {
    log.push(`${what} ${key}`);
  };
  const fake = Object.assign(channel, {
    bindQueue: act('+'),
    unbindQueue: act('-'),
    on() {},
    close: async () => {},
  });
  const bindings = new FirehoseBindings({ channel: async () => Object.create(fake) });
  await bindings.attach(Object.create(fake), 'q', ['a', 'b']);
  await bindings.want(['b', 'c'], () => log.push('bound'));
  expect(log).toEqual(['+ a', '+ b', '+ c', 'bound', '- a']);
  bindings.detach();
  await bindings.attach(Object.create(fake), 'q', ['d']);
  expect(log.slice(5)).toEqual(['+ d', '- b', '- c']);
});

test('a standing gap is one for each choice, and goes on over a restart', () => {
  const gaps = new Map<string, Gap>();
  const start = (open: Gap | null) =>
    new StandingGap({ vhost: '/', kind: 'scope', open, put: (gap) => gaps.set(gap.id, gap) });
  const first = start(null);
  first.is(null, 5);
  first.is('only a', 10);
  first.is('only a', 11);
  first.is('only b', 20);
  const open = [...gaps.values()].find((gap) => gap.to === null) ?? null;
  start(open).is('only b', 30);
  start(open).is(null, 40);
  expect([...gaps.values()].map(({ from, to, reason }) => [from, to, reason])).toEqual([
    [10, 20, 'only a'],
    [20, 40, 'only b'],
  ]);
});

describe('the last door before the store', () => {
  const none = { stored() {} };
  function door(share: number, redaction = { headers: [], jsonPaths: [], patterns: [] }) {
    const stored: Fact[] = [];
    const dropped: string[] = [];
    const batch = {
      add: (fact: Fact) => void stored.push(fact),
      drop: (why: string) => void dropped.push(why),
    };
    const intake = new Intake(batch, redaction);
    intake.use({ ...settings, sampling: share });
    return { intake, stored, dropped };
  }
  const out = Array.from({ length: 99 }, (_, i) => `message:${i}`).find((key) => !kept(key, 0.5)) ?? '';

  test('a journey is kept or not; one that an act of ours touched is kept from then on, a replay’s copy always', () => {
    const { intake, stored, dropped } = door(0.5);
    const fact = factOf({ journey: out, ids: { messageId: 'm' } });
    intake.add(fact, none);
    intake.record(factOf({ journey: out, source: 'otlp', kind: 'span' }), none);
    expect(dropped).toEqual(['not sampled', 'not sampled']);
    intake.add({ ...fact, ids: { replayId: 'job.1' } }, none);
    intake.record(factOf({ journey: out, source: 'publisher' }), none);
    intake.add(fact, none);
    expect([stored.length, dropped.length]).toEqual([3, 2]);
  });

  test('a body of our own is cut as others are', () => {
    const { intake, stored } = door(1);
    const message = {
      properties: {},
      headers: [],
      body: { size: 12, data: btoa('123456789012'), truncated: false },
    };
    intake.record(factOf({ message }), none);
    intake.use({ ...settings, body: { mode: 'off', firstBytes: 8 } });
    intake.record(factOf({ message }), none);
    expect(stored.map((f) => f.message?.body)).toEqual([
      { size: 12, data: btoa('12345678'), truncated: true },
      { size: 12, data: null, truncated: true },
    ]);
  });
});

test('cost is that of the last minute, or of the time since it began, most events first', () => {
  const costs = new Costs(1_000_000);
  for (let i = 0; i < 30; i++) costs.add(1_000_000 + i * 100, '/', 'queue', 'busy', 10);
  costs.add(1_001_000, '/', 'exchange', '', 500);
  expect(costs.read(1_010_000)).toEqual([
    { vhost: '/', kind: 'queue', name: 'busy', eventsPerSecond: 3, bytesPerSecond: 30 },
    { vhost: '/', kind: 'exchange', name: '', eventsPerSecond: 0.1, bytesPerSecond: 50 },
  ]);
  expect(costs.read(1_100_000)).toEqual([]);
  for (let i = 0; i < 5_000; i++) costs.add(1_200_000, '/', 'queue', `q${i}`, 1);
  expect(costs.read(1_200_000).length).toBe(50);
});

test('settings as they are remembered and told', () => {
  expect(rememberedSettings(JSON.stringify(settings))).toEqual(settings);
  expect([rememberedSettings(null), rememberedSettings('{'), rememberedSettings('{"scopes":{}}')]).toEqual([
    null,
    null,
    null,
  ]);
  expect(bodyBytesOf({ body: { mode: 'off', firstBytes: 8 } })).toBe(0);
  expect(samplingHides(0.125)).toContain('12.5 %');
  expect(settingsWords(settings)).toContain('the first 8 bytes');
});
