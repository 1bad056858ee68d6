import { describe, expect, it } from 'vitest';
import { Story, T0, TRACE } from '../../test/build-facts.ts';
import { assemble } from './assemble.ts';
import { journeyToOtlp } from './otlp.ts';

/**
 * publish ──▶ billing ──▶ delivery ──▶ death ──▶ orders.dead
 *        └──▶ audit ───▶ delivery
 */
const story = (ids: Story['ids']) =>
  new Story(ids)
    .published(0, 'orders', ['billing', 'audit'])
    .delivered(2, 'billing')
    .delivered(3, 'audit', 2)
    .died(40, { queue: 'billing' });
const SENDER = '00f067aa0ba902b7';

function spansOf(ids: Story['ids']) {
  const journey = assemble(story(ids).facts, []);
  const request = journeyToOtlp(journey);
  const spans = request.resourceSpans.flatMap((r) => r.scopeSpans.flatMap((s) => s.spans));
  return { journey, request, spans, byName: new Map(spans.map((s) => [s.name, s])) };
}

function valueIn(span: { attributes: readonly { key: string; value: object }[] } | undefined, key: string) {
  const value = span?.attributes.find((a) => a.key === key)?.value;
  return value && Object.values(value)[0];
}

describe('a journey as OTLP', () => {
  const ids = { traceId: TRACE, spanId: SENDER, messageId: 'm1', correlationId: 'c1' };

  it('is one span a hop, in the trace of its message, below the span that sent it', () => {
    const { journey, spans, byName } = spansOf(ids);
    expect(spans).toHaveLength(journey.hops.length);
    expect(new Set(spans.map((s) => s.spanId)).size).toBe(spans.length);
    for (const span of spans) {
      expect(span.traceId).toBe(TRACE);
      expect(span.spanId).toMatch(/^[0-9a-f]{16}$/);
      expect(BigInt(span.endTimeUnixNano) >= BigInt(span.startTimeUnixNano)).toBe(true);
    }
    const publish = byName.get('send orders:order.created');
    expect(publish).toMatchObject({ kind: 4, parentSpanId: SENDER, startTimeUnixNano: `${T0}000000` });
    expect(valueIn(publish, 'messaging.operation.type')).toBe('send');
    expect(valueIn(publish, 'messaging.message.id')).toBe('m1');
    expect(valueIn(publish, 'hoplight.provenance')).toBe('observed');

    const wait = byName.get('wait billing');
    const delivery = byName.get('receive orders:order.created:billing');
    expect(wait?.parentSpanId).toBe(publish?.spanId);
    expect(wait?.endTimeUnixNano).toBe(delivery?.startTimeUnixNano);
    expect(delivery).toMatchObject({ kind: 5, parentSpanId: wait?.spanId });
    const death = spans.find((s) => s.name.startsWith('dead-letter'));
    expect(death?.status.code).toBe(2);
    expect(valueIn(death, 'hoplight.reason')).toBe(journey.hops.find((h) => h.kind === 'death')?.reason);
  });

  it('has the same IDs each time, and those of another journey are others', () => {
    expect(spansOf(ids).request).toEqual(spansOf(ids).request);
    const other = spansOf({ ...ids, traceId: 'ab'.repeat(16) });
    const known = new Set(spansOf(ids).spans.map((s) => s.spanId));
    expect(other.spans.filter((s) => known.has(s.spanId))).toEqual([]);
  });

  it('without a trace of its own gets one that its key gives, and no parent outside', () => {
    const { spans } = spansOf({ messageId: 'm1' });
    expect(new Set(spans.map((s) => s.traceId)).size).toBe(1);
    expect(spans[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(spans.filter((s) => s.parentSpanId === undefined)).toHaveLength(1);
  });
});
