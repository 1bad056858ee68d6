/** Facts for the store's tests: plain, complete, and told apart by what a test sets. */
import type { Fact } from '../model/fact.ts';
import { createFactIds } from '../model/fact-id.ts';
import { journeyKeyOf, type MessageIds } from '../model/ids.ts';

const nextId = createFactIds();

export function factOf(change: Partial<Fact> & { ids?: MessageIds } = {}): Fact {
  const ids = change.ids ?? { messageId: 'm-1' };
  const fingerprint = change.fingerprint ?? 'f0';
  return {
    id: nextId(),
    kind: 'published',
    source: 'firehose',
    at: 1_700_000_000_000,
    precision: 'arrival',
    vhost: '/',
    journey: journeyKeyOf(ids, fingerprint),
    fingerprint,
    exchange: 'orders',
    routingKeys: ['orders.new'],
    routedQueues: ['orders'],
    ...change,
    ids,
  };
}

export function deathOf(change: Partial<Fact> & { reason?: string } = {}): Fact {
  const { reason = 'rejected', ...rest } = change;
  const queue = change.queue ?? 'orders';
  const at = change.at ?? 1_700_000_000_000;
  return factOf({
    kind: 'died',
    source: 'dead-letter-tap',
    at,
    exchange: 'dlx',
    routingKeys: ['orders'],
    routedQueues: undefined,
    queue,
    deaths: [{ queue, reason, count: 1, exchange: 'orders', routingKeys: ['orders.new'], at }],
    ...rest,
  });
}
