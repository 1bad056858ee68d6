import { z } from 'zod';

/**
 * AMQP 0-9-1 field types by their wire tag (RabbitMQ errata): t boolean, b int8, B uint8, s int16, u uint16,
 * I int32, i uint32, l int64, L uint64 (read as int64), f float, d double, D decimal, S long string, x bytes,
 * A array, T timestamp, F table, V void.
 */
export const wireTags = [
  't',
  'b',
  'B',
  's',
  'u',
  'I',
  'i',
  'l',
  'L',
  'f',
  'd',
  'D',
  'S',
  'x',
  'A',
  'T',
  'F',
  'V',
] as const;
export type WireTag = (typeof wireTags)[number];

/**
 * A header as people read it. `value` is JSON: 64-bit integers beyond 2^53 and decimals as text, bytes as base64,
 * timestamps as seconds, tables as objects, arrays as arrays. `type` is null where the wire type was not seen.
 * Headers are a list, never an object: keys such as `__proto__` are ordinary names, and duplicates are possible.
 */
export const headerSchema = z.object({
  name: z.string(),
  type: z.enum(wireTags).nullable(),
  value: z.json(),
});
export type Header = z.infer<typeof headerSchema>;

/** The AMQP basic properties, absent ones left out. `timestamp` in seconds since 1970; `expiration` in ms as text. */
export const propertiesSchema = z.object({
  contentType: z.string().optional(),
  contentEncoding: z.string().optional(),
  deliveryMode: z.number().optional(),
  priority: z.number().optional(),
  correlationId: z.string().optional(),
  replyTo: z.string().optional(),
  expiration: z.string().optional(),
  messageId: z.string().optional(),
  timestamp: z.number().optional(),
  type: z.string().optional(),
  userId: z.string().optional(),
  appId: z.string().optional(),
  clusterId: z.string().optional(),
});
export type Properties = z.infer<typeof propertiesSchema>;

/** `size` is the whole body in bytes; `data` its first bytes in base64, or null when bodies are not kept. */
export const bodySchema = z.object({ size: z.number(), data: z.string().nullable(), truncated: z.boolean() });
export type Body = z.infer<typeof bodySchema>;

export const messageSchema = z.object({
  properties: propertiesSchema,
  headers: z.array(headerSchema),
  body: bodySchema,
});
export type Message = z.infer<typeof messageSchema>;

export { headerValue } from './header-of.ts';
