import { describe, expect, it } from 'vitest';
import type { Death } from '@/lib/model/death';
import type { Header } from '@/lib/model/message';
import { deathLines, historyWords } from './death-words';

const NOW = new Date(2026, 10, 21, 12, 0, 0).getTime();
const at = (h: number, m: number) => new Date(2026, 10, 21, h, m, 0).getTime();
const death = (queue: string, reason: string, when: number | null, count = 1): Death => ({
  queue,
  reason,
  count,
  exchange: 'orders',
  routingKeys: ['order.created'],
  at: when,
});
const words = (deaths: Death[], headers: Header[] = [], replays = 0) =>
  historyWords(deathLines(deaths, headers), replays, NOW);

describe('the deaths of a message', () => {
  it('are told in the order of time; of several of a kind the broker keeps the time of the first', () => {
    expect(words([death('billing', 'rejected', at(9, 58), 4), death('wait', 'expired', at(9, 40))])).toBe(
      'Expired in wait at 09:40:00; then first rejected in billing at 09:58:00, 4 times in all.',
    );
  });

  it('keep the order of the broker, newest first, where no time is known', () => {
    expect(words([death('b', 'maxlen', null), death('a', 'delivery_limit', null)])).toBe(
      'Given up at the delivery limit of a at a time that is not known; then pushed out of the full queue b at a time that is not known.',
    );
  });

  it('before a replay come from x-original-death', () => {
    const table = { queue: 'billing', reason: 'rejected', count: 2, time: at(9, 0) / 1000 };
    expect(
      words(
        [{ ...death('billing', 'expired', at(10, 0)), originalExpiration: '30000' }],
        [{ name: 'x-original-death', type: 'A', value: [table] }],
        1,
      ),
    ).toBe(
      'First rejected in billing at 09:00:00, 2 times in all; then replayed once; then expired after 30 s in billing at 10:00:00.',
    );
  });

  it('of one that never died are none', () => expect(words([])).toBe(''));
});
