import type { Death } from '../lib/model/death.ts';
import type { Fact, Gap } from '../lib/model/fact.ts';
import { journeyKeyOf, type MessageIds } from '../lib/model/ids.ts';

/** 2026-11-21 10:03:12.000 UTC; the times of a story count from here, in ms. */
export const T0 = Date.UTC(2026, 10, 21, 10, 3, 12);

/** What most facts of a story share. */
export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const message = {
  properties: { contentType: 'application/json', messageId: '8841-a1f0', appId: 'checkout-api' },
  headers: [],
  body: { size: 14, data: btoa('{"order":8841}'), truncated: false },
};

type More = Partial<Omit<Fact, 'kind' | 'at' | 'ids'>> & { ids?: MessageIds };

/**
 * Tells a message's story in facts, one call a fact; `at` in ms after `T0`. Fact IDs count up in the order of telling.
 * Everything can be overridden by the last argument.
 */
export class Story {
  readonly facts: Fact[] = [];
  readonly ids: MessageIds;

  constructor(ids: MessageIds = { traceId: TRACE, messageId: '8841-a1f0' }) {
    this.ids = ids;
  }

  /** A publish that the firehose saw, and the queues it was routed to. */
  published(at: number, exchange: string, queues: string[], more: More = {}): this {
    const key = exchange === '' ? (queues[0] ?? 'nowhere') : 'order.created';
    return this.add('published', at, {
      exchange,
      routingKeys: [key],
      routedQueues: queues,
      connection: '10.0.3.2:50100 -> 10.0.0.1:5672',
      channel: 1,
      user: 'checkout',
      message,
      ...more,
    });
  }

  /** A delivery that the firehose saw; `worker` is the port of its connection. */
  delivered(at: number, queue: string, worker = 1, more: More = {}): this {
    return this.add('delivered', at, {
      queue,
      exchange: 'orders',
      routingKeys: ['order.created'],
      redelivered: false,
      connection: `10.0.3.4:5102${worker} -> 10.0.0.1:5672`,
      channel: 2,
      user: 'billing',
      message,
      ...more,
    });
  }

  redelivered(at: number, queue: string, worker = 1, more: More = {}): this {
    return this.delivered(at, queue, worker, { redelivered: true, ...more });
  }

  /** A death that the dead-letter tap saw, with the x-death entry it carried first. */
  died(at: number, entry: Partial<Death> & { queue: string }, more: More = {}): this {
    const deaths = [death(entry, at)];
    return this.add('died', at, {
      source: 'dead-letter-tap',
      queue: entry.queue,
      exchange: 'orders.dlx',
      routingKeys: ['order.created'],
      deaths,
      message,
      ...more,
    });
  }

  /** A copy that a replay job sent out of the queue `from`. */
  replayed(at: number, from: string, replayId: string, more: More = {}): this {
    return this.add('replayed', at, {
      source: 'replay',
      precision: 'exact',
      exchange: '',
      routingKeys: ['billing'],
      ids: { ...this.ids, replayId },
      replay: {
        jobId: replayId.split('.')[0] ?? replayId,
        replayId,
        attempt: 1,
        by: 'anna',
        fromQueue: from,
      },
      ...more,
    });
  }

  settled(at: number, queue: string, more: More = {}): this {
    return this.add('settled', at, { source: 'otlp', precision: 'exact', queue, ...more });
  }

  /** An answer of the broker to our own publisher. */
  answered(at: number, kind: 'confirmed' | 'returned' | 'refused' | 'unanswered', more: More = {}): this {
    return this.add(kind, at, { source: 'publisher', precision: 'exact', exchange: 'orders', ...more });
  }

  add(kind: Fact['kind'], at: number, more: More = {}): this {
    const ids = more.ids ?? this.ids;
    const fingerprint = more.fingerprint ?? 'f00d';
    this.facts.push({
      id: `f${String(this.facts.length).padStart(3, '0')}`,
      kind,
      source: 'firehose',
      at: T0 + at,
      precision: 'arrival',
      vhost: '/',
      journey: journeyKeyOf(ids, fingerprint),
      fingerprint,
      ...more,
      ids,
    });
    return this;
  }
}

/** An x-death entry; its time is the whole second of `at` ms after `T0`. */
export function death(entry: Partial<Death> & { queue: string }, at = 0): Death {
  return {
    reason: 'rejected',
    count: 1,
    exchange: 'orders',
    routingKeys: ['order.created'],
    at: Math.floor((T0 + at) / 1000) * 1000,
    ...entry,
  };
}

export function gap(from: number, to: number | null, more: Partial<Gap> = {}): Gap {
  return {
    id: `g${from}`,
    vhost: '/',
    from: T0 + from,
    to: to === null ? null : T0 + to,
    kind: 'tap-off',
    reason: 'tap was off',
    missing: null,
    ...more,
  };
}

/** A copy of the list in an order that `seed` decides: the same seed, the same order. */
export function shuffled<T>(list: readonly T[], seed: number): T[] {
  const out = [...list];
  let state = (seed >>> 0) + 0x9e3779b9;
  for (let i = out.length - 1; i > 0; i--) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const j = state % (i + 1);
    const a = out[i];
    const b = out[j];
    if (a === undefined || b === undefined) continue;
    out[i] = b;
    out[j] = a;
  }
  return out;
}
