/** Spans as a tree on one scale. Pure; times in ms since 1970 by the services' own clocks. */
import type { Span } from '@/lib/model/span';

export interface SpanRow {
  span: Span;
  /** 0: its parent is not among these. */
  depth: number;
  /** Shares of the whole stretch: where it begins, and how long it is. */
  left: number;
  wide: number;
}

/** Parents before what they called, siblings in order of time; never fails on circles or on spans told twice. */
export function spanRows(spans: readonly Span[]): SpanRow[] {
  const byId = new Map(spans.map((s) => [s.spanId, s]));
  const all = [...byId.values()].sort(
    (a, b) => a.startAt - b.startAt || b.endAt - a.endAt || (a.spanId < b.spanId ? -1 : 1),
  );
  const children = Map.groupBy(all, (s) =>
    s.parentSpanId !== null && byId.has(s.parentSpanId) ? s.parentSpanId : '',
  );
  const from = Math.min(...all.map((s) => s.startAt));
  const whole = Math.max(1e-6, Math.max(...all.map((s) => s.endAt)) - from);
  const rows: SpanRow[] = [];
  const seen = new Set<string>();
  const walk = (roots: readonly Span[]) => {
    const stack = roots.toReversed().map((span) => ({ span, depth: 0 }));
    for (let one = stack.pop(); one; one = stack.pop()) {
      const { span, depth } = one;
      if (seen.has(span.spanId)) continue;
      seen.add(span.spanId);
      rows.push({
        span,
        depth,
        left: (span.startAt - from) / whole,
        wide: Math.max(0, span.endAt - span.startAt) / whole,
      });
      for (const child of (children.get(span.spanId) ?? []).toReversed())
        stack.push({ span: child, depth: depth + 1 });
    }
  };
  walk(children.get('') ?? []);
  // spans that call each other in a circle have no first one
  walk(all);
  return rows;
}

/** What failed first and deepest: where to look. Null when nothing did. */
export function failureOf(spans: readonly Span[]): Span | null {
  const failed = spans.filter((s) => s.status === 'error');
  const told = failed.filter((s) => s.statusMessage !== null || s.exceptionType !== null);
  return told[0] ?? failed[0] ?? null;
}
