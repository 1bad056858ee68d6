import type { Fact } from '../model/fact.ts';
import type { Hop, HopKind } from '../model/journey.ts';

/** What a hop is made of; the rest is taken from `fact`, the fact that tells most of it, or left open. */
export type HopMore = Partial<Hop> & Pick<Hop, 'why' | 'from' | 'provenance' | 'source'>;

/**
 * Makes hops with IDs that stay the same as more facts come in: a hash of what the hop is (its kind, message, copy,
 * queue, ordinal), never of which fact was read first. A second hop with the same name gets an ordinal behind it.
 */
export class HopMaker {
  private readonly taken = new Map<string, number>();
  /** The hop that each fact went into, by the fact's ID: what spans and events say is put there. */
  readonly of = new Map<string, Hop>();

  tell(hop: Hop, ...facts: (Fact | null)[]): void {
    for (const fact of facts) if (fact) this.of.set(fact.id, hop);
  }

  make(kind: HopKind, name: readonly (string | number)[], fact: Fact, more: HopMore): Hop {
    const hash = `${kind}-${shortHash(JSON.stringify(name))}`;
    const seen = this.taken.get(hash) ?? 0;
    this.taken.set(hash, seen + 1);
    return {
      id: seen === 0 ? hash : `${hash}-${seen}`,
      kind,
      row: '',
      at: null,
      until: null,
      precision: fact.precision,
      vhost: fact.vhost,
      exchange: null,
      queue: null,
      routingKeys: [],
      routedQueues: [],
      attempt: null,
      redelivered: null,
      connection: null,
      channel: null,
      user: null,
      node: null,
      reason: null,
      error: null,
      death: null,
      replay: null,
      outcome: null,
      ids: fact.ids,
      message: null,
      spans: [],
      events: [],
      ...more,
    };
  }
}

/** Where the fact was seen: the client's connection and what it carried. */
export function seenBy(fact: Fact): Partial<Hop> {
  return {
    connection: fact.connection ?? null,
    channel: fact.channel ?? null,
    user: fact.user ?? null,
    node: fact.node ?? null,
    message: fact.message ?? null,
    error: fact.error ?? null,
  };
}

/** FNV-1a over UTF-16 units, twice with different seeds: 11 characters of base 36. Names hops, protects nothing. */
function shortHash(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    a = Math.imul(a ^ unit, 0x01000193) >>> 0;
    b = Math.imul(b ^ (unit + i), 0x85ebca6b) >>> 0;
  }
  return (a * 0x100000 + (b & 0xfffff)).toString(36);
}

/** Facts in one order for good: by time, deliveries marked redelivered after others, then by ID. */
export function byTime(a: Fact, b: Fact): number {
  return (
    a.at - b.at || Number(a.redelivered ?? false) - Number(b.redelivered ?? false) || (a.id < b.id ? -1 : 1)
  );
}
