import { describe, expect, it } from 'vitest';
import type { QueueRow } from '@/lib/model/live';
import { queue as plainQueue } from '../../../test/build.ts';
import { goalsFor, looksLikeId, rankOf } from './jump-goals.ts';

const queue = (name: string, total: number): QueueRow => ({
  ...plainQueue(name, { total, ready: total }),
  spark: [],
  attention: null,
});
const queues = [queue('rebilling', 90), queue('billing.dead', 5), queue('billing', 0), queue('mail', 3)];
const texts = (typed: string) => goalsFor(typed, queues).map((g) => `${g.kind} ${g.text}`);

describe('goalsFor', () => {
  it('offers the screens while nothing is typed', () => {
    expect(texts('')[0]).toBe('screen Overview');
  });
  it('puts the queue of that name first, then those that begin so, then those that contain it', () => {
    expect(texts('billing')).toEqual([
      'queue billing',
      'queue billing.dead',
      'queue rebilling',
      'id billing',
    ]);
  });
  it('takes filters for a search of journeys', () => {
    expect(goalsFor('queue:billing status:dead 8841', queues)[0]).toMatchObject({
      kind: 'search',
      path: '/journeys?q=8841&queue=billing&status=dead',
    });
    expect(texts('trace:4bf92f35')[0]).toBe('id trace:4bf92f35');
  });
  it('takes what looks like an ID for one, unless a queue has that very name', () => {
    expect(texts('4bf92f3577b34da6a3ce929d0e0e4736')[0]).toBe('id 4bf92f3577b34da6a3ce929d0e0e4736');
    expect(goalsFor('order-8841', [queue('order-8841', 0)])[0]?.kind).toBe('queue');
  });
});

it('knows how well a name fits', () => {
  expect([
    rankOf('billing', 'billing'),
    rankOf('billing.dead', 'bill'),
    rankOf('x.billing', 'bill'),
    rankOf('rebill', 'bill'),
  ]).toEqual([0, 1, 2, 3]);
  expect(rankOf('mail', 'bill')).toBeNull();
});

it('does not take words for IDs', () => {
  expect([looksLikeId('billing'), looksLikeId('timeout calling psp'), looksLikeId('8841')]).toEqual([
    false,
    false,
    false,
  ]);
  expect(looksLikeId('order-8841')).toBe(true);
});
