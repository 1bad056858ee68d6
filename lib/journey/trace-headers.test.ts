import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Header } from '../model/message.ts';
import { traceContext } from './trace-context.ts';
import { applicationProperty, parseB3, parseUberTraceId } from './trace-headers.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const HALF = '8448eb211c80319c';
const PADDED = `${'0'.repeat(16)}${HALF}`;
const text = (name: string, value: string): Header => ({ name, type: 'S', value });

describe('B3', () => {
  it('reads the single header, with sampling and parent', () => {
    expect(parseB3(`${TRACE}-${SPAN}`)).toEqual({ traceId: TRACE, spanId: SPAN });
    expect(parseB3(`${TRACE}-${SPAN}-1-05e3ac9a4f6e3b90`)?.traceId).toBe(TRACE);
    expect(parseB3(`${HALF}-${SPAN}-d`)).toEqual({ traceId: PADDED, spanId: SPAN });
  });

  it('takes no lone decision, no zero, no odd length for an ID', () => {
    for (const value of [
      '0',
      '1',
      'd',
      '',
      `${'0'.repeat(32)}-${SPAN}`,
      `${TRACE.slice(1)}-${SPAN}`,
      `${TRACE}-${SPAN}-1-2-3`,
    ])
      expect(parseB3(value)).toBeNull();
    expect(parseB3(undefined, TRACE, 'zz')).toEqual({ traceId: TRACE, spanId: null });
  });
});

describe('uber-trace-id', () => {
  it('reads IDs without their leading zeros, also with escaped colons', () => {
    expect(parseUberTraceId(`${HALF}:${SPAN}:0:1`)).toEqual({ traceId: PADDED, spanId: SPAN });
    expect(parseUberTraceId('abc%3a1%3A0%3A1')).toEqual({
      traceId: 'abc'.padStart(32, '0'),
      spanId: '1'.padStart(16, '0'),
    });
    for (const value of ['', '::', `${TRACE}:${SPAN}`, `g:${SPAN}:0:1`, `${TRACE}0:${SPAN}:0:1`])
      expect(parseUberTraceId(value)).toBeNull();
  });
});

/** An AMQP 1.0 section of application properties as it lies on the wire: descriptor 0x74, a map of short strings. */
function section(properties: Record<string, string>): Buffer {
  const short = (value: string) => Buffer.concat([Buffer.of(0xa1, value.length), Buffer.from(value)]);
  const entries = Object.entries(properties).flatMap(([name, value]) => [short(name), short(value)]);
  const map = Buffer.concat(entries);
  return Buffer.concat([Buffer.of(0, 0x53, 0x74, 0xc1, map.length + 1, entries.length), map]);
}

describe('application properties of AMQP 1.0 in one header', () => {
  const bytes = section({ tenant: 'a', traceparent: `00-${TRACE}-${SPAN}-01`, 'X-Trace-ID': 'order-8841' });

  it.each([
    ['read as text', text('x-amqp-1.0-app-properties', bytes.toString('utf8'))],
    [
      'kept as bytes',
      { name: 'x-amqp-1.0-app-properties', type: 'x', value: bytes.toString('base64') } as const,
    ],
  ])('give their trace, %s', (_, header) => {
    expect(traceContext([header], {})).toEqual({ traceId: TRACE, spanId: SPAN, xTraceId: 'order-8841' });
  });

  it('give nothing for a name that is not a key, or a value that goes on beyond the end', () => {
    const blob = bytes.toString('latin1');
    expect(applicationProperty(blob, 'ten')).toBeUndefined();
    expect(applicationProperty(blob, 'tenant')).toBe('a');
    expect(applicationProperty(blob.slice(0, -1), 'x-trace-id')).toBeUndefined();
  });
});

describe('which header tells the trace', () => {
  const w3c = text('traceparent', `00-${TRACE}-${SPAN}-01`);
  const b3 = text('B3', `${'b'.repeat(32)}-${SPAN}-1`);
  const many = [text('X-B3-TraceId', 'c'.repeat(32)), text('X-B3-SpanId', SPAN)];
  const uber = text('Uber-Trace-Id', `${'d'.repeat(32)}:${SPAN}:0:1`);
  const x = text('X-Trace-ID', 'e'.repeat(32));

  it('is traceparent, b3, X-B3, uber-trace-id, X-Trace-ID, the first that is valid', () => {
    const all = [x, uber, ...many, b3, w3c];
    const traces = [0, 1, 2, 4, 5].map((less) => traceContext(all.slice(0, all.length - less), {}).traceId);
    expect(traces).toEqual([TRACE, 'b'.repeat(32), 'c'.repeat(32), 'd'.repeat(32), 'e'.repeat(32)]);
    expect(traceContext([text('traceparent', 'tp'), uber], {}).traceId).toBe('d'.repeat(32));
  });

  it('never throws, and gives IDs of the W3C form only', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 80 }),
        fc.constantFrom('b3', 'uber-trace-id', 'x-amqp-1.0-app-properties'),
        (value, name) => {
          const { traceId, spanId } = traceContext([text(name, value)], {});
          expect(traceId ?? TRACE).toMatch(/^[0-9a-f]{32}$/);
          expect(spanId ?? SPAN).toMatch(/^[0-9a-f]{16}$/);
        },
      ),
      { numRuns: 60 },
    );
  });
});
