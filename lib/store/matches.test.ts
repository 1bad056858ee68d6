import { describe, expect, test } from 'vitest';
import type { JourneyQuery } from '../model/api.ts';
import { deathOf, factOf } from './fact-samples.ts';
import { bodyMatcher, carries, factMatcher } from './matches.ts';
import { MAX_HEADERS, tokensOf } from './tokens.ts';

const asks = (query: Partial<JourneyQuery>, facts = [factOf(), deathOf()]) =>
  factMatcher({ limit: 1, ...query })?.(facts);

describe('a query on facts', () => {
  test('asks nothing of them when it names no filter of theirs', () => {
    expect(factMatcher({ limit: 1, vhost: '/', status: 'dead', from: 1, q: 'x' })).toBeNull();
  });

  test('holds when each filter holds of some fact, not all of the same one', () => {
    expect(asks({ exchange: 'orders', reason: 'rejected' })).toBe(true);
    expect(asks({ exchange: 'dlx', key: 'orders.*', queue: 'orders' })).toBe(true);
    expect(asks({ exchange: 'dlx', reason: 'expired' })).toBe(false);
    expect(asks({ key: 'orders.new' }, [])).toBe(false);
  });

  test('in the time it takes to look at a text once, however it is put together', () => {
    const body = Buffer.alloc(65_536, 'a');
    const text = `${'a'.repeat(254)}b`;
    const start = performance.now();
    for (let i = 0; i < 20; i++) expect(bodyMatcher(i % 2 === 0 ? text : '(a+)+$')(body)).toBe(false);
    const hashes = Array.from({ length: 120 }, () => '#').join('.');
    expect(asks({ key: hashes }, [factOf({ routingKeys: ['a.'.repeat(120)] })])).toBe(true);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test('finds an ID as a whole', () => {
    const facts = [factOf({ ids: { messageId: 'm-1', correlationId: 'c' } })];
    expect(['m-1', 'c', 'message:m-1', 'trace:c', 'm', ''].map((id) => carries(facts, id))).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });
});

test('the tokens of a fact are bounded, whatever its headers hold', () => {
  const body = { size: 0, data: null, truncated: false };
  const headers = Array.from({ length: 1_000 }, (_, i) => ({ name: `h${i}`, type: null, value: 'v' }));
  const headersOf = (list: typeof headers) =>
    tokensOf(factOf({ message: { properties: {}, headers: list, body } })).filter((t) => /^[nh]/.test(t));
  expect(headersOf(headers)).toHaveLength(2 * MAX_HEADERS);
  expect(headersOf([{ name: 'long', type: null, value: 'x'.repeat(257) }])).toEqual(['nlong']);
  expect(headersOf([{ name: 'x'.repeat(129), type: null, value: 'v' }])).toEqual([]);
});
