import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binding, exchange } from '../../test/build.ts';
import { patternsOverlap, route, type Topology, topicMatches } from './topology.ts';

describe('a topic pattern', () => {
  test.each([
    ['order.created', 'order.created', true],
    ['order.*', 'order.created', true],
    ['order.*', 'order', false],
    ['order.*', 'order.created.eu', false],
    ['order.#', 'order', true],
    ['order.#', 'order.created.eu', true],
    ['#', '', true],
    ['#', 'a.b', true],
    ['', '', true],
    ['*', '', false],
    ['#.eu', 'eu', true],
    ['a.#.b.#.c', 'a.b.c', true],
    ['a.#.b.#.c', 'a.x.y.c', false],
    ['a.*.b', 'a..b', true],
  ])('%s against key "%s": %s', (pattern, key, matches) => {
    expect(topicMatches(pattern, key)).toBe(matches);
  });

  test('stays fast where a backtracking matcher would not', () => {
    expect(topicMatches(`${'#.'.repeat(40)}x`, `${'a.'.repeat(200)}b`)).toBe(false);
    expect(patternsOverlap(`${'#.*.'.repeat(20)}x`, `${'*.#.'.repeat(20)}y`)).toBe(false);
  });

  test('of nothing but # takes no longer where a search compares it with thousands of long keys', () => {
    const began = performance.now();
    for (let i = 0; i < 200; i++)
      expect(topicMatches('#.'.repeat(127), `${'a.'.repeat(127)}${i}`)).toBe(false);
    expect(performance.now() - began).toBeLessThan(1_000);
  });

  test.each([
    ['order.*', '#.created', true],
    ['a.*', 'b.#', false],
    ['#', '', true],
    ['*', '', false],
    ['a.#', '#.b', true],
    ['a.b', 'a.*.#', true],
    ['*.*', '*', false],
  ])('%s and %s have a key in common: %s', (one, other, overlap) => {
    expect(patternsOverlap(one, other)).toBe(overlap);
    expect(patternsOverlap(other, one)).toBe(overlap);
  });

  test('overlaps every pattern that matches a key which it matches too', () => {
    const word = fc.constantFrom('a', 'b', '*', '#');
    const pattern = fc.array(word, { maxLength: 4 }).map((w) => w.join('.'));
    const key = fc.array(fc.constantFrom('a', 'b'), { maxLength: 5 }).map((w) => w.join('.'));
    fc.assert(
      fc.property(pattern, pattern, key, (one, other, k) => {
        if (topicMatches(one, k) && topicMatches(other, k)) expect(patternsOverlap(one, other)).toBe(true);
      }),
    );
  });
});

describe('routing', () => {
  const at = (t: Partial<Topology>): Topology => ({ exchanges: [], bindings: [], queues: [], ...t });

  test('through the default exchange goes to the queue of that name, in that vhost only', () => {
    const t = at({
      queues: [
        { vhost: '/', name: 'a' },
        { vhost: 'other', name: 'b' },
      ],
    });
    expect(route(t, '/', '', ['a'])).toEqual({ exists: true, queues: ['a'], viaAlternate: null });
    expect(route(t, '/', '', ['b']).queues).toEqual([]);
  });

  test('tells an exchange that does not exist from one that leads nowhere', () => {
    const t = at({ exchanges: [exchange('x')] });
    expect(route(t, '/', 'x', ['k'])).toMatchObject({ exists: true, queues: [] });
    expect(route(t, '/', 'y', ['k'])).toMatchObject({ exists: false, queues: [] });
  });

  test('names a queue once, whatever number of bindings and keys lead to it', () => {
    const t = at({
      exchanges: [exchange('x', 'topic')],
      bindings: [binding('x', '#', 'q'), binding('x', 'a', 'q')],
    });
    expect(route(t, '/', 'x', ['a', 'b']).queues).toEqual(['q']);
  });

  test('follows bindings between exchanges and ends on a circle', () => {
    const to = { destinationType: 'exchange' as const };
    const t = at({
      exchanges: [exchange('a', 'fanout'), exchange('b', 'direct')],
      bindings: [binding('a', '', 'b', to), binding('b', 'k', 'a', to), binding('b', 'k', 'q')],
    });
    expect(route(t, '/', 'a', ['k']).queues).toEqual(['q']);
    expect(route(t, '/', 'a', ['other']).queues).toEqual([]);
  });

  test('takes the alternate exchange only when nothing else took the message', () => {
    const t = at({
      exchanges: [exchange('x', 'direct', { alternate: 'rest' }), exchange('rest', 'fanout')],
      bindings: [binding('x', 'k', 'q'), binding('rest', '', 'unrouted')],
    });
    expect(route(t, '/', 'x', ['k'])).toEqual({ exists: true, queues: ['q'], viaAlternate: null });
    expect(route(t, '/', 'x', ['z'])).toEqual({ exists: true, queues: ['unrouted'], viaAlternate: 'rest' });
  });

  test('matches headers by all, by any, and leaves x- headers out unless asked', () => {
    const t = (args: Record<string, string | number>) =>
      at({ exchanges: [exchange('h', 'headers')], bindings: [binding('h', '', 'q', { arguments: args })] });
    const headers = new Map<string, unknown>([
      ['a', 1],
      ['x-b', 2],
    ]);
    const hit = (args: Record<string, string | number>) => route(t(args), '/', 'h', [''], headers).queues;
    expect(hit({ 'x-match': 'all', a: 1 })).toEqual(['q']);
    expect(hit({ a: 1, c: 3 })).toEqual([]);
    expect(hit({ 'x-match': 'any', a: 1, c: 3 })).toEqual(['q']);
    expect(hit({ 'x-match': 'all', a: 1, 'x-b': 9 })).toEqual(['q']);
    expect(hit({ 'x-match': 'all-with-x', a: 1, 'x-b': 9 })).toEqual([]);
  });

  test("does not count Hoplight's own taps as a place where a message goes", () => {
    const t = at({
      exchanges: [exchange('x', 'fanout', { alternate: 'rest' }), exchange('rest', 'fanout')],
      bindings: [binding('x', '', 'hoplight.tap.1'), binding('rest', '', 'q')],
    });
    expect(route(t, '/', 'x', ['k']).queues).toEqual(['q']);
  });
});
