import { describe, expect, it } from 'vitest';
import { suggestionsFor } from '../../journeys/suggestions.ts';
import { chipText, readTyped, wordOf } from './filter-text.ts';
import { keptTime, whenOf } from './filter-times.ts';
import { type Condition, joinPages, paramsWith, queryText, questionOf, viewText } from './question.ts';

const now = Date.UTC(2026, 10, 21, 12, 0, 0);
const of = (search: string) => questionOf(new URLSearchParams(search));

describe('the question in the URL', () => {
  it('takes what it knows, headers more than once, and goes back as it came', () => {
    const search = 'q=abc&status=dead&header=a%3D1&queue=billing&header=b&exchange=&live=1';
    const question = of(search);
    expect(question.q).toBe('abc');
    expect(question.conditions.map((c) => `${c.field}=${c.value}`)).toEqual([
      'status=dead',
      'header=a=1',
      'queue=billing',
      'header=b',
      'exchange=',
    ]);
    expect(paramsWith(new URLSearchParams(search), question).toString()).toBe(search);
  });

  it('is the same question in any order, and has its times told when it is asked', () => {
    expect(viewText(of('queue=a&status=dead'))).toBe(viewText(of('status=dead&queue=a')));
    expect(queryText(of('from=15m&queue=a b'), now)).toBe(`from=${now - 900_000}&limit=100&queue=a+b`);
    // what nobody can read goes to the API, which says so
    expect(queryText(of('from=tomorrow&status=lost'), now)).toBe('from=tomorrow&limit=100&status=lost');
  });
});

describe('what is typed', () => {
  const typed = (text: string, done = true) => {
    const { conditions, rest, bare, wrong } = readTyped(text, done, now);
    return { words: conditions.map(wordOf), rest, bare, wrong: wrong?.why ?? null };
  };

  it('becomes conditions and an ID', () => {
    expect(
      typed('queue:billing status:dead header:tenant=acme 4bf92f35 key:order.* text:"timed out"'),
    ).toEqual({
      words: ['queue:billing', 'status:dead', 'header:tenant=acme', 'key:order.*', 'text:"timed out"'],
      rest: '4bf92f35',
      bare: '4bf92f35',
      wrong: null,
    });
  });

  it('waits for the end of a word before it takes it', () => {
    expect(typed('queue:bil', false)).toMatchObject({ words: [], rest: 'queue:bil', bare: '' });
    expect(typed('text:"timed out', false)).toMatchObject({ words: [], rest: 'text:"timed out' });
    expect(typed('queue:billing ', false)).toMatchObject({ words: ['queue:billing'], rest: '' });
    expect(typed('timed ou', false)).toMatchObject({ words: [], bare: 'timed ou' });
  });

  it('knows other words, spaces after a colon, two words of a status, and the default exchange', () => {
    expect(typed('user:anna queue: billing status:in-flight exchange:"" body:x').words).toEqual([
      'client:anna',
      'queue:billing',
      'status:"in flight"',
      'exchange:""',
      'text:x',
    ]);
  });

  it('leaves IDs with a colon alone, and names of no filter', () => {
    expect(typed('trace:4bf9 order:8841 __proto__:1 constructor:x')).toMatchObject({
      words: [],
      bare: 'trace:4bf9 order:8841 __proto__:1 constructor:x',
    });
  });

  it('keeps what cannot be, and says why', () => {
    expect(typed('status:lost queue:a')).toMatchObject({ words: ['queue:a'], rest: 'status:lost', bare: '' });
    expect(typed('status:lost').wrong).toContain('in flight');
    expect(typed('from:tomorrow').wrong).toContain('10:03');
    expect(typed('queue:').wrong).toContain('missing');
    expect(typed('header:=x').wrong).toContain('name=value');
  });

  it('is written as it was meant, quotes and all', () => {
    const hard: Condition[] = [
      { field: 'text', value: 'say "no" \\ twice' },
      { field: 'header', value: 'x=a b' },
      { field: 'key', value: '' },
    ];
    for (const condition of hard)
      expect(readTyped(wordOf(condition), true, now).conditions).toEqual([condition]);
  });
});

it('reads times as people write them', () => {
  expect(whenOf('15m', now)).toBe(now - 900_000);
  expect(whenOf('2026-11-21T10:03:12Z', now)).toBe(Date.UTC(2026, 10, 21, 10, 3, 12));
  const three = whenOf('23:59', now) ?? 0;
  expect([three <= now, now - three < 86_400_000, new Date(three).getMinutes()]).toEqual([true, true, 59]);
  expect([whenOf('24:00', now), whenOf('soon', now), whenOf('2026-13-40', now)]).toEqual([null, null, null]);
  expect(keptTime('1h', now)).toBe('1h');
  expect(keptTime('2026-11-21 10:03', now)).toMatch(/^2026-11-2\dT.*Z$/);
  expect(chipText({ field: 'from', value: '1h' }, now)).toBe('from:1h');
});

it('offers fields, then what is known of them', () => {
  const known = { queue: ['billing', 'rebilling', 'a b'], exchange: ['orders', ''] };
  expect(suggestionsFor('abc qu', known).map((s) => s.word)).toEqual(['queue:']);
  expect(suggestionsFor('queue:bil', known).map((s) => s.word)).toEqual(['queue:billing', 'queue:rebilling']);
  expect(suggestionsFor('queue:a', known).map((s) => s.word)).toEqual(['queue:"a b"']);
  expect(suggestionsFor('exchange:', known).map((s) => s.label)).toEqual(['orders', '(default exchange)']);
  expect(suggestionsFor('queue:billing ', known)).toEqual([]);
});

it('shows each journey once, where it stands newest', () => {
  const a = { id: 'a', page: 1 };
  const pages = joinPages(
    [a],
    [
      { id: 'a', page: 2 },
      { id: 'b', page: 2 },
      { id: 'b', page: 3 },
    ],
  );
  expect(pages).toEqual([a, { id: 'b', page: 2 }]);
});
