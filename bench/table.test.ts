import { describe, expect, it } from 'vitest';
import type { BenchResult, Cost } from './result.ts';
import { markers, table, withTable } from './table.ts';

const times = { n: 200, p50: 60, p95: 90, max: 120 };
const cost = (viewers: number, ms: number): Cost => ({
  viewers,
  refreshes: 3,
  everyMs: 5_000,
  broker: { perRefresh: ms, perMinute: 12 * ms },
  app: { perRefresh: 10, perMinute: 10 * viewers },
});
const result: BenchResult = {
  at: '2026-11-21T09:00:00.000Z',
  commit: 'abc1234',
  machine: {
    cpu: 'A CPU',
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    system: 'A system',
    kernel: '6.1',
    loadBefore: 0,
  },
  versions: { node: '24.0.0', next: '16.0.0', rabbitmq: '4.3.6', chromium: null },
  demoRate: 15,
  firstLoad: {
    measured: true,
    tookMs: 1,
    value: {
      routes: [
        { route: '/', firstLoad: 160 * 1024, all: 220 * 1024, scripts: 9 },
        { route: '/queues', firstLoad: 165 * 1024, all: 165 * 1024, scripts: 9 },
      ],
      left: [{ route: '/replays/[id]', why: 'no replay | yet' }],
    },
  },
  memory: { measured: false, why: 'needs Linux' },
  journey: { measured: true, tookMs: 1, value: { ours: times, plain: { ...times, p95: 600 }, missed: 0 } },
  http: {
    measured: true,
    tookMs: 1,
    value: [
      {
        path: '/api/overview',
        ours: times,
        bytes: 2048,
        peer: { path: '/api/overview', times: { ...times, p50: 30 }, bytes: 4096, ratio: 2 },
      },
    ],
  },
  replay: {
    measured: true,
    tookMs: 1,
    value: {
      messages: 100_000,
      bodyBytes: 1024,
      races: [{ type: 'classic', oursPerSecond: 9000, shovelPerSecond: 10_000, ratio: 0.9 }],
      filtered: { selected: 100, of: 100_000, planMs: 4_200, runMs: 5_100 },
    },
  },
  overview: {
    measured: true,
    tookMs: 1,
    value: {
      left: [],
      costs: [
        {
          queues: 10_000,
          idlePerMinute: [900, 950],
          management: cost(1, 120),
          sorted: cost(1, 500),
          all: cost(1, 4_000),
          one: cost(1, 24),
          fifty: cost(50, 25),
          ratios: {
            perRefresh: 0.2,
            perMinute: 0.4,
            sortedPerRefresh: 0.05,
            sortedPerMinute: 0.1,
            allPerRefresh: 0.006,
            allPerMinute: 0.012,
            fiftyToOne: 1.2,
          },
          parts: [
            { part: 'consumers', brokerMs: 2, everyMs: 2_000 },
            { part: 'metrics', brokerMs: 90, everyMs: 10_000 },
            { part: 'bindings, all', brokerMs: 380, everyMs: null },
          ],
        },
      ],
    },
  },
  pages: {
    measured: true,
    tookMs: 1,
    value: {
      queues: 10_000,
      pages: [{ route: '/', liveMs: times, threadMs: times, longestTaskMs: 70 }],
      left: [{ route: '/status', why: 'no figures' }],
      list: {
        queues: 10_000,
        firstRowMs: { ...times, p50: 700 },
        rows: 60,
        scroll: { p50: 16.7, p95: 33.4, lateShare: 0.012, longTasks: [60] },
        plain: { p50: 16.7, p95: 16.8, lateShare: 0.004 },
        filterMs: times,
        sortMs: times,
        slowestInputMs: null,
      },
    },
  },
  tookMs: 1,
};

describe('table', () => {
  const text = table(result);
  it('names the machine', () => expect(text).toContain('2 cores (A CPU), 8 GiB, A system'));
  it('says which aims are met and which are missed', () => {
    expect(text).toContain('| `/` 160 KB (220 KB), `/queues` 165 KB | ≤ 170 KB ✓ |');
    expect(text).toContain('p95 600 ms (200) | p95 < 500 ms **missed** |');
  });
  it('gives a reason in place of a figure that was not measured', () => {
    expect(text).toContain('not measured: needs Linux');
    expect(text).toContain('| `/replays/[id]` | not measured: no replay \\| yet |');
  });
  it('says what watching costs as shares, in the run’s own figures', () => {
    expect(text).toContain(
      '24 ms each 5 s; the management UI’s page of 100 120 ms each 5 s: **0.2** of its refresh',
    );
    expect(text).toContain('| ≤ 0.25 of a refresh ✓ |');
    expect(text).toContain('all rows, in pages of 500, 4000 ms each 5 s: **0.006** and **0.012**');
    expect(text).toContain('bindings, all 380 ms, metrics 90 ms each 10 s, consumers 2 ms each 2 s');
    expect(text).toContain(
      '**1.2** of one viewer’s; our server 10 ms a minute with one, 500 ms with fifty | ≤ 1.1 **missed** |',
    );
  });
  it('says how the list of ten thousand feels', () => {
    expect(text).toContain('p50 700 ms, p95 90 ms (200) | p50 < 1000 ms ✓ |');
    expect(text).toContain(
      '1.2 % late; 1 tasks over 50 ms; 60 rows in the document; a bare page of as many plain rows p95 16.8 ms, 0.4 % late: **1.99** of its p95 | p95 ≤ 17 ms **missed** |',
    );
    expect(text).toContain('| `/status` | not measured: no figures |');
  });
  it('puts the peer beside ours', () => {
    expect(text).toContain('**2** of its p50');
    expect(text).toContain('9,000 a second; the broker’s shovel, on-confirm, 10,000: **0.9** of its rate');
    expect(text).toContain('found in 4.2 s, replayed in 5.1 s');
  });
});

describe('withTable', () => {
  it('replaces what stood between the markers, again and again', () => {
    const once = withTable(`before\n${markers.begin}\nold\n${markers.end}\nafter`, 'new');
    expect(once).toBe(`before\n${markers.begin}\n\nnew\n\n${markers.end}\nafter`);
    expect(withTable(once, 'new')).toBe(once);
  });
  it('refuses a text without both markers', () => {
    expect(() => withTable('nothing', 'new')).toThrow('once each');
    expect(() => withTable(`${markers.end}${markers.begin}`, 'new')).toThrow('once each');
  });
});
