/** What a hop is called and drawn as. Pure. */
import { counted, duration } from '@/app/_ui/format';
import type { Shape } from '@/app/_ui/hop';
import type { Hop, JourneyStatus } from '@/lib/model/journey';

export { STATUS_SHAPE } from '../../_parts/status-shape';

const SHAPES: Record<Hop['kind'], Shape> = {
  publish: 'published',
  queue: 'waiting',
  delivery: 'delivered',
  retry: 'requeued',
  death: 'dead',
  return: 'returned',
  replay: 'replayed',
  settlement: 'settled',
};

export function shapeOf(hop: Hop): Shape {
  return SHAPES[hop.kind];
}

/** The client at the other end: its connection's own name where the broker tells it, else its address. */
export type ClientNames = ReadonlyMap<string, string>;

/** `10.0.3.4:51022 -> 10.0.0.1:5672` → `10.0.3.4:51022`; a management connection `<rabbit@a.1.2.3>` stays. */
export function peerOf(connection: string | null): string | null {
  return connection?.split(' -> ')[0] ?? null;
}

export function clientOf(hop: Hop, names: ClientNames): string | null {
  if (hop.connection === null) return null;
  return names.get(hop.connection) ?? peerOf(hop.connection);
}

/** Who published it: the connection's own name, else what the message says (a copied message says its first sender). */
export function publisherOf(hop: Hop, names: ClientNames): string | null {
  const known = hop.connection === null ? undefined : names.get(hop.connection);
  return known ?? hop.message?.properties.appId ?? hop.user ?? peerOf(hop.connection);
}

export function nameOfExchange(name: string | null): string {
  return name === '' ? '(default exchange)' : (name ?? 'unknown exchange');
}

const REASONS: Record<string, string> = {
  rejected: 'rejected',
  expired: 'expired',
  maxlen: 'over the length limit',
  delivery_limit: 'over the delivery limit',
};

export function reasonOf(hop: Hop): string {
  return hop.reason === null ? 'died' : (REASONS[hop.reason] ?? hop.reason);
}

/** The hop in a few words, and the name in it that is set in monospace. */
export function titleOf(hop: Hop, names: ClientNames): { words: string; name: string | null } {
  switch (hop.kind) {
    case 'publish': {
      const by = publisherOf(hop, names);
      return { words: by ? 'Published by' : 'Published', name: by };
    }
    case 'queue':
      return { words: 'Wait in', name: hop.queue };
    case 'delivery':
      return {
        words: hop.attempt ? `Deliver ${hop.attempt} to` : 'Delivered to',
        name: clientOf(hop, names),
      };
    case 'retry':
      return hop.death ? { words: 'Back out of', name: hop.queue } : { words: 'Back in', name: hop.queue };
    case 'death':
      return { words: `Died, ${reasonOf(hop)}, in`, name: hop.queue };
    case 'return':
      return { words: 'No queue took it from', name: nameOfExchange(hop.exchange) };
    case 'replay':
      return hop.replay?.by
        ? { words: 'Replayed by', name: hop.replay.by }
        : { words: 'Replayed', name: hop.replay?.jobId ?? null };
    case 'settlement':
      return { words: 'Settled in', name: hop.queue };
  }
}

/** How long the hop lasted, ms: from its begin to its end; null where either is not known. */
export function lastedMs(hop: Hop): number | null {
  return hop.at === null || hop.until === null ? null : hop.until - hop.at;
}

/** The wait before a delivery: of the queue hop that led to it. */
export function waitBefore(hop: Hop, hops: readonly Hop[]): number | null {
  const wait = hops.find((h) => h.kind === 'queue' && hop.from.includes(h.id));
  return wait ? lastedMs(wait) : null;
}

/** What ended a delivery, in words; null while nothing is known. */
export function endOf(
  hop: Hop,
  hops: readonly Hop[],
): { words: string; hue: 'dead' | 'settled' | 'waiting'; inferred: boolean; how: string } | null {
  const after = hops.find((h) => h.from.includes(hop.id) && h.kind !== 'publish');
  if (!after) return null;
  const told = { inferred: after.provenance === 'inferred', how: after.why };
  if (after.kind === 'retry' && !after.death)
    return { words: lossOf([...hop.events, ...after.events]), hue: 'waiting', ...told };
  if (after.kind === 'settlement') return { words: 'settled', hue: 'settled', ...told };
  if (after.kind !== 'death' && !after.death) return null;
  const rejected = after.reason === 'rejected';
  return {
    words: rejected ? 'reject, no requeue' : reasonOf(after),
    hue: 'dead',
    // that it died was seen; that a consumer's reject did it is read off the reason
    inferred: true,
    how: `read off x-death: reason ${after.reason ?? 'unknown'}`,
  };
}

const LOSSES: Partial<Record<Hop['events'][number]['kind'], string>> = {
  'connection.closed': 'its connection closed',
  'channel.closed': 'its channel closed',
  'consumer.deleted': 'its consumer went away',
};

/** Why a message went back to its queue, as far as the broker's events tell. */
function lossOf(events: Hop['events']): string {
  const [told] = events.flatMap((event) => LOSSES[event.kind] ?? []);
  return told ?? 'requeued, or connection lost';
}

/** One line under a hop's title on a phone: what matters of it. */
export function lineOf(hop: Hop, hops: readonly Hop[]): string {
  const waited = waitBefore(hop, hops);
  const held = hop.kind === 'delivery' ? lastedMs(hop) : null;
  switch (hop.kind) {
    case 'publish': {
      const key = hop.routingKeys[0];
      return [`to ${nameOfExchange(hop.exchange)}`, key ? `key ${key}` : null, reached(hop)]
        .filter((w) => w !== null)
        .join(', ');
    }
    case 'delivery':
      return [
        hop.queue,
        hop.redelivered ? 'redelivered' : null,
        waited === null ? null : `waited ${duration(waited)}`,
        held === null ? null : `held ${duration(held)}`,
      ]
        .filter((w) => w !== null)
        .join(', ');
    case 'death':
      return hop.error ?? hop.why;
    case 'replay':
      return [hop.replay ? `job ${hop.replay.jobId}` : null, answerOf(hop)]
        .filter((w) => w !== null)
        .join(', ');
    case 'queue': {
      const ms = lastedMs(hop);
      if (ms !== null) return duration(ms);
      return hops.some((h) => h.from.includes(hop.id)) ? 'how long is not known' : 'no delivery seen yet';
    }
    case 'retry':
      return hop.death ? reasonOf(hop) : lossOf(hop.events);
    case 'settlement':
      return `${hop.provenance}: ${sourceOf(hop)}`;
    default:
      return hop.why;
  }
}

export function reached(hop: Hop): string | null {
  if (hop.provenance === 'inferred' || hop.source === 'publisher') return null;
  return hop.routedQueues.length === 0
    ? 'reached no queue'
    : `reached ${counted(hop.routedQueues.length, 'queue')}`;
}

/** The broker's answer to our own publish, in words. */
export function answerOf(hop: Hop): string | null {
  const words: Record<string, string> = {
    confirmed: 'copy confirmed',
    returned: 'returned, no queue took it',
    refused: 'refused by the broker',
    unanswered: 'no answer came',
  };
  return hop.outcome === null ? null : (words[hop.outcome] ?? hop.outcome);
}

const SOURCES: Record<Hop['source'], string> = {
  firehose: 'firehose tap',
  'dead-letter-tap': 'dead-letter tap',
  'x-death': 'x-death header',
  publisher: 'Hoplight’s publisher',
  replay: 'Hoplight’s replay',
  read: 'read by Hoplight',
  otlp: 'span of its service',
};

export function sourceOf(hop: Hop): string {
  return SOURCES[hop.source];
}

export function precisionOf(hop: Hop): string {
  if (hop.at === null) return 'time not known';
  if (hop.precision === 'exact') return 'exact';
  return hop.precision === 'arrival' ? 'on arrival' : 'to the second';
}

/** The badge's word: a story tells "died", where a state says "dead". */
export function stateWord(status: JourneyStatus, last: boolean): string {
  return status === 'dead' && !last ? 'died' : status;
}
