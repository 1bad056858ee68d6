/** The publish form as text, and as the request that it makes. */
import type { PublishRequest } from '@/lib/model/api';
import { isRecord, textOf } from './stored';

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

export interface HeaderRow {
  /** Tells rows apart while their names change. */
  key: string;
  name: string;
  type: (typeof HEADER_TYPES)[number];
  value: string;
}

export interface Draft {
  /** '' until one is chosen: then the page's scope, or the first that there is. */
  vhost: string;
  to: 'queue' | 'exchange';
  queue: string;
  exchange: string;
  routingKey: string;
  properties: Partial<Record<PropertyName, string>>;
  headers: HeaderRow[];
  body: string;
  bodyEncoding: 'text' | 'base64';
  persistent: boolean;
  mandatory: boolean;
}

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

/** A draft as this tab stored it, perhaps by an earlier version: what can be read of it. null when it is none. */
export function readDraft(stored: unknown): Draft | null {
  if (!isRecord(stored)) return null;
  const properties = isRecord(stored.properties) ? stored.properties : {};
  const headers: readonly unknown[] = Array.isArray(stored.headers) ? stored.headers : [];
  return {
    vhost: textOf(stored.vhost),
    to: stored.to === 'exchange' ? 'exchange' : 'queue',
    queue: textOf(stored.queue),
    exchange: textOf(stored.exchange),
    routingKey: textOf(stored.routingKey),
    properties: Object.fromEntries(
      PROPERTIES.filter((name) => name in properties).map((name) => [name, textOf(properties[name])]),
    ),
    headers: headers.filter(isRecord).map((row, at) => ({
      key: textOf(row.key) || `stored ${at}`,
      name: textOf(row.name),
      type: HEADER_TYPES.find((type) => type === row.type) ?? 'text',
      value: textOf(row.value),
    })),
    body: textOf(stored.body),
    bodyEncoding: stored.bodyEncoding === 'base64' ? 'base64' : 'text',
    persistent: stored.persistent !== false,
    mandatory: stored.mandatory !== false,
  };
}

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

/**
 * The request, or what is wrong with which field. `vhost` is the one that the page shows. Rejects when the check itself
 * cannot be loaded: the server is gone, or is of another build.
 */
export async function toRequest(
  draft: Draft,
  vhost: string,
): Promise<{ request: PublishRequest; errors: null } | { request: null; errors: FieldErrors }> {
  const errors: FieldErrors = {};
  if (draft.to === 'queue' && draft.queue === '') errors.queue = 'Name a queue';
  if (draft.to === 'exchange' && draft.exchange === '') {
    errors.exchange = 'Name an exchange; for the default exchange choose a queue';
  }
  const headers = headersOf(draft.headers, errors);
  const { priority, ...texts } = draft.properties;
  const given = Object.entries(texts).filter(([, text]) => text !== '');
  const { checkRequest } = await import('./check-request');
  const { request, issues } = checkRequest({
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
  for (const [path, words] of issues) errors[path] ??= words;
  return Object.keys(errors).length > 0 || !request ? { request: null, errors } : { request, errors: null };
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
