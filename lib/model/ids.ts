import { z } from 'zod';

/**
 * The identifiers by which people know a message. Every one is optional: services send what they send.
 * `traceId` is the W3C trace ID (32 lower-case hex); a 32-hex `X-Trace-ID` counts as one too, so that both meet.
 * `replayId` is set on a copy that a replay sent (`x-replay-id`).
 */
export const messageIdsSchema = z.object({
  traceId: z.string().optional(),
  spanId: z.string().optional(),
  xTraceId: z.string().optional(),
  correlationId: z.string().optional(),
  messageId: z.string().optional(),
  replayId: z.string().optional(),
});
export type MessageIds = z.infer<typeof messageIdsSchema>;

/** Which identifier a journey is keyed by, in order of preference; `fingerprint` (content) when there is none. */
export const journeyKeyKinds = ['trace', 'xtrace', 'correlation', 'message', 'fingerprint'] as const;
export type JourneyKeyKind = (typeof journeyKeyKinds)[number];

/** `kind:value`, for example `trace:4bf92f3577b34da6a3ce929d0e0e4736`. It is the journey's ID in URLs. */
export type JourneyKey = `${JourneyKeyKind}:${string}`;

/** The key of the journey that a message with these identifiers belongs to. `fingerprint` is a hash of its content. */
export function journeyKeyOf(ids: MessageIds, fingerprint: string): JourneyKey {
  if (ids.traceId) return `trace:${ids.traceId}`;
  if (ids.xTraceId) return `xtrace:${ids.xTraceId}`;
  if (ids.correlationId) return `correlation:${ids.correlationId}`;
  if (ids.messageId) return `message:${ids.messageId}`;
  return `fingerprint:${fingerprint}`;
}

/** Splits a key again; null when the text is not one (then it is somebody's bare ID: search for it). */
export function parseJourneyKey(
  text: string,
): { key: JourneyKey; kind: JourneyKeyKind; value: string } | null {
  const at = text.indexOf(':');
  const kind = journeyKeyKinds.find((k) => k === text.slice(0, at));
  const value = text.slice(at + 1);
  return kind && value ? { key: `${kind}:${value}`, kind, value } : null;
}

/** Longest ID that search and URLs accept, in characters: AMQP short strings end at 255 bytes, headers may be longer. */
export const MAX_ID_LENGTH = 512;
