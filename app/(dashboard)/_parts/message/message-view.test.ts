import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Header } from '@/lib/model/message';
import { bodyView, hexDump, pretty } from './body-view.ts';
import { timestamp, valueText, wireName } from './header-view.ts';
import { messageJson } from './message-json.ts';
import { propertyRows } from './property-view.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const body = (data: string | null, truncated = false) => ({ size: 10, data, truncated });
const iso = (ms: number) => new Date(ms).toISOString();
const header = (type: Header['type'], value: Header['value']) => valueText({ name: 'h', type, value }, iso);

describe('bodyView', () => {
  it('shows JSON indented with every digit and key as they came', () => {
    const text = '{"id":12345678901234567890,"a":1.10,"a":[],"n":{"x":[1,{"y":"}:,\\""}]}}';
    const view = bodyView(body(base64(text)));
    expect(view?.forms).toEqual(['json', 'text', 'hex']);
    expect(view?.json).toBe(
      '{\n  "id": 12345678901234567890,\n  "a": 1.10,\n  "a": [],\n  "n": {\n    "x": [\n      1,\n      {\n        "y": "}:,\\""\n      }\n    ]\n  }\n}',
    );
  });

  it('changes nothing of any JSON but its spaces', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(pretty(text) ?? '')).toEqual(JSON.parse(text));
      }),
    );
  });

  it('shows text that is no JSON as text, and bytes as hex', () => {
    expect(bodyView(body(base64('hello')))?.forms).toEqual(['text', 'hex']);
    expect(bodyView(body(Buffer.from([0, 255, 1]).toString('base64')))?.forms).toEqual(['hex']);
    expect(bodyView(body(base64('a\u0000b')))?.forms).toEqual(['hex']);
    expect(bodyView(body(null))).toBeNull();
  });

  it('reads a body that was cut inside a character', () => {
    const cut = Buffer.from('wörld').subarray(0, 2).toString('base64');
    expect(bodyView(body(cut, true))?.text).toBe('w');
    expect(bodyView(body(cut))?.text).toBeNull();
  });

  it('does not throw on what is no base64', () => expect(bodyView(body('%%%'))?.bytes).toHaveLength(0));
});

describe('what was redacted', () => {
  it('is still read as JSON where a figure left a bare word', () => {
    const view = bodyView(body(base64('{"pan":[redacted],"n":[1,[redacted]],"s":"x[redacted]"}')));
    expect(view?.json).toContain('"pan": "[redacted]"');
    expect(view?.json).toContain('"s": "x[redacted]"');
    expect(view?.text).toContain('{"pan":[redacted]');
    expect(bodyView(body(base64('not [redacted] JSON')))?.json).toBeNull();
  });
});

describe('a message for elsewhere', () => {
  const message = (text: string) => ({
    properties: { deliveryMode: 2, expiration: '6000', timestamp: 1_700_000_000 },
    headers: [],
    body: body(base64(text)),
  });

  it('is JSON with its body as a value, but never with a figure cut short', () => {
    expect(JSON.parse(messageJson(message('{"n":1}'))).body.json).toEqual({ n: 1 });
    expect(JSON.parse(messageJson(message('{"id":12345678901234567890}'))).body.text).toContain(
      '12345678901234567890',
    );
    expect(JSON.parse(messageJson({ ...message(''), body: body(null) })).body.kept).toBe(false);
  });

  it('has properties with their wire types, the missing ones too', () => {
    const rows = propertyRows(message('').properties, iso);
    expect(rows).toHaveLength(13);
    expect(rows.filter((r) => r.words !== null).map((r) => [r.name, r.type, r.words, r.value])).toEqual([
      ['delivery-mode', 'octet', '2, persistent', '2'],
      ['timestamp', 'timestamp', '2023-11-14T22:13:20.000Z', '1700000000'],
      ['expiration', 'shortstr', '6000 ms', '6000'],
    ]);
  });
});

describe('hexDump', () => {
  it('writes sixteen bytes a line with their letters, and stops where it is told', () => {
    expect(hexDump(new TextEncoder().encode('{"order":8841}\u0000\u00ff'), 9)).toBe(
      '00000000  7b 22 6f 72 64 65 72 22  3a 38 38 34 31 7d 00 c3  {"order":8841}..\n' +
        `00000010  bf${' '.repeat(46)}  .`,
    );
    expect(hexDump(new Uint8Array(1_000), 2).split('\n')).toHaveLength(2);
  });
});

describe('valueText', () => {
  it('tells a double from an integer, bytes from text, a time from a figure', () => {
    expect(header('d', 129)).toBe('129.0');
    expect(header('I', 7)).toBe('7');
    expect(header('l', '9007199254740993')).toBe('9007199254740993');
    expect(header('x', base64('\u0001\u0002'))).toBe('2 B  01 02');
    expect(header('T', 1_700_000_000)).toBe('2023-11-14T22:13:20.000Z');
    expect(timestamp('18446744073709551615', iso)).toBe('18446744073709551615 s');
    expect(header('V', null)).toBe('void');
    expect(header('F', { a: [1] })).toBe('{"a":[1]}');
    expect(header('S', 'x'.repeat(10_000))).toHaveLength(8_193);
    expect(wireName(null)).toBe('not seen');
  });
});
