import { describe, expect, it } from 'vitest';
import { journeySummary } from '../../../lib/journey/status.ts';
import { emptySummary, foldSummary } from '../../../lib/journey/summary.ts';
import type { JourneyQuery } from '../../../lib/model/api.ts';
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
