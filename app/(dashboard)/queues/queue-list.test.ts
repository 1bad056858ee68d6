import { describe, expect, it } from 'vitest';
import type { QueueRow } from '@/lib/model/live';
import { queue as plainQueue } from '../../../test/build.ts';
import {
  conditionOf,
  countsOf,
  grouped,
  inShow,
  matches,
  parseFilter,
  parseSort,
  sorted,
  sortText,
  valuesOf,
  withCondition,
} from './queue-list.ts';

const queue = (name: string, more: Partial<QueueRow> = {}): QueueRow => ({
  ...plainQueue(name, { type: 'quorum', utilisation: null, bytes: null }),
  spark: [],
  attention: null,
  ...more,
});
const names = (queues: readonly QueueRow[]) => queues.map((q) => q.name);

describe('filter', () => {
  it('takes conditions and words, all of which must hold', () => {
    const filter = parseFilter('type:qu  Bill dlx:none');
    expect(filter).toEqual({
      conditions: [
        { field: 'type', value: 'qu' },
        { field: 'dlx', value: 'none' },
      ],
      words: ['bill'],
    });
    expect(matches(queue('billing'), filter)).toBe(true);
    expect(matches(queue('billing', { type: 'classic' }), filter)).toBe(false);
    expect(matches(queue('mail'), filter)).toBe(false);
  });
  it('leaves a colon in a name alone', () => {
    expect(parseFilter('orders:eu')).toEqual({ conditions: [], words: ['orders:eu'] });
    expect(parseFilter('constructor:x').words).toEqual(['constructor:x']);
  });
  it('is picked as well as typed, and keeps what was typed', () => {
    const text = withCondition('Bill type:classic Type:x', 'type', 'quorum');
    expect(text).toBe('Bill type:quorum');
    expect(conditionOf(text, 'type')).toBe('quorum');
    expect(conditionOf(text, 'state')).toBe('');
    expect(withCondition(text, 'type', '')).toBe('Bill');
  });
  it('offers what there is, most first', () => {
    const list = [queue('a'), queue('b', { type: 'classic' }), queue('c', { state: null })];
    expect(valuesOf(list, 'type')).toEqual([
      { value: 'quorum', count: 2 },
      { value: 'classic', count: 1 },
    ]);
    expect(valuesOf(list, 'state').map((v) => v.value)).toContain('unknown');
    expect(countsOf(list)).toMatchObject({ all: 3, look: 0 });
  });
  it('counts a queue whose consumers are unknown as neither with nor without', () => {
    expect(inShow(queue('a', { consumers: null }), 'no-consumer')).toBe(false);
    expect(inShow(queue('a', { consumers: 0 }), 'no-consumer')).toBe(true);
  });
});

describe('sort', () => {
  const list = [
    queue('b', { total: 5 }),
    queue('unknown', { total: null }),
    queue('a', { total: 5 }),
    queue('c', { total: 9 }),
  ];
  it('puts the unknown last either way and breaks ties by name', () => {
    expect(names(sorted(list, { by: 'total', desc: true }))).toEqual(['c', 'a', 'b', 'unknown']);
    expect(names(sorted(list, { by: 'total', desc: false }))).toEqual(['a', 'b', 'c', 'unknown']);
    expect(names(sorted(list, { by: 'name', desc: true }))).toEqual(['unknown', 'c', 'b', 'a']);
  });
  it('is read from the URL and written there only when it is not the default', () => {
    expect(parseSort('ready:desc')).toEqual({ by: 'ready', desc: true });
    expect(parseSort('__proto__:desc')).toEqual({ by: 'total', desc: true });
    expect(parseSort(null)).toEqual({ by: 'total', desc: true });
    expect(sortText({ by: 'total', desc: true })).toBeNull();
    expect(sortText({ by: 'name', desc: false })).toBe('name:asc');
  });
});

it('heads the list with what needs a look', () => {
  const attention = {
    code: 'no_consumer',
    level: 'warn',
    vhost: '/',
    queue: 'mail',
    words: 'No consumer',
    figure: '3 ready',
    since: null,
  } as const;
  const groups = grouped(
    [
      queue('audit'),
      queue('mail', { attention }),
      queue('dlq', { attention: { ...attention, level: 'dead' } }),
    ],
    true,
  );
  expect(groups.map((g) => [g.title, names(g.rows)])).toEqual([
    ['Needs a look', ['dlq', 'mail']],
    ['Flowing', ['audit']],
  ]);
  expect(grouped([queue('audit')], true).map((g) => g.title)).toEqual(['']);
});
