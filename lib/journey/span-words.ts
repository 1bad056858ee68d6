/** What a service's span says of a message, read with tolerance: instrumentations name things in many ways. */
import type { Span } from '../model/span.ts';

export type Operation = 'create' | 'send' | 'receive' | 'process' | 'settle';

/** Systems that are surely not this broker: their spans pass through the same traces. */
const OTHERS = ['kafka', 'sqs', 'sns', 'pubsub', 'servicebus', 'eventhub', 'event_hub', 'eventgrid', 'nats'];
const MORE_OTHERS = ['pulsar', 'rocketmq', 'activemq', 'artemis', 'redis', 'kinesis', 'ibmmq', 'nsq'];

/** What the span did with a message: told by its operation, else by its kind; null for all other spans. */
export function operationOf(span: Span): Operation | null {
  const system = span.messaging?.system?.toLowerCase() ?? '';
  if ([...OTHERS, ...MORE_OTHERS].some((other) => system.includes(other))) return null;
  if (span.messaging?.operation) return span.messaging.operation;
  if (span.kind === 'producer') return 'send';
  return span.kind === 'consumer' ? 'process' : null;
}

const GIVEN_BACK = ['nack', 'reject', 'requeue', 'abandon', 'release', 'modify', 'dead_letter'];

/** A settle span (or the name of its operation) says that the consumer gave the message back: no settlement. */
export function gaveBack(span: Span): boolean {
  const name = span.attributes.find((a) => a.name === 'messaging.operation.name')?.value ?? '';
  const words = name.toLowerCase() || (operationOf(span) === 'settle' ? span.name.toLowerCase() : '');
  return GIVEN_BACK.some((word) => words.split(/[^a-z_]+/).includes(word));
}

export function endedWell(span: Span): boolean {
  return span.status !== 'error' && !gaveBack(span);
}

/** What went wrong, in the span's words; null when nothing did. */
export function failureOf(span: Span): string | null {
  if (span.status !== 'error') return null;
  const words = [span.exceptionType, span.statusMessage].filter((w) => w !== null && w !== '');
  return words.length > 0 ? words.join(': ') : 'its span ended with an error';
}

/** The queue that a consumer's span names: as such, else in its name (`billing process`, `process billing`). */
export function queueHint(span: Span): string | null {
  const { messaging, name } = span;
  if (messaging?.queue) return messaging.queue;
  const before = /^(.+) (?:process|receive|deliver|consume|settle|ack|nack|reject)$/i.exec(name)?.[1];
  const after = /^(?:process|receive|deliver|consume|settle|ack|nack|reject) (.+)$/i.exec(name)?.[1];
  return before ?? after ?? null;
}

/** The trace whose journey this is; null for journeys of other IDs. */
export function traceOf(journey: string): string | null {
  return journey.startsWith('trace:') ? journey.slice(6) : null;
}

/**
 * The message that a consumer's span is about was sent in trace `trace`: the span links there, or, linking nowhere, it
 * has its parent in it. A batch that was received in a trace of its own is about the traces that it links to.
 */
export function isAboutTrace(span: Span, trace: string | null): boolean {
  if (span.links.length > 0 && span.links.some((l) => l.traceId !== span.traceId))
    return span.links.some((l) => l.traceId === trace);
  return span.traceId === trace && (span.parentSpanId !== null || span.links.length > 0);
}

/** Span IDs of those who may have sent the message: the links, and the parent. */
export function sendersOf(span: Span): string[] {
  const links = span.links.map((l) => l.spanId);
  return [...new Set(span.parentSpanId === null ? links : [...links, span.parentSpanId])];
}
