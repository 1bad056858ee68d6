import { describe, expect, it } from 'vitest';
import type { LetterFilter } from '../model/letter-filter.ts';
import { causeOf } from './causes.ts';
import type { Letter } from './letter.ts';
import { letterMatches } from './matches.ts';

const died = {
  originQueue: 'billing',
  reason: 'rejected',
  error: 'Timeout calling card service',
  diedAt: 5_000,
};
const letter = (more: Partial<Letter> = {}): Letter => ({
  ...died,
  key: 'k',
  journey: 'message:m-1',
  ids: { messageId: 'm-1', traceId: 'abcdef' },
  fingerprint: 'f',
  exchange: 'dlx',
  routingKey: 'dead',
  deaths: [
    {
      queue: 'billing',
      reason: 'rejected',
      count: 1,
      exchange: 'orders',
      routingKeys: ['order.created'],
      at: 5_000,
    },
  ],
  cause: causeOf(died),
  deliveryCount: null,
  offset: null,
  replays: 0,
  properties: {},
  headers: [
    { name: 'X-Tenant', type: 'S', value: 'Acme' },
    { name: 'attempt', type: 'I', value: 3 },
    { name: 'flag', type: 't', value: true },
    { name: 'nested', type: 'F', value: { a: ['Deep'] } },
  ],
  raw: Buffer.alloc(0),
  body: Buffer.from(
    '{"order":{"id":9871,"big":12345678901234567890,"price":1.50},"items":[{"sku":"Ä-1"}],"none":null}',
  ),
  ...more,
});
const matches = (filter: LetterFilter, more?: Partial<Letter>) => letterMatches(filter)(letter(more));

describe('a filter', () => {
  it.each<[LetterFilter, LetterFilter]>([
    [{ origin: 'billing' }, { origin: 'bill' }],
    [{ reason: 'rejected' }, { reason: 'expired' }],
    [{ error: 'CALLING card' }, { error: 'refused' }],
    [{ exchange: 'orders' }, { exchange: '' }],
    [{ key: 'order.created' }, { key: 'order' }],
    [{ from: 5_000 }, { from: 5_001 }],
    [{ to: 5_001 }, { to: 5_000 }],
    [{ causes: ['x', causeOf(died)] }, { causes: ['x'] }],
    [{ headers: [{ name: 'x-tenant' }] }, { headers: [{ name: 'tenant' }] }],
    [{ headers: [{ name: 'x-tenant', value: 'Acme' }] }, { headers: [{ name: 'x-tenant', value: 'acme' }] }],
    [{ headers: [{ name: 'attempt', value: '3' }] }, { headers: [{ name: 'attempt', value: '03' }] }],
    [{ headers: [{ name: 'flag', value: 'true' }] }, { headers: [{ name: 'flag', value: '1' }] }],
    [{ json: [{ path: '$.order.id', value: '9871' }] }, { json: [{ path: '$.order.id', value: '987' }] }],
    [{ json: [{ path: '$.order.price', value: '1.5' }] }, { json: [{ path: '$.order.price', value: '1' }] }],
    [{ json: [{ path: '$.none', value: 'null' }] }, { json: [{ path: '$.nothing' }] }],
    [
      { json: [{ path: '$.order.big', value: '12345678901234567890' }] },
      { json: [{ path: '$.order.big', value: '12345678901234567891' }] },
    ],
    [
      { json: [{ path: '$.items[*].sku' }, { path: '$..id' }] },
      { json: [{ path: '$..id' }, { path: '$.x' }] },
    ],
    [{ text: 'ä-1' }, { text: 'ä-2' }],
    [{ text: 'ABCDE' }, { text: 'X-Tenant' }],
    [{ text: 'deep' }, { text: 'shallow' }],
    [
      { text: 'acme', origin: 'billing' },
      { text: 'acme', origin: 'other' },
    ],
  ])('%j lets the letter pass, %j does not', (yes, no) => {
    expect(matches(yes)).toBe(true);
    expect(matches(no)).toBe(false);
  });

  it('lets everything pass when nothing is asked, and takes what is unknown for no match', () => {
    expect(matches({})).toBe(true);
    expect(matches({ from: 0 }, { diedAt: null })).toBe(false);
    expect(matches({ error: 'x' }, { error: null })).toBe(false);
    expect(matches({ json: [{ path: '$.a' }] }, { body: Buffer.from([0x7b, 0xff]) })).toBe(false);
    expect(matches({ json: [{ path: '$.a' }] }, { body: Buffer.alloc(0) })).toBe(false);
    expect(matches({ json: [{ path: '$.a' }] }, { body: Buffer.from('\ufeff {"a":1}') })).toBe(true);
  });
});

it('is not stopped by a body that is nested deeper than the stack', () => {
  const deep = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)},"b":"x"}`;
  const more = { body: Buffer.from(deep) };
  expect(matches({ json: [{ path: '$.a', value: 'x' }] }, more)).toBe(false);
  expect(matches({ json: [{ path: '$..b', value: 'x' }] }, more)).toBe(true);
});
