/** One fact of a span for each journey that it belongs to: that of its trace, and those of the traces that it links to. */
import { createHash } from 'node:crypto';
import type { Fact } from '../model/fact.ts';
import type { MessageIds } from '../model/ids.ts';
import type { Span } from '../model/span.ts';
import type { RawOrigin } from './raw.ts';

/** Other traces whose journeys get the span: a batch's span may link to hundreds. */
const MOST_JOURNEYS = 9;
const VHOST_ATTRIBUTES = ['messaging.rabbitmq.vhost', 'rabbitmq.vhost'];

/** Which vhost its service says that it speaks of; null when it does not. */
export function vhostOf(span: Span, origin: RawOrigin): string | null {
  for (const list of [span.attributes, origin.resource]) {
    const found = list.find((a) => VHOST_ATTRIBUTES.includes(a.name) && a.value !== '');
    if (found) return found.value.length <= 255 ? found.value : null;
  }
  return null;
}

/** The same span sent twice gives the same facts. */
export function toFacts(span: Span, vhost: string): Fact[] {
  const traces = [span.traceId, ...span.links.map((l) => l.traceId)];
  const ids: MessageIds = { traceId: span.traceId, spanId: span.spanId };
  if (span.messaging?.messageId) ids.messageId = span.messaging.messageId;
  if (span.messaging?.conversationId) ids.correlationId = span.messaging.conversationId;
  return [...new Set(traces)].slice(0, MOST_JOURNEYS).map((trace) => ({
    id: factId(span, trace),
    kind: 'span',
    source: 'otlp',
    at: span.endAt,
    precision: 'exact',
    vhost,
    journey: `trace:${trace}`,
    ids,
    fingerprint: '',
    span,
  }));
}

/** In the form of lib/model/fact-id.ts: when it ended, then 9 digits of a hash of which span it is in which journey. */
function factId(span: Span, trace: string): string {
  const hash = createHash('sha256').update(`${trace} ${span.traceId} ${span.spanId}`).digest();
  const time = Math.floor(span.endAt).toString(36).padStart(9, '0');
  // 46 bits: the 9 digits of base 36 that the form has after the time
  const rest = (hash.readUIntBE(0, 6) % 36 ** 9).toString(36).padStart(9, '0');
  return `${time}${rest}`;
}
