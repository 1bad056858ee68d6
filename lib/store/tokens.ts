/**
 * What a journey can be found by, as short texts: one letter for the kind, then the value. Their hashes are a journey's
 * marks (sqlite/journey-rows.ts) and lead back to it (sqlite/postings.ts).
 */
import type { Fact } from '../model/fact.ts';
import type { Header } from '../model/message.ts';

export const MAX_HEADERS = 32;
/** Characters of a header's name and of its value; longer values are found by their name alone. */
export const MAX_HEADER_NAME = 128;
export const MAX_HEADER_VALUE = 256;

export const token = {
  /** trace, X-Trace-ID, correlation, message and replay ID, less the one that is the journey's own key */
  id: (value: string) => `i${value}`,
  queue: (name: string) => `q${name}`,
  exchange: (name: string) => `e${name}`,
  key: (key: string) => `k${key}`,
  reason: (reason: string) => `r${reason}`,
  /** a user, a connection, a service */
  client: (name: string) => `c${name}`,
  headerName: (name: string) => `n${name}`,
  header: (nameAndValue: string) => `h${nameAndValue}`,
};

export function tokensOf(fact: Fact): string[] {
  const deaths = fact.deaths ?? [];
  const all = [
    ...idsOf(fact).map(token.id),
    ...queuesOf(fact).map(token.queue),
    ...exchangesOf(fact).map(token.exchange),
    ...keysOf(fact).map(token.key),
    ...reasonsOf(fact).map(token.reason),
    ...clientsOf(fact).map(token.client),
    ...headerTokens(fact.message?.headers ?? []),
  ];
  return deaths.length === 0 && fact.routedQueues === undefined ? all : [...new Set(all)];
}

function idsOf({ ids, journey }: Fact): string[] {
  const own = journey.slice(journey.indexOf(':') + 1);
  return present([ids.traceId, ids.xTraceId, ids.correlationId, ids.messageId, ids.replayId]).filter(
    (value) => value !== own,
  );
}

export function queuesOf(fact: Fact): string[] {
  return [
    ...present([fact.queue]),
    ...(fact.routedQueues ?? []),
    ...(fact.deaths ?? []).map((death) => death.queue),
  ];
}

/** Where it was published to, also before it died. */
export function exchangesOf(fact: Fact): string[] {
  return [...present([fact.exchange]), ...(fact.deaths ?? []).map((death) => death.exchange)];
}

export function keysOf(fact: Fact): string[] {
  return [...(fact.routingKeys ?? []), ...(fact.deaths ?? []).flatMap((death) => death.routingKeys)];
}

export function reasonsOf(fact: Fact): string[] {
  if (fact.deaths?.length) return fact.deaths.map((death) => death.reason);
  return fact.kind === 'died' ? [fact.detail ?? 'unknown'] : [];
}

export function clientsOf(fact: Fact): string[] {
  return present([fact.user, fact.connection, fact.span?.service ?? undefined]);
}

/** A header's value as search takes it; null for tables and arrays, which are found by their name alone. */
export function headerText({ value }: Header): string | null {
  return value === null || typeof value !== 'object' ? String(value ?? '') : null;
}

function headerTokens(headers: readonly Header[]): string[] {
  return headers.slice(0, MAX_HEADERS).flatMap((header) => {
    if (header.name.length > MAX_HEADER_NAME) return [];
    const text = headerText(header);
    const name = token.headerName(header.name);
    return text === null || text.length > MAX_HEADER_VALUE
      ? [name]
      : [name, token.header(`${header.name}=${text}`)];
  });
}

function present(values: readonly (string | undefined)[]): string[] {
  return values.filter((value) => value !== undefined);
}
