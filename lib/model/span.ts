/** A span that a user's own service reported over OTLP, as far as a journey needs it. */
import { z } from 'zod';

export const spanKinds = ['internal', 'server', 'client', 'producer', 'consumer'] as const;

/** `messaging.operation.type` of the current conventions; the older names are read as these. */
export const messagingOperations = ['create', 'send', 'receive', 'process', 'settle'] as const;

/** What the messaging conventions say of a span; old and new attribute names are read. Null: it did not say. */
export const messagingSpanSchema = z.object({
  system: z.string().nullable(),
  operation: z.enum(messagingOperations).nullable(),
  /** The exchange (and `:key`, `:queue` as instrumentations write it), or a queue. */
  destination: z.string().nullable(),
  exchange: z.string().nullable(),
  queue: z.string().nullable(),
  routingKey: z.string().nullable(),
  messageId: z.string().nullable(),
  /** `messaging.message.conversation_id`: the correlation ID. */
  conversationId: z.string().nullable(),
});
export type MessagingSpan = z.infer<typeof messagingSpanSchema>;

export const spanSchema = z.object({
  /** 32 and 16 lower-case hex digits. */
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
  name: z.string(),
  kind: z.enum(spanKinds),
  /** `service.name` of its resource. */
  service: z.string().nullable(),
  /** ms since 1970 with a fraction, by the service's own clock. */
  startAt: z.number(),
  endAt: z.number(),
  status: z.enum(['unset', 'ok', 'error']),
  /** Words of the status, or of the first `exception` event. */
  statusMessage: z.string().nullable(),
  exceptionType: z.string().nullable(),
  messaging: messagingSpanSchema.nullable(),
  /** Bounded; values as text. */
  attributes: z.array(z.object({ name: z.string(), value: z.string() })),
  /** Attributes, links or text that the bounds cut off. */
  cut: z.boolean(),
});
export type Span = z.infer<typeof spanSchema>;
