import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { REDACTED, type Redaction } from '../model/capture.ts';
import { parseJsonPath } from '../model/json-path.ts';
import type { Header, Message } from '../model/message.ts';
import { kept as keptOfSpan } from '../otlp/to-span.ts';
import { factOf } from '../store/fact-samples.ts';
import { createRedactor, redact } from './redact.ts';

const CARD = '4111 1111 1111 1111';
const IBAN = 'DE89 3704 0044 0532 0130 00';
const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.s5OHVWyGVcBY_cAjrQ';
const all: Redaction = {
  headers: [],
  jsonPaths: [],
  patterns: ['card', 'iban', 'jwt', 'bearer', 'email'],
};
const none: Redaction = { headers: [], jsonPaths: [], patterns: [] };

function messageOf(text: string | Buffer, more: Partial<Message> = {}, keep?: number): Message {
  const bytes = Buffer.from(text);
  const kept = bytes.subarray(0, keep ?? bytes.length);
  return {
    properties: {},
    headers: [],
    body: { size: bytes.length, data: kept.toString('base64'), truncated: kept.length < bytes.length },
    ...more,
  };
}
const bodyOf = (m: Message) => (m.body.data === null ? null : Buffer.from(m.body.data, 'base64').toString());
const stored = (text: string, rules: Redaction, keep?: number) =>
  bodyOf(redact(messageOf(text, {}, keep), rules));

describe('patterns', () => {
  test.each([
    [`pay ${CARD} now`, `pay ${REDACTED} now`],
    ['{"pan":"4111111111111111"}', `{"pan":"${REDACTED}"}`],
    ['{"pan":5555555555554444,"n":1}', `{"pan":${REDACTED},"n":1}`],
    ['378282246310005', REDACTED],
    [';4111111111111111=25121010000000000?', `;${REDACTED}=25121010000000000?`],
    ['0004111111111111111', `000${REDACTED}`],
    [`iban ${IBAN}, thanks`, `iban ${REDACTED}, thanks`],
    ['GB82WEST12345698765432', REDACTED],
    [`token ${JWT} end`, `token ${REDACTED} end`],
    ['Authorization: Bearer abc.DEF-123~x==', `Authorization: Bearer ${REDACTED}`],
    ['mail anna.b+c@shop.example.com.', `mail ${REDACTED}`],
  ])('%s', (text, expected) => expect(stored(text, all)).toBe(expected));

  test.each([
    'order 4111111111111112', // Luhn does not hold
    '{"at":1763724201123,"n":20261121100312}',
    'DE89370400440532013001',
    '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    'a @ b, 3@4, @mention',
    'eyJ is how it begins',
    'the bearer',
  ])('%s stays', (text) => expect(stored(text, all)).toBe(text));

  test('a body that breaks off shows no part of what would have been found in it', () => {
    for (const secret of ['4111-1111-1111-1111', IBAN, JWT, `Bearer ${JWT}`, 'anna@shop.example.com'])
      for (let keep = 10; keep < 9 + secret.length; keep++) {
        const shown = stored(`x=1;why: ${secret} y`, all, keep + 1) ?? '';
        const begun = secret.replace(/^Bearer /, '');
        expect(shown.includes(begun.slice(0, 5)), `${keep}: ${shown}`).toBe(false);
      }
  });
});

describe('headers', () => {
  const headers: Header[] = [
    { name: 'Authorization', type: 'S', value: 'secret' },
    { name: 'x-card', type: 'l', value: 4111111111111111 },
    { name: 'x-customer-name', type: 'S', value: 'Anna' },
    { name: 'x-bytes', type: 'x', value: Buffer.from(`\u0000${CARD}`).toString('base64') },
    {
      name: 'deep',
      type: 'F',
      value: { a: [{ password: 'p', note: CARD }], raw: Buffer.from(CARD).toString('base64') },
    },
    { name: 'x-death', type: 'A', value: [{ queue: '4111111111111111', count: 1 }] },
    { name: 'plain', type: 'S', value: 'stays' },
  ];
  const rules: Redaction = { ...all, headers: ['authorization', 'x-customer-*', 'password', 'x-death'] };

  test('by name in any case and at any depth, by pattern in text, numbers and bytes; x-death stays', () => {
    const out = redact(messageOf('', { headers }), rules).headers;
    expect(out).toEqual([
      { name: 'Authorization', type: null, value: REDACTED },
      { name: 'x-card', type: null, value: REDACTED },
      { name: 'x-customer-name', type: null, value: REDACTED },
      { name: 'x-bytes', type: 'x', value: Buffer.from(`\u0000${REDACTED}`).toString('base64') },
      { name: 'deep', type: 'F', value: { a: [{ password: REDACTED, note: REDACTED }], raw: REDACTED } },
      headers[5],
      headers[6],
    ]);
  });

  test('an error, a broker’s words and a span tell no secret either; identifiers stay', () => {
    const redactor = createRedactor({ ...all, headers: ['x-error', 'db.password'] });
    const fact = factOf({
      ids: { messageId: 'a@b.example' },
      error: 'no stock',
      detail: `refused ${CARD}`,
      message: messageOf('', { headers: [{ name: 'x-error', type: 'S', value: 'no stock' }] }),
      span: {
        ...{ traceId: '', spanId: '', parentSpanId: null, links: [], kind: 'internal', service: null },
        ...{ startAt: 0, endAt: 0, status: 'error', messaging: null, cut: false, exceptionType: null },
        name: 'pay anna@b.example',
        statusMessage: CARD,
        attributes: [
          { name: 'db.password', value: 'p' },
          { name: 'note', value: IBAN },
        ],
      },
    });
    expect(redactor?.fact(fact)).toMatchObject({
      ids: { messageId: 'a@b.example' },
      error: REDACTED,
      detail: `refused ${REDACTED}`,
      span: {
        name: `pay ${REDACTED}`,
        statusMessage: REDACTED,
        attributes: [{ value: REDACTED }, { value: REDACTED }],
      },
    });
  });
});

describe('a span', () => {
  const spanOf = (value: string, name = 'note', cut = true) => {
    const fact = factOf({
      span: {
        ...{ traceId: '', spanId: '', parentSpanId: null, links: [], kind: 'internal', service: null },
        ...{ startAt: 0, endAt: 0, status: 'error', messaging: null, cut, exceptionType: null },
        ...{ name: 'pay', statusMessage: null, attributes: [{ name, value }] },
      },
    });
    const redactor = createRedactor({ ...all, headers: ['x-api-key', 'password', 'secret*'] });
    return redactor?.fact(fact).span;
  };
  const attributeOf = (...args: Parameters<typeof spanOf>) => spanOf(...args)?.attributes[0]?.value;

  test('of which other parts were cut keeps its short texts', () => {
    expect(spanOf('GET')).toMatchObject({ name: 'pay', attributes: [{ value: 'GET' }] });
  });

  test.each([keptOfSpan.value, keptOfSpan.value - 1])(
    'whose value breaks off after %i characters keeps no part of a card',
    (n) => {
      const text = `${`${'. '.repeat(n)}`.slice(0, n - 9)}4111 1111`;
      expect(attributeOf(text, 'note', false)).not.toContain('4111');
    },
  );

  test.each([
    'http.request.header.x_api_key',
    'http.request.header.x-api-key',
    'app.password',
    'Secret.of.all',
  ])('loses the value of %s', (name) => {
    expect(attributeOf('s', name, false)).toBe(REDACTED);
  });

  test('loses what a map in it holds under such a name, also where it breaks off', () => {
    expect(attributeOf('{"user":"u","in":[{"Password":"p"}],"x":1}', 'form')).toBe(
      `{"user":"u","in":[{"Password":"${REDACTED}"}],"x":1}`,
    );
    expect(attributeOf('{"user":"u","password":{"a":"p', 'form')).toBe(
      `{"user":"u","password":"${REDACTED}"`,
    );
    expect(attributeOf('{not a map', 'form')).toBe('{not a map');
  });
});

describe('JSON paths', () => {
  const rules = (...jsonPaths: string[]): Redaction => ({ ...none, jsonPaths });
  const text =
    '{ "a": {"b": [ {"card" : "1\\"2", "n":1}, {"card":[1,{"x":"]"}]} ]},\n "p\\u0077": 7, "é": null}';

  test.each([
    [['$.a.b[*].card'], text.replace('"1\\"2"', '"*"').replace('[1,{"x":"]"}]', '"*"')],
    [['$.a.b[1]'], text.replace('{"card":[1,{"x":"]"}]}', '"*"')],
    [['$..card'], text.replace('"1\\"2"', '"*"').replace('[1,{"x":"]"}]', '"*"')],
    [['$..b..x'], text.replace('"]"', '"*"')],
    [['$.pw', "$['é']"], text.replace(': 7', ': "*"').replace('null', '"*"')],
    [
      ['$.*'],
      text
        .replace(/\{"b".*\]\}/, '"*"')
        .replace(': 7', ': "*"')
        .replace('null', '"*"'),
    ],
    [['$.nothing'], text],
  ])('%s: only the named values change, byte by byte', (paths, expected) => {
    expect(stored(text, rules(...paths))).toBe(expected.replaceAll('"*"', `"${REDACTED}"`));
  });

  test('a body that breaks off, lines of JSON, and text that is no JSON', () => {
    const broken = '{"password":"hunter2 and more", "x": {"password": ["a", "b"], "y": 1}}';
    for (let keep = 13; keep < broken.length; keep++) {
      const shown = stored(broken, rules('$..password'), keep) ?? '';
      expect(/hunt|"a"/.test(shown), shown).toBe(false);
    }
    expect(stored('{"p":1}\n{"p":2}\n', rules('$.p'))).toBe(`{"p":"${REDACTED}"}\n{"p":"${REDACTED}"}\n`);
    expect(stored('p: 1, {', rules('$.p'))).toBe('p: 1, {');
  });

  test('what can be a path is one, everything else is refused', () => {
    expect(['$.a', '$..a[0].b', '$["a b"][*]', "$..['x']"].every((path) => parseJsonPath(path))).toBe(true);
    expect(['a.b', '$', '$.', '$.a[', '$[?(@.x)]', '$.a b'].some((path) => parseJsonPath(path))).toBe(false);
  });

  test('agrees with a parser on any JSON, and never touches bytes that no rule names', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (json) => {
        const out = stored(json, rules('$..secret', '$.a[*].b'));
        expect(() => JSON.parse(out ?? '')).not.toThrow();
        expect(stored(json, rules('$.not.there'))).toBe(json);
      }),
      { numRuns: 50 },
    );
  });
});

test('a body that cannot be looked into is not kept', () => {
  const packed = messageOf(gzipSync(CARD), { properties: { contentEncoding: 'gzip' } });
  expect(redact(packed, all).body).toMatchObject({ data: null, truncated: true });
  expect(
    redact(
      messageOf(Buffer.from(CARD, 'utf16le'), { properties: { contentType: 'text/plain; charset=utf-16' } }),
      all,
    ).body.data,
  ).toBeNull();
  expect(redact(packed, { ...none, headers: ['x'] })).toEqual(packed);
});

test('hostile texts take time in proportion to their length', () => {
  const hostile = ['4', '4 ', 'eyJ', '@a.', 'DE89', 'bearer ', '[', '{"a":', '"', 'a'];
  const took = (times: number) => {
    const began = performance.now();
    for (const text of hostile) stored(text.repeat(times), { ...all, jsonPaths: ['$..a..a..a', '$..*[*]'] });
    return performance.now() - began;
  };
  took(2_000);
  const short = took(4_000);
  // a scan that looks back or ahead without bound would take 64 times as long
  expect(took(32_000)).toBeLessThan(32 * Math.max(short, 5));
});
