import { describe, expect, it } from 'vitest';
import { journeySummary } from '../../../lib/journey/status.ts';
import { emptySummary, foldSummary, LIMIT } from '../../../lib/journey/summary.ts';
import type { JourneyQuery } from '../../../lib/model/api.ts';
import type { Span } from '../../../lib/model/span.ts';
import { Story } from '../../../test/build-facts.ts';
import { lineFor } from './_line.ts';
import type { Reader } from './_visible.ts';

/** A user whose read permission is `^a`. */
const reader: Reader = { vhosts: ['/'], mayRead: (_, name) => name.startsWith('a') };
const header = { name: 'card', type: 'S' as const, value: '4111' };
const hidden = {
  message: { properties: {}, headers: [header], body: { size: 6, data: btoa('secret'), truncated: false } },
  user: 'mallory',
  ids: { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', messageId: 'hidden-id' },
};
const { facts } = new Story().delivered(1, 'a').delivered(20_000, 'b', 1, hidden);
const [first] = facts;
const line = journeySummary(
  facts.reduce(foldSummary, emptySummary('trace:4bf92f3577b34da6a3ce929d0e0e4736')),
);

const shown = (query: Partial<JourneyQuery>, who = reader) =>
  lineFor(who, true, { limit: 1, ...query }, line, () => facts);

describe('a search by who may read a part of a journey', () => {
  it('finds it by that part, and shows no more of it', () => {
    expect(shown({})?.queues).toEqual(['a']);
    expect(shown({ queue: 'a', q: '4bf92f3577b34da6a3ce929d0e0e4736' })).not.toBeNull();
    expect(shown({ to: first?.at })).not.toBeNull();
  });

  it.each<Partial<JourneyQuery>>([
    { queue: 'b' },
    { header: ['card=4111'] },
    { header: ['card'] },
    { text: 'secret' },
    { client: 'mallory' },
    { q: 'hidden-id' },
    { from: (first?.at ?? 0) + 10_000 },
    { status: 'dead' },
  ])('does not find it by %j, which lies in the hidden part', (query) => {
    expect(shown(query)).toBeNull();
    const everything: Reader = { vhosts: ['/'], mayRead: () => true };
    expect(shown(query, everything)).toBe(line);
  });
});

it('of a line whose lists are full the facts decide: names beyond the bound may be hidden ones', () => {
  const queues = Array.from({ length: LIMIT }, (_, i) => `a${String(i).padStart(2, '0')}`);
  const many = new Story()
    .published(0, 'a', queues)
    .published(1, 'b', ['b'], { message: hidden.message }).facts;
  const full = journeySummary(many.reduce(foldSummary, emptySummary('trace:1')));
  const find = (text: string | undefined, facts: typeof many) =>
    lineFor(reader, true, { limit: 1, text }, { ...full, exchange: 'a' }, () => facts);
  expect(full.queues).toEqual(queues);
  expect(find('secret', many)).toBeNull();
  expect(find(undefined, many)?.exchange).toBe('a');
  expect(find(undefined, many.slice(0, 1))).toEqual(full);
});

it('is not found by a span about a queue that is hidden', () => {
  const span: Span = {
    ...{ traceId: '', spanId: 's', parentSpanId: null, links: [], name: 'b process', kind: 'consumer' },
    ...{ service: 'mallory', startAt: 1, endAt: 2, status: 'ok', statusMessage: null, exceptionType: null },
    ...{ attributes: [], cut: false },
    messaging: {
      ...{ system: null, operation: 'process', destination: 'b', exchange: null, queue: 'b' },
      ...{ routingKey: null, messageId: null, conversationId: null },
    },
  };
  const told = new Story().delivered(1, 'a').add('span', 2, { span, ids: { messageId: 'hidden-id' } }).facts;
  const spanned = journeySummary(told.reduce(foldSummary, emptySummary('trace:1')));
  const find = (query: Partial<JourneyQuery>, may: (name: string) => boolean) =>
    lineFor(
      { vhosts: ['/'], mayRead: (_, name) => may(name) },
      true,
      { limit: 1, ...query },
      spanned,
      () => told,
    );
  for (const query of [{ client: 'mallory' }, { q: 'hidden-id' }]) {
    expect([query, find(query, (name) => name === 'a' || name === spanned.exchange)]).toEqual([query, null]);
    expect(find(query, () => true)).toBe(spanned);
  }
});
