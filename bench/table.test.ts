import { describe, expect, it } from 'vitest';
import type { BenchResult } from './result.ts';
import { markers, table, withTable } from './table.ts';

const times = { n: 200, p50: 60, p95: 90, max: 120 };
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
