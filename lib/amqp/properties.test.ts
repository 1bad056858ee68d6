import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Header, headerSchema, type Properties, propertiesSchema } from '../model/message.ts';
import {
  decodeProperties,
  editProperties,
  encodeProperties,
  rawHeaders,
  splitProperties,
} from './properties.ts';
import { encodeHeader, encodeHeaders } from './table-encode.ts';
import { MAX_DEPTH } from './wire.ts';

const round = (headers: readonly Header[]) => decodeProperties(encodeProperties({}, headers)).headers;

/** A table entry from hand-made bytes: `tag` and `value` in hex. */
const wire = (name: string, tag: string, hex: string) =>
  Buffer.concat([Buffer.of(name.length), Buffer.from(name + tag), Buffer.from(hex, 'hex')]);
const rawWith = (...entries: Buffer[]) => {
  const table = Buffer.concat(entries);
  const head = Buffer.alloc(6);
  head.writeUInt16BE(1 << 13);
  head.writeUInt32BE(table.length, 2);
  return Buffer.concat([head, table]);
};

describe('reading', () => {
  test.each([
    ['t', '01', true],
    ['t', '00', false],
    ['b', 'ff', -1],
    ['B', 'ff', 255],
    ['s', 'fffe', -2],
    ['u', 'fffe', 65_534],
    ['I', '80000000', -2_147_483_648],
    ['i', '80000000', 2_147_483_648],
    ['l', '0000000000000005', 5],
    ['l', '0020000000000001', '9007199254740993'],
    ['f', '3fc00000', 1.5],
    ['d', '3ff0000000000000', 1],
    ['d', '7ff8000000000000', 'NaN'],
    ['d', 'fff0000000000000', '-Infinity'],
    ['D', '0200000000', '0.00'],
    ['D', '02ffffff6a', '-1.50'],
    ['S', '0000000568656c6c6f', 'hello'],
    ['x', '00000002ff00', '/wA='],
    ['T', '0000000065000000', 0x65000000],
    ['T', 'ffffffffffffffff', '18446744073709551615'],
    ['V', '', null],
    ['A', '00000009490000000774015656', [7, true, null, null]],
    ['F', '0000000401617401', { a: true }],
  ])('type %s of %s is %j', (tag, hex, value) => {
    const [header] = decodeProperties(rawWith(wire('h', tag, hex))).headers;
    expect(header).toEqual({ name: 'h', type: tag, value });
  });

  test('keeps duplicates and ordinary names such as __proto__, at any depth', () => {
    const inner = wire('__proto__', 'S', `00000001${Buffer.from('p').toString('hex')}`);
    const table = `${inner.length.toString(16).padStart(8, '0')}${inner.toString('hex')}`;
    const { headers } = decodeProperties(
      rawWith(wire('__proto__', 't', '01'), wire('__proto__', 't', '00'), wire('in', 'F', table)),
    );
    expect(headers.map((h) => h.name)).toEqual(['__proto__', '__proto__', 'in']);
    expect(Object.entries(headers[2]?.value ?? {})).toEqual([['__proto__', 'p']]);
    expect(Object.getPrototypeOf(headers[2]?.value)).toBe(Object.prototype);
  });

  test('reads what stands before the first unreadable byte', () => {
    const whole = encodeProperties({ messageId: 'm', contentType: 'text/plain' }, [
      { name: 'a', type: 'S', value: 'kept' },
      { name: 'b', type: 'S', value: 'cut' },
    ]);
    expect(decodeProperties(whole.subarray(0, whole.length - 3)).properties).toEqual({
      contentType: 'text/plain',
    });
    const unknownType = rawWith(wire('a', 't', '01'), wire('b', '?', '00'), wire('c', 't', '01'));
    expect(decodeProperties(unknownType).headers).toEqual([{ name: 'a', type: 't', value: true }]);
    expect(decodeProperties(Buffer.alloc(0))).toEqual({ properties: {}, headers: [] });
  });

  test('a table nested without end costs neither the stack nor time', () => {
    let table = Buffer.alloc(0);
    for (let i = 0; i < 1_000; i++) {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(table.length);
      table = Buffer.concat([Buffer.of(1, 0x61, 0x46), length, table]);
    }
    const [header] = decodeProperties(rawWith(table)).headers;
    expect(JSON.stringify(header?.value).match(/\{/g)).toHaveLength(MAX_DEPTH);
  });

  test('any bytes at all give a valid answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const { properties, headers } = decodeProperties(Buffer.from(bytes));
        propertiesSchema.parse(properties);
        for (const h of headers) headerSchema.parse(h);
      }),
      { numRuns: 2_000 },
    );
  });

  test('any damage to real property bytes gives a valid answer', () => {
    const whole = encodeProperties({ messageId: 'm', timestamp: 1, priority: 3 }, [
      { name: 'a', type: 'A', value: [1, 'two', null, { three: 3.5 }] },
      { name: 'f', type: 'F', value: { a: [true], b: 'text' } },
      { name: 'D', type: 'D', value: '12.50' },
    ]);
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(damage, (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, to] of changes) bytes[at] = to;
        for (const h of decodeProperties(bytes).headers) headerSchema.parse(h);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('writing', () => {
  const name = fc.string({ unit: 'binary', maxLength: 60 });
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  const leaf = fc.oneof(
    fc.constant(null),
    fc.boolean(),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Number.isInteger(n)),
    text,
  );
  const nested: fc.Arbitrary<Header['value']> = fc.letrec<{ any: Header['value'] }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie('any'), { maxLength: 4 }),
      fc.array(fc.tuple(name, tie('any')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
    ),
  })).any;
  const typed: fc.Arbitrary<Omit<Header, 'name'>> = fc.oneof(
    fc.record({ type: fc.constant('t' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('b' as const), value: fc.integer({ min: -128, max: 127 }) }),
    fc.record({ type: fc.constant('B' as const), value: fc.nat(255) }),
    fc.record({ type: fc.constant('s' as const), value: fc.integer({ min: -32_768, max: 32_767 }) }),
    fc.record({ type: fc.constant('u' as const), value: fc.nat(65_535) }),
    fc.record({ type: fc.constant('I' as const), value: fc.integer() }),
    fc.record({ type: fc.constant('i' as const), value: fc.integer({ min: 0, max: 2 ** 32 - 1 }) }),
    fc.record({
      type: fc.constant('l' as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((n) => {
        return Number.isSafeInteger(Number(n)) ? Number(n) : n.toString();
      }),
    }),
    fc.record({
      type: fc.constant('f' as const),
      value: fc.float().map((n) => (Number.isFinite(n) ? n : String(n))),
    }),
    fc.record({
      type: fc.constant('d' as const),
      value: fc.double().map((n) => (Number.isFinite(n) ? n : String(n))),
    }),
    fc.record({ type: fc.constant('S' as const), value: text }),
    fc.record({
      type: fc.constant('x' as const),
      value: fc.uint8Array({ maxLength: 40 }).map((b) => Buffer.from(b).toString('base64')),
    }),
    fc.record({ type: fc.constant('T' as const), value: fc.maxSafeNat() }),
    fc.record({ type: fc.constant('V' as const), value: fc.constant(null) }),
    nested.filter(Array.isArray).map((value) => ({ type: 'A' as const, value })),
  );
  const header = fc.tuple(name, typed).map(([n, h]): Header => ({ name: n, ...h }));
  const short = fc.option(fc.string({ unit: 'grapheme', maxLength: 30 }), { nil: undefined });
  const properties = fc.record({
    contentType: short,
    deliveryMode: fc.option(fc.nat(255), { nil: undefined }),
    priority: fc.option(fc.nat(255), { nil: undefined }),
    correlationId: short,
    expiration: short,
    messageId: short,
    timestamp: fc.option(fc.maxSafeNat(), { nil: undefined }),
    clusterId: short,
  });

  test('headers of every type come back as they were, -0 and infinities too', () => {
    fc.assert(
      fc.property(fc.array(header, { maxLength: 12 }), (headers) => {
        expect(round(headers)).toEqual(headers);
      }),
      { numRuns: 500 },
    );
  });

  test('properties come back as they were; absent stays absent', () => {
    fc.assert(
      fc.property(properties, (p: Properties) => {
        const present = Object.fromEntries(Object.entries(p).filter(([, v]) => v !== undefined));
        expect(decodeProperties(encodeProperties(p)).properties).toEqual(present);
      }),
    );
    expect(splitProperties(encodeProperties({})).size).toBe(0);
  });

  test('values without a type get the one that fits', () => {
    const given = [5, -1, 3_000_000_000, 1.5, 'é', true, null, [1], { a: 1 }];
    const headers = given.map((value, i): Header => ({ name: `h${i}`, type: null, value }));
    expect(round(headers).map((h) => h.type)).toEqual(['I', 'I', 'l', 'd', 'S', 't', 'V', 'A', 'F']);
    expect(round(headers).map((h) => h.value)).toEqual(given);
  });

  test('refuses what does not fit, instead of sending something else', () => {
    const long = 'é'.repeat(128); // 256 bytes
    expect(() => encodeProperties({ messageId: long })).toThrow(RangeError);
    expect(() => encodeHeader({ name: long, type: 'S', value: '' })).toThrow(RangeError);
    expect(() => encodeHeader({ name: 'b', type: 'b', value: 200 })).toThrow(RangeError);
    expect(() => encodeHeader({ name: 'i', type: 'I', value: 1.5 })).toThrow(RangeError);
    expect(() => encodeHeader({ name: 'l', type: 'l', value: 'x' })).toThrow(RangeError);
    expect(() => encodeHeader({ name: 'D', type: 'D', value: '1e9' })).toThrow(RangeError);
  });
});

describe('editing', () => {
  const odd = rawWith(
    wire('', 'L', '8000000000000000'), // a type that no codec here writes, an empty name
    wire('x-death', 'A', '00000000'),
    wire('!', 'S', '00000002c328'), // not UTF-8
    wire('gone', 't', '02'), // a true that is not 1
    wire('set', 'b', '01'),
  );

  test('leaves every untouched byte as it was', () => {
    expect(editProperties(odd, {})).toEqual(odd);
    const edited = editProperties(odd, { setHeaders: [{ name: 'x-replay-id', type: 'S', value: 'j.1' }] });
    expect(editProperties(edited, { dropHeaders: (n) => n === 'x-replay-id' })).toEqual(odd);
  });

  test('drops, renames and sets headers', () => {
    const edited = editProperties(odd, {
      dropHeaders: (n) => n === 'gone',
      renameHeaders: new Map([['x-death', 'x-original-death']]),
      setHeaders: [{ name: 'set', type: 'S', value: 'new' }],
    });
    expect(rawHeaders(edited).map((e) => e.name)).toEqual(['', 'x-original-death', '!', 'set']);
    expect(rawHeaders(edited).map((e) => e.tag)).toEqual(['L', 'A', 'S', 'S']);
    expect(rawHeaders(edited)[1]?.typed).toEqual(rawHeaders(odd)[1]?.typed);
  });

  test('drops and sets properties beside the headers', () => {
    const raw = encodeProperties({ userId: 'a', expiration: '10', messageId: 'm' }, [
      { name: 'h', type: 't', value: true },
    ]);
    const edited = editProperties(raw, {
      dropProperties: ['userId', 'expiration'],
      setProperties: { priority: 4 },
    });
    expect(decodeProperties(edited)).toEqual({
      properties: { messageId: 'm', priority: 4 },
      headers: [{ name: 'h', type: 't', value: true }],
    });
  });

  test('an absent header table stays absent, an empty one stays empty', () => {
    const none = encodeProperties({ messageId: 'm' });
    expect(editProperties(none, { dropHeaders: () => true })).toEqual(none);
    const empty = rawWith();
    expect(editProperties(empty, { dropHeaders: () => true })).toEqual(empty);
    expect(encodeHeaders([])).toEqual(Buffer.alloc(4));
  });

  test('refuses bytes that it cannot account for', () => {
    expect(() => editProperties(Buffer.concat([odd, Buffer.of(0)]), {})).toThrow(RangeError);
    expect(() => editProperties(odd.subarray(0, 9), {})).toThrow(RangeError);
  });
});
