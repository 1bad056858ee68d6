import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Header } from '../model/message.ts';
import { parseTraceparent, traceContext } from './trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';
const text = (name: string, value: string): Header => ({ name, type: 'S', value });

describe('parseTraceparent', () => {
  it('reads version 00 and the sampled flag', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      sampled: true,
    });
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-00`)?.sampled).toBe(false);
  });

  it('accepts what a later version may add, after a dash only', () => {
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01-more`)?.traceId).toBe(TRACE);
    expect(parseTraceparent(`01-${TRACE}-${SPAN}-01more`)).toBeNull();
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01-more`)).toBeNull();
  });

  it.each([
    ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['a zero trace ID', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['a zero span ID', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['version ff', `ff-${TRACE}-${SPAN}-01`],
    ['a space in front', ` 00-${TRACE}-${SPAN}-01`],
    ['a line behind', `00-${TRACE}-${SPAN}-01\n`],
    ['a short ID', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['nothing', ''],
    ['ten kilobytes', `01-${TRACE}-${SPAN}-01-${'a'.repeat(10_000)}`],
  ])('refuses %s', (_, value) => expect(parseTraceparent(value)).toBeNull());
});

describe('traceContext', () => {
  it('joins traceparent, X-Trace-ID, correlation, message and replay IDs', () => {
    const headers = [
      text('traceparent', `00-${TRACE}-${SPAN}-01`),
      text('X-Trace-ID', 'order-8841'),
      text('x-replay-id', 'R7.3'),
    ];
    expect(traceContext(headers, { correlationId: 'c1', messageId: 'm1' })).toEqual({
      traceId: TRACE,
      spanId: SPAN,
      xTraceId: 'order-8841',
      correlationId: 'c1',
      messageId: 'm1',
      replayId: 'R7.3',
    });
  });

  it('takes an X-Trace-ID of 32 hex digits for the trace ID, in any case of name and value', () => {
    const ids = traceContext([text('x-TRACE-id', TRACE.toUpperCase())], {});
    expect(ids).toEqual({ traceId: TRACE, xTraceId: TRACE.toUpperCase() });
  });

  it('lets a valid traceparent win over X-Trace-ID, and a broken one not', () => {
    const other = 'f'.repeat(32);
    const x = text('X-Trace-ID', other);
    expect(traceContext([text('traceparent', `00-${TRACE}-${SPAN}-01`), x], {}).traceId).toBe(TRACE);
    expect(traceContext([text('traceparent', 'tp'), x], {}).traceId).toBe(other);
  });

  it('reads IDs sent as bytes or as a number', () => {
    const bytes: Header = {
      name: 'traceparent',
      type: 'x',
      value: btoa(`00-${TRACE}-${SPAN}-01`),
    };
    expect(traceContext([bytes], {}).traceId).toBe(TRACE);
    expect(traceContext([{ name: 'X-Trace-ID', type: 'I', value: 77 }], {}).xTraceId).toBe('77');
  });

  it('leaves out IDs with control characters, lone surrogates or more than 512 characters, and never cuts one', () => {
    expect(traceContext([text('X-Trace-ID', 'a\u0000b')], {})).toEqual({});
    expect(traceContext([], { correlationId: '\ud800', messageId: 'm'.repeat(513) })).toEqual({});
    expect(traceContext([], { messageId: 'm'.repeat(512) }).messageId).toHaveLength(512);
  });

  it('takes header names such as __proto__ for ordinary names', () => {
    expect(traceContext([text('__proto__', 'x'), text('constructor', 'y')], {})).toEqual({});
  });

  it('never throws, whatever a header holds', () => {
    const names = fc.constantFrom('traceparent', 'X-Trace-ID', 'x-replay-id', '__proto__', '');
    const header = fc.record({
      name: fc.oneof(names, fc.string()),
      type: fc.constantFrom('S' as const, 'x' as const, 'F' as const, null),
      value: fc.jsonValue(),
    });
    fc.assert(
      fc.property(fc.array(header), fc.string(), (headers, id) => {
        const cleaned = JSON.parse(JSON.stringify(headers)) as Header[];
        for (const value of Object.values(traceContext(cleaned, { correlationId: id }))) {
          expect(value.length).toBeGreaterThan(0);
          expect(value.length).toBeLessThanOrEqual(512);
        }
      }),
    );
  });
});
