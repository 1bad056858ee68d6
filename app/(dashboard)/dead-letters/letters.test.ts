import { expect, test } from 'vitest';
import type { DeadLetterPage } from '@/lib/model/api';
import type { DeadLetter } from '@/lib/model/replay';
import { firstPage, foundWords, withPage } from './letters';

const letter = (id: string, cause: string, diedAt: number | null): DeadLetter => ({
  id,
  position: 0,
  journey: `message:${id}`,
  ids: {},
  exchange: 'dlx',
  routingKey: 'k',
  originQueue: 'billing',
  reason: 'rejected',
  error: `timeout ${id}`,
  cause,
  diedAt,
  attempts: 1,
  replays: 0,
  deaths: [],
  deliveryCount: null,
  message: { properties: {}, headers: [], body: { size: 0, data: '', truncated: false } },
});
const page = (messages: DeadLetter[], read: number, next: number | null): DeadLetterPage => ({
  vhost: '/',
  queue: 'dead',
  readAt: 1,
  inQueue: 100_000,
  messages,
  read,
  putBack: read,
  next,
  causes: [
    {
      key: 'timeout',
      originQueue: 'billing',
      reason: 'rejected',
      error: 'timeout <id>',
      count: 99,
      firstAt: null,
      lastAt: null,
      trend: [],
    },
  ],
  reading: { level: 'none', words: '', limit: null },
});

test('pages add up: nothing twice, causes counted over all that passed, named as the server names them', () => {
  const first = firstPage(page([letter('a', 'timeout', 0), letter('b', 'other', 5)], 1_000, 999), 'k=v');
  const both = withPage(
    first,
    page([letter('b', 'other', 5), letter('c', 'timeout', 12), letter('d', 'timeout', null)], 4_000, 4_999),
  );
  expect(both.messages.map((m) => m.id)).toEqual(['a', 'b', 'c', 'd']);
  expect(both.read).toBe(5_000);
  expect(both.causes.map((c) => [c.key, c.error, c.count, c.firstAt, c.lastAt])).toEqual([
    ['timeout', 'timeout <id>', 3, 0, 12],
    ['other', 'timeout b', 1, 5, 5],
  ]);
  expect(both.causes[0]?.trend).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  expect(foundWords(both)).toBe('4 match in the first 5,000 of 100,000');
});

test('says what was read, and whether that is all', () => {
  const one = [letter('a', 'x', null)];
  expect(foundWords(firstPage(page(one, 1, 0), ''))).toBe('the first 1 of 100,000');
  expect(foundWords(firstPage(page(one, 1, null), ''))).toBe('1');
  expect(foundWords(firstPage(page(one, 1_240, null), 'x'))).toBe('1 matches of 1,240');
});
