import { expect, test } from 'vitest';
import type { CaptureAnswer } from '../../../lib/model/api.ts';
import type { CaptureSettings } from '../../../lib/model/capture.ts';
import { changedBy, requireAdministrator, seenBy } from './_capture.ts';

const settings: CaptureSettings = {
  scopes: { '/': { mode: 'chosen', exchanges: ['x'], queues: ['a', 'b'] }, hidden: { mode: 'all' } },
  sampling: 1,
  body: { mode: 'off', firstBytes: 1 },
  retention: { days: 1, bytes: 2 ** 30 },
};
const cost = (vhost: string, kind: 'queue' | 'exchange', name: string) => ({
  ...{ vhost, kind, name },
  eventsPerSecond: 1,
  bytesPerSecond: 1,
});
const answer = (mayChange: boolean): CaptureAnswer => ({
  settings,
  defaults: settings,
  tapKeys: [],
  redaction: { headers: [], jsonPaths: [], patterns: [] },
  mayChange,
  taps: [],
  counts: { received: 0, stored: 0, inMemory: 0, dropped: {} },
  store: { facts: 0, bytes: 0, limitBytes: 0, segments: 0, oldestAt: null, ok: true, words: '' },
  cost: [
    cost('/', 'queue', 'a'),
    cost('/', 'queue', 'b'),
    cost('/', 'exchange', 'x'),
    cost('hidden', 'queue', 'a'),
  ],
});

test('a user sees his vhosts and the queues that he may read, an administrator every queue of his vhosts', () => {
  const viewer = { vhosts: ['/'], mayRead: (_: string, queue: string) => queue === 'a' };
  const seen = seenBy(answer(false), viewer);
  expect(seen.settings.scopes).toEqual({ '/': { mode: 'chosen', exchanges: ['x'], queues: ['a'] } });
  expect(seen.cost.map((c) => c.name)).toEqual(['a', 'x']);
  expect(seenBy(answer(true), viewer).cost.map((c) => c.name)).toEqual(['a', 'b', 'x']);
});

test('a change leaves the scopes of vhosts that are hidden from who makes it, and names none of them', () => {
  const wanted = { ...settings, scopes: { '/': { mode: 'all' as const } } };
  expect(changedBy(settings, wanted, ['/']).scopes).toEqual({
    '/': { mode: 'all' },
    hidden: { mode: 'all' },
  });
  expect(() => changedBy(settings, settings, ['/'])).toThrow(/no vhost hidden/);
  expect(() => requireAdministrator({ user: 'u', tags: ['monitoring'] }, '')).toThrow(/administrator tag/);
});
