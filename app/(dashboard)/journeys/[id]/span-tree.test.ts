import { describe, expect, it } from 'vitest';
import type { Span } from '@/lib/model/span';
import { failureOf, spanRows } from './span-tree.ts';

const span = (
  spanId: string,
  parentSpanId: string | null,
  startAt: number,
  endAt: number,
  more = {},
): Span => ({
  traceId: 't',
  spanId,
  parentSpanId,
  links: [],
  name: spanId,
  kind: 'consumer',
  service: 's',
  startAt,
  endAt,
  status: 'unset',
  statusMessage: null,
  exceptionType: null,
  messaging: null,
  attributes: [],
  cut: false,
  ...more,
});

describe('spanRows', () => {
  //  a ├──────────────┤
  //  b   ├──┤
  //  c      ├───────┤
  it('nests spans to scale, whatever their order', () => {
    const rows = spanRows([span('c', 'a', 40, 90), span('b', 'a', 10, 30), span('a', 'elsewhere', 0, 100)]);
    expect(rows.map((r) => [r.span.spanId, r.depth, r.left, r.wide])).toEqual([
      ['a', 0, 0, 1],
      ['b', 1, 0.1, 0.2],
      ['c', 1, 0.4, 0.5],
    ]);
  });

  it('ends with circles, spans told twice, and clocks that run backwards', () => {
    const rows = spanRows([span('a', 'b', 5, 1), span('b', 'a', 5, 9), span('b', 'a', 5, 9)]);
    expect(rows.map((r) => r.span.spanId).sort()).toEqual(['a', 'b']);
    expect(rows.every((r) => r.wide >= 0 && Number.isFinite(r.left))).toBe(true);
    expect(spanRows([])).toEqual([]);
  });

  it('names the failure that says something', () => {
    const failed = { status: 'error' as const };
    const told = span('b', 'a', 0, 1, { ...failed, statusMessage: 'timeout' });
    expect(failureOf([span('a', null, 0, 1, failed), told])).toBe(told);
    expect(failureOf([span('a', null, 0, 1)])).toBeNull();
  });
});
