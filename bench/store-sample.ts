/** Facts such as a shop's broker makes, as many as wanted, the same each time: some tokens in every message, some in one. */
import type { Fact } from '../lib/model/fact.ts';
import { createFactIds } from '../lib/model/fact-id.ts';
import { journeyKeyOf } from '../lib/model/ids.ts';
import type { Header, Message } from '../lib/model/message.ts';

export const sample = { exchanges: 10, keys: 40, queues: 30, tenants: 300, sources: 5, dayMs: 86_400_000 };
/** One message in so many dies. */
const DEATH_EVERY = 50;
const BODY_BYTES = 400;

/** Small, fast and the same each time (mulberry32). 0 ≤ x < 1. */
export function seeded(seed: number): () => number {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), a | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `clock.now` (ms since 1970) moves on over a day while `total` facts are made: a publish, a delivery, a few deaths. */
export function* sampleFacts(total: number, clock: { now: number }): Generator<Fact> {
  const random = seeded(1);
  const nextId = createFactIds({ clock: () => clock.now, random });
  /** The first ones often, the last ones seldom. */
  const skewed = (n: number) => Math.floor(n * random() ** 2.5);
  const hex = (digits: number) =>
    Array.from({ length: Math.ceil(digits / 8) }, () =>
      Math.floor(random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    )
      .join('')
      .slice(0, digits);
  const filler = 'the quick brown fox jumps over the lazy dog '.repeat(12);

  for (let made = 0, message = 0; made < total; message++) {
    clock.now += (sample.dayMs / total) * 2;
    const n = skewed(sample.keys);
    const queue = `queue.${n % sample.queues}`;
    const traceId = hex(32);
    const ids = {
      messageId: hex(32),
      correlationId: `order-${message >> 1}`,
      // a third of the services is traced
      ...(message % 3 === 0 ? { traceId, spanId: hex(16) } : {}),
    };
    const text = (name: string, value: string): Header => ({ name, type: 'S', value });
    const body = Buffer.from(`{"order":${message},"sku":"${hex(8)}","note":"${filler}`.slice(0, BODY_BYTES));
    const content: Message = {
      properties: {
        messageId: ids.messageId,
        correlationId: ids.correlationId,
        contentType: 'application/json',
      },
      headers: [
        text('tenant', `tenant-${skewed(sample.tenants)}`),
        text('order', `order-${message}`),
        text('source', `service-${message % sample.sources}`),
        { name: 'version', type: 'l', value: message % 3 },
        text('traceparent', `00-${traceId}-${ids.spanId ?? hex(16)}-01`),
      ],
      body: { size: body.length, data: body.toString('base64'), truncated: false },
    };
    const common = {
      source: 'firehose' as const,
      precision: 'arrival' as const,
      vhost: '/',
      journey: journeyKeyOf(ids, ''),
      ids,
      fingerprint: hex(16),
      exchange: `exchange.${n % sample.exchanges}`,
      routingKeys: [`area${n % 4}.order.key${n}`],
      node: 'rabbit@one',
      channel: 1,
      message: content,
    };
    const publisher = {
      user: `publisher-${skewed(20)}`,
      connection: `10.0.0.${skewed(60)}:5000 -> 10.1.0.1:5672`,
    };
    yield { ...common, ...publisher, id: nextId(), kind: 'published', at: clock.now, routedQueues: [queue] };
    const at = clock.now + 3 * random() ** 3;
    const consumer = { user: `consumer-${n % 7}`, connection: `10.0.1.${n}:6000 -> 10.1.0.1:5672` };
    yield { ...common, ...consumer, id: nextId(), kind: 'delivered', at, queue, redelivered: false };
    made += 2;
    if (message % DEATH_EVERY !== 7) continue;
    const reason = message % (2 * DEATH_EVERY) === 7 ? 'rejected' : 'expired';
    const { exchange, routingKeys } = common;
    yield {
      ...common,
      id: nextId(),
      kind: 'died',
      source: 'dead-letter-tap',
      at: at + 5,
      exchange: 'dead-letters',
      routingKeys: [queue],
      queue,
      error: `no stock in hall ${message % 5}`,
      deaths: [{ queue, reason, count: 1, exchange, routingKeys, at: Math.floor(at / 1_000) * 1_000 }],
    };
    made++;
  }
}
