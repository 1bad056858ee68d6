import { expect, test } from 'vitest';
import type { Attention } from '../model/live.ts';
import { type Picture, problemsOf } from './problems.ts';

const about = (more: Partial<Attention>): Attention => ({
  code: 'dead_letters',
  level: 'warn',
  vhost: '/',
  queue: 'q',
  words: '3 lie',
  figure: '3',
  since: 1,
  ...more,
});
const live = (...attention: Attention[]): Picture => ({
  freshness: 'live',
  readAt: 0,
  since: null,
  reason: null,
  attention,
});
const keys = (...list: Attention[]) =>
  new Set(problemsOf(live(...list), 'warn', 0).seen.map((p) => p.key)).size;

test('a problem is the same while its figures change', () => {
  expect(
    keys(about({}), about({ words: '4 lie', figure: '4' }), about({ code: 'dead_letters_rising' })),
  ).toBe(1);
  expect(keys(about({}), about({ queue: 'r' }), about({ vhost: 'v' }), about({ code: 'growing' }))).toBe(4);
  const alarm = (words: string) => about({ code: 'alarm', vhost: '', queue: '', words });
  expect(
    keys(
      alarm('Memory alarm on rabbit@n1: below 12,345 MiB'),
      alarm('Memory alarm on rabbit@n1: below 9.5 MiB'),
    ),
  ).toBe(1);
  expect(
    keys(
      alarm('Memory alarm on rabbit@n1'),
      alarm('Memory alarm on rabbit@n2'),
      alarm('Memory alarm on rabbit@n-2'),
    ),
  ).toBe(3);
});

test('what is unknown is not told, and of a chosen level only that', () => {
  const list = [
    about({ level: 'unknown', code: 'unknown' }),
    about({}),
    about({ level: 'dead', queue: 'd' }),
  ];
  const queues = (level: 'dead' | 'warn') => problemsOf(live(...list), level, 0).seen.map((p) => p.queue);
  expect(queues('warn')).toEqual(['q', 'd']);
  expect(queues('dead')).toEqual(['d']);
});

test('a broker that is away is one problem, and hides the list of before', () => {
  const away: Picture = { ...live(about({})), freshness: 'away', since: 5, reason: 'Nothing listens.' };
  expect(problemsOf(away, 'dead', 6)).toMatchObject({
    seen: [{ code: 'broker_away', since: 5 }],
    blind: true,
  });
  const stale: Picture = { ...away, freshness: 'stale' };
  expect(problemsOf(stale, 'warn', 6)).toEqual({ seen: [], blind: true });
  expect(problemsOf(stale, 'warn', 90_005).seen).toMatchObject([
    { key: 'broker', code: 'broker_unread', level: 'warn' },
  ]);
  expect(problemsOf(away, 'dead', 6).seen[0]?.key).toBe('broker'); // refused, then away: one story
});
