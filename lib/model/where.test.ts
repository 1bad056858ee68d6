import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonPath, someAt } from './json-path.ts';
import { type LetterFilter, letterFilterSchema } from './letter-filter.ts';
import { parseWhere, whereText } from './where.ts';

const now = Date.UTC(2026, 10, 21, 12, 0);
const filterOf = (text: string): LetterFilter => {
  const where = parseWhere(text, { now, zone: 'utc' });
  if ('error' in where) throw new Error(`${where.error} (at ${where.at})`);
  return where.filter;
};
const errorOf = (text: string) => {
  const where = parseWhere(text, { now, zone: 'utc' });
  return 'error' in where ? [where.at, where.error] : null;
};

describe('the filter that people type', () => {
  it.each<[string, LetterFilter]>([
    ['', {}],
    ['header.x-tenant=acme', { headers: [{ name: 'x-tenant', value: 'acme' }] }],
    ['header.x-tenant', { headers: [{ name: 'x-tenant' }] }],
    ['header."odd = name"="a b"', { headers: [{ name: 'odd = name', value: 'a b' }] }],
    ['header.empty=', { headers: [{ name: 'empty', value: '' }] }],
    ['$.order.id=9871', { json: [{ path: '$.order.id', value: '9871' }] }],
    ['$.items[*].sku $..id=a=b', { json: [{ path: '$.items[*].sku' }, { path: '$..id', value: 'a=b' }] }],
    ["$['odd = name']=1", { json: [{ path: "$['odd = name']", value: '1' }] }],
    ['origin=billing reason=rejected', { origin: 'billing', reason: 'rejected' }],
    ['error="timeout \\"calling\\" C:\\dir"', { error: 'timeout "calling" C:\\dir' }],
    ['exchange= KEY=order.created', { exchange: '', key: 'order.created' }],
    ['after=2026-11-21T10:00Z before=10:30', { from: now - 7_200_000, to: now - 5_400_000 }],
    ['after=2026-11-21T11:00+01:00 before=2026-11-22', { from: now - 7_200_000, to: now + 43_200_000 }],
    ['after=-15m', { from: now - 900_000 }],
    ['after=9:05:30', { from: Date.UTC(2026, 10, 21, 9, 5, 30) }],
    [
      String.raw`cause="[\"billing\",\"rejected\",null]" cause=x`,
      { causes: ['["billing","rejected",null]', 'x'] },
    ],
    ['card  expired', { text: 'card expired' }],
    ['"card  expired" origin=a', { text: 'card  expired', origin: 'a' }],
    ['http://shop/?id=1 $100', { text: 'http://shop/?id=1 $100' }],
  ])('reads %s', (text, filter) => {
    expect(filterOf(text)).toEqual(filter);
    expect(letterFilterSchema.parse(filter)).toEqual(filter);
  });

  it.each([
    ['origin=a colour=red', 9, /no term colour=/],
    ['origin=a origin=b', 9, /twice/],
    ['error="open', 6, /not closed/],
    ['origin=', 0, /no value/],
    ['after=soon', 0, /takes a time/],
    ['after=2026-02-31', 0, /takes a time/],
    ['$.a[', 0, /JSON path/],
    ['one origin=a two', 13, /two texts/],
    ['"a"b', 3, /blank/],
    [`reason=${'x'.repeat(65)}`, 0, /longer than 64/],
  ])('says what is wrong with %s and where', (text, at, words) => {
    expect(errorOf(text)).toEqual([at, expect.stringMatching(words)]);
  });

  it('takes a time without a zone for one of here where it is told so', () => {
    const here = parseWhere('after=10:30', { now, zone: 'local' });
    const date = new Date(now);
    expect(here).toEqual({
      filter: { from: new Date(date.getFullYear(), date.getMonth(), date.getDate(), 10, 30).getTime() },
    });
  });

  it('comes back from its text, whatever stands in it', () => {
    const some = fc.string({
      minLength: 1,
      maxLength: 12,
      unit: fc.constantFrom('a', 'B', ' ', '"', '\\', '=', '.', '$', '[', "'", '\n', 'é', '7'),
    });
    const named = (key: string) => ({
      value: fc.record({ [key]: some, value: fc.string({ maxLength: 5 }) }, { requiredKeys: [key] }),
    });
    const path = fc
      .array(
        fc.oneof(
          fc.constantFrom('.a', '..b', '[*]', '[0]', '.*', '.a=b', '..[*]'),
          some.map((s) => `['${s.replace(/['\\]/g, '\\$&')}']`),
        ),
        { minLength: 1, maxLength: 4 },
      )
      .map((steps) => `$${steps.join('')}`);
    const filter = fc.record(
      {
        headers: fc.array(named('name').value, { minLength: 1, maxLength: 3 }),
        json: fc.array(fc.record({ path, value: some }, { requiredKeys: ['path'] }), {
          minLength: 1,
          maxLength: 3,
        }),
        text: some,
        origin: some,
        reason: some,
        error: some,
        exchange: fc.string({ maxLength: 5 }),
        key: some,
        from: fc.nat(4e12),
        to: fc.constantFrom(0, 8.64e15, now),
        causes: fc.array(some, { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(filter, (any) => {
        const given = letterFilterSchema.parse(any);
        const back = filterOf(whereText(given));
        const meant = (f: LetterFilter) => ({
          ...f,
          json: f.json?.map((j) => ({ ...j, path: parseJsonPath(j.path) })),
        });
        expect(meant(back)).toEqual(meant(given));
        expect(whereText(back)).toBe(whereText(given));
      }),
      { numRuns: 60 },
    );
  });

  it('never throws', () => {
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('a', '=', '"', '\\', ' ', '$', '.', '[', 'header.', 'after=', '*'),
        }),
        (text) => {
          const where = parseWhere(text);
          if ('filter' in where) letterFilterSchema.parse(where.filter);
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('a path into JSON', () => {
  const order = { order: { id: 9871, items: [{ sku: 'a' }, { sku: 'b', tags: ['x'] }] }, __proto__x: null };
  it.each([
    ['$.order.id', 9871, true],
    ['$.order.items[1].sku', 'b', true],
    ['$.order.items[*].sku', 'b', true],
    ['$..sku', 'b', true],
    ['$..tags[0]', 'x', true],
    ['$.order.items.sku', 'b', false],
    ['$.constructor', undefined, false],
    ['$..*', 'x', true],
  ])('%s finds %s: %s', (path, wanted, found) => {
    const parsed = parseJsonPath(path);
    expect(parsed && someAt(order, parsed, (value) => value === wanted)).toBe(found);
  });
});
