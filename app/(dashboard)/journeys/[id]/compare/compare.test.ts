import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assemble } from '@/lib/journey/assemble.ts';
import type { Header, Message } from '@/lib/model/message';
import { Story } from '../../../../../test/build-facts.ts';
import { compare } from './compare.ts';
import { bodyRows } from './compare-bodies.ts';
import { jsonLeaves } from './json-leaves.ts';
import { partnersOf } from './partners.ts';

const iso = (ms: number) => new Date(ms).toISOString();
const body = (text: string) => ({
  size: Buffer.byteLength(text),
  data: Buffer.from(text).toString('base64'),
  truncated: false,
});
const message = (text: string, headers: Header[] = []): Message => ({
  properties: { contentType: 'application/json', messageId: 'm1' },
  headers,
  body: body(text),
});
const differing = (a: string, b: string) =>
  bodyRows(body(a), body(b))
    .filter((r) => r.is === 'different' && r.name !== 'size')
    .map((r) => [r.name, r.a.text, r.b.text]);

describe('jsonLeaves', () => {
  it('names each value by its path, as it was written', () => {
    expect(jsonLeaves('{"id":12345678901234567890,"a":[1,{"b c":1.10},[]],"e":{},"n":null}')).toEqual([
      ['$.id', '12345678901234567890'],
      ['$.a[0]', '1'],
      ['$.a[1]["b c"]', '1.10'],
      ['$.a[2]', '[]'],
      ['$.e', '{}'],
      ['$.n', 'null'],
    ]);
    expect(jsonLeaves('"x"')).toEqual([['$', '"x"']]);
    expect(jsonLeaves('{"a":')).toBeNull();
  });

  it('finds every value of any JSON', () => {
    const leaves = (value: unknown): number =>
      value !== null && typeof value === 'object' && Object.keys(value).length > 0
        ? Object.values(value).reduce<number>((n, one) => n + leaves(one), 0)
        : 1;
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        // JSON.parse gives __proto__ as a plain key, which the counting above would not see
        const text = JSON.stringify(value).replaceAll('__proto__', 'proto');
        expect(jsonLeaves(text)).toHaveLength(leaves(JSON.parse(text)));
      }),
      { numRuns: 50 },
    );
  });
});

describe('bodies', () => {
  it('of JSON differ by path, with every digit and type', () => {
    expect(differing('{"id":10000000000000001,"n":1,"gone":1}', '{"n":"1","id":10000000000000002}')).toEqual([
      ['$.id', '10000000000000001', '10000000000000002'],
      ['$.n', '1', '"1"'],
      ['$.gone', '1', null],
    ]);
  });

  it('of text differ by line, whatever moved between', () => {
    expect(differing('a\nb\nc', 'a\nx\nb\nc')).toEqual([['line 2', null, 'x']]);
    expect(differing('a\nold\nc', 'a\nnew\nc')).toEqual([['line 2', 'old', 'new']]);
  });

  it('of bytes part at an offset', () => {
    const bytes = (...list: number[]) => ({
      size: list.length,
      data: Buffer.from(list).toString('base64'),
      truncated: false,
    });
    const rows = bodyRows(bytes(0, 1, 255), bytes(0, 1, 254, 7));
    expect(rows.map((r) => [r.name, r.is])).toEqual([
      ['size', 'different'],
      ['from byte 2', 'different'],
    ]);
  });

  it('of which one was not kept claim nothing', () => {
    const rows = bodyRows(body('x'), { size: 1, data: null, truncated: false });
    expect(rows.at(-1)).toMatchObject({ name: 'content', is: 'different' });
  });
});

describe('compare', () => {
  const journey = assemble(
    new Story()
      .published(0, 'orders', ['billing'])
      .delivered(5, 'billing', 1, { message: message('{"n":1}', [{ name: 'try', type: 'I', value: 1 }]) })
      .redelivered(900, 'billing', 2, {
        message: message('{"n":1}', [
          { name: 'try', type: 'l', value: 1 },
          { name: 'secret', type: 'S', value: '[redacted]' },
        ]),
      }).facts,
    [],
  );
  const [first, second] = journey.hops.filter((h) => h.kind === 'delivery');
  if (!first || !second) throw new Error('there are two deliveries');

  it('tells headers apart by their wire type, and does not call redacted values the same', () => {
    const side = (hop: typeof first) => ({ hop, message: hop.message });
    const rows = compare(side(first), side(second), journey.hops, new Map(), iso);
    const of = (name: string) => rows.find((r) => r.name === name);
    expect(of('try')).toMatchObject({ is: 'different', a: { type: 'int32' }, b: { type: 'int64' } });
    expect(of('secret')).toMatchObject({ is: 'different', a: { text: null } });
    expect(of('$.n')).toMatchObject({ is: 'same' });
    expect(of('When')?.b.text).toContain('895 ms later');
    const twice = compare(side(second), side(second), journey.hops, new Map(), iso);
    expect(twice.find((r) => r.name === 'secret')?.is).toBe('hidden');
    expect(twice.filter((r) => r.is === 'different')).toEqual([]);
  });

  it('offers the other delivery of the queue first', () => {
    expect(partnersOf(second, journey)[0]).toBe(first);
  });
});
