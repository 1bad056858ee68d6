/**
 * Whether facts of one journey answer a query: the meaning of each filter, however an engine finds its candidates. Each
 * filter must hold of some fact, not all of the same one. Status, vhost and times are the summary's and not looked at here.
 */
import type { JourneyQuery } from '../model/api.ts';
import type { Fact } from '../model/fact.ts';
import type { JourneySummary } from '../model/journey.ts';
import { topicMatches } from '../model/topology.ts';
import { clientsOf, exchangesOf, headerText, keysOf, queuesOf, reasonsOf } from './tokens.ts';

type Test = (fact: Fact) => boolean;

/** True for a key with `*` or `#` as a word of its own: then it is a pattern. */
export function isPattern(key: string): boolean {
  return key.split('.').some((word) => word === '*' || word === '#');
}

/** Null when the query asks nothing of the facts. */
export function factMatcher(query: JourneyQuery): ((facts: readonly Fact[]) => boolean) | null {
  const tests = testsOf(query);
  return tests.length === 0 ? null : (facts) => tests.every((test) => facts.some(test));
}

function testsOf(query: JourneyQuery): Test[] {
  const { queue, exchange, key, reason } = query;
  const client = query.client?.toLowerCase();
  const text = query.text === undefined ? undefined : bodyMatcher(query.text);
  const tests: (Test | undefined)[] = [
    queue === undefined ? undefined : (fact) => queuesOf(fact).includes(queue),
    exchange === undefined ? undefined : (fact) => exchangesOf(fact).includes(exchange),
    key === undefined ? undefined : (fact) => keysOf(fact).some((k) => keyMatches(key, k)),
    reason === undefined ? undefined : (fact) => reasonsOf(fact).includes(reason),
    client === undefined
      ? undefined
      : (fact) => clientsOf(fact).some((name) => name.toLowerCase().includes(client)),
    ...(query.header ?? []).map(
      (header): Test =>
        (fact) =>
          hasHeader(fact, header),
    ),
    text === undefined ? undefined : (fact) => text(bodyOf(fact)),
  ];
  return tests.filter((test) => test !== undefined);
}

export function keyMatches(wanted: string, key: string): boolean {
  return isPattern(wanted) ? topicMatches(wanted, key) : wanted === key;
}

function hasHeader(fact: Fact, wanted: string): boolean {
  return (fact.message?.headers ?? []).some((header) => {
    if (header.name === wanted) return true;
    const text = headerText(header);
    return text !== null && wanted === `${header.name}=${text}`;
  });
}

/** In any case of letters; bytes that are no UTF-8 match nothing. */
export function bodyMatcher(text: string): (body: Buffer | null) => boolean {
  const wanted = text.toLowerCase();
  return (body) => body?.toString('utf8').toLowerCase().includes(wanted) ?? false;
}

function bodyOf(fact: Fact): Buffer | null {
  const data = fact.message?.body.data ?? null;
  return data === null ? null : Buffer.from(data, 'base64');
}

/** Whether the text stands in what lists show of a journey, or in one of its IDs. */
export function mentions(journey: JourneySummary, text: string): boolean {
  const { ids } = journey;
  return [
    journey.id,
    ids.traceId,
    ids.xTraceId,
    ids.correlationId,
    ids.messageId,
    ids.replayId,
    journey.exchange,
    journey.routingKey,
    journey.error,
    ...journey.queues,
  ].some((value) => value?.includes(text));
}

/** Whether one of the facts carries this very ID. */
export function carries(facts: readonly Fact[], id: string): boolean {
  return facts.some(({ ids, journey }) => journey === id || Object.values(ids).includes(id));
}
