/** The publish form as text, and as the request that it makes. Pure. */
import { z } from 'zod';
import { type PublishRequest, publishRequestSchema } from '@/lib/model/api';

export const PROPERTIES = [
  'contentType',
  'correlationId',
  'messageId',
  'type',
  'replyTo',
  'appId',
  'priority',
  'expiration',
  'contentEncoding',
] as const;
export type PropertyName = (typeof PROPERTIES)[number];

export const HEADER_TYPES = ['text', 'number', 'boolean'] as const;

const headerRow = z.object({
  /** Tells rows apart while their names change. */
  key: z.string(),
  name: z.string(),
  type: z.enum(HEADER_TYPES),
  value: z.string(),
});
export type HeaderRow = z.infer<typeof headerRow>;

export const draftSchema = z.object({
  /** '' until one is chosen: then the page's scope, or the first that there is. */
  vhost: z.string(),
  to: z.enum(['queue', 'exchange']),
  queue: z.string(),
  exchange: z.string(),
  routingKey: z.string(),
  properties: z.partialRecord(z.enum(PROPERTIES), z.string()),
  headers: z.array(headerRow),
  body: z.string(),
  bodyEncoding: z.enum(['text', 'base64']),
  persistent: z.boolean(),
  mandatory: z.boolean(),
});
export type Draft = z.infer<typeof draftSchema>;

export const emptyDraft: Draft = {
  vhost: '',
  to: 'queue',
  queue: '',
  exchange: '',
  routingKey: '',
  properties: { contentType: 'application/json' },
  headers: [],
  body: '',
  bodyEncoding: 'text',
  persistent: true,
  mandatory: true,
};

/** What a link may name: `/publish?queue=billing`, `/publish?exchange=orders&key=order.created`. */
export function draftFromUrl(draft: Draft, params: URLSearchParams): Draft {
  const queue = params.get('queue');
  if (queue) return { ...draft, to: 'queue', queue };
  const exchange = params.get('exchange');
  if (exchange === null) return draft;
  return { ...draft, to: 'exchange', exchange, routingKey: params.get('key') ?? '' };
}

/** Field path, as the API names it, → what is wrong. */
export type FieldErrors = Record<string, string>;

function headerValue(row: HeaderRow): string | number | boolean | null {
  if (row.type === 'text') return row.value;
  const text = row.value.trim();
  if (row.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : null;
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : null;
}

function headersOf(rows: readonly HeaderRow[], errors: FieldErrors): [string, string | number | boolean][] {
  const seen = new Set<string>();
  return rows.flatMap((row, at): [string, string | number | boolean][] => {
    if (row.name === '' && row.value === '') return [];
    const value = headerValue(row);
    if (row.name === '') errors[`header.${at}`] = 'Name the header';
    else if (seen.has(row.name)) errors[`header.${at}`] = `${row.name} is given twice`;
    else if (value === null) {
      errors[`header.${at}`] = row.type === 'number' ? 'Not a number' : 'Write true or false';
    }
    seen.add(row.name);
    return value === null ? [] : [[row.name, value]];
  });
}

/** The request, or what is wrong with which field. `vhost` is the one that the page shows. */
export function toRequest(
  draft: Draft,
  vhost: string,
): { request: PublishRequest; errors: null } | { request: null; errors: FieldErrors } {
  const errors: FieldErrors = {};
  if (draft.to === 'queue' && draft.queue === '') errors.queue = 'Name a queue';
  if (draft.to === 'exchange' && draft.exchange === '') {
    errors.exchange = 'Name an exchange; for the default exchange choose a queue';
  }
  const headers = headersOf(draft.headers, errors);
  const { priority, ...texts } = draft.properties;
  const given = Object.entries(texts).filter(([, text]) => text !== '');
  const parsed = publishRequestSchema.safeParse({
    vhost,
    ...(draft.to === 'queue'
      ? { queue: draft.queue }
      : { exchange: draft.exchange, routingKey: draft.routingKey }),
    body: draft.body,
    bodyEncoding: draft.bodyEncoding,
    headers: Object.fromEntries(headers),
    properties: { ...Object.fromEntries(given), ...(priority ? { priority: Number(priority) } : {}) },
    persistent: draft.persistent,
    mandatory: draft.mandatory,
  });
  for (const issue of parsed.error?.issues ?? []) {
    const path = issue.path.map(String).join('.');
    errors[path] ??= issue.message;
  }
  if (Object.keys(errors).length > 0 || !parsed.success) return { request: null, errors };
  return { request: parsed.data, errors: null };
}

/** Why the body is not what its content type says, null when it is or nothing is said. Sent all the same when wished. */
export function jsonProblem(draft: Pick<Draft, 'body' | 'bodyEncoding' | 'properties'>): string | null {
  const declared = /^application\/([\w.+-]+\+)?json\b/i.test(draft.properties.contentType ?? '');
  if (!declared || draft.bodyEncoding !== 'text') return null;
  if (draft.body.trim() === '') return 'The body is empty, which is not JSON';
  try {
    JSON.parse(draft.body);
    return null;
  } catch (error) {
    return `Not JSON: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The body with JSON's indents; unchanged when it is not JSON. Numbers beyond 2^53 would change: then unchanged too. */
export function prettyJson(body: string): string {
  try {
    const value: unknown = JSON.parse(body);
    const squeezed = (text: string) => text.replace(/\s+/g, '');
    const pretty = JSON.stringify(value, null, 2);
    return squeezed(pretty) === squeezed(body) ? pretty : body;
  } catch {
    return body;
  }
}
