/** What a poll has read, part by part, so that one part's failure leaves the others whole. */
import type { BareConsumer, ChannelInfo, ConnectionInfo } from '../broker/consumers.ts';
import type { Overview } from '../broker/overview.ts';
import type { WhoAmI } from '../broker/permissions.ts';
import type { Policy } from '../broker/policies.ts';
import { wordsOf } from '../log.ts';
import type { Binding, Exchange, Node, Queue, Vhost } from '../model/broker.ts';
import { isHoplightError } from '../model/errors.ts';

export interface Part<T> {
  /** The last that could be read; null: never. */
  value: T | null;
  /** When its last reading began, and how long that took, ms. */
  askedAt: number | null;
  tookMs: number;
  /** Null when the last reading succeeded. */
  failed: Failure | null;
}

export interface Failure {
  code: string;
  why: string;
  mend: string;
  /** ms since 1970: the first of the failures in a row. */
  since: number;
}

export interface Reading {
  overview: Part<Overview>;
  who: Part<WhoAmI>;
  /** Fresh depths, see `ManagementClient.queueTotals`. */
  totals: Part<Queue[]>;
  /** All figures, lagging. */
  queues: Part<Queue[]>;
  consumers: Part<BareConsumer[]>;
  channels: Part<ChannelInfo[]>;
  connections: Part<ConnectionInfo[]>;
  nodes: Part<Node[]>;
  alarms: Part<boolean>;
  vhosts: Part<Vhost[]>;
  exchanges: Part<Exchange[]>;
  bindings: Part<Binding[]>;
  policies: Part<Policy[]>;
}

const never = <T>(): Part<T> => ({ value: null, askedAt: null, tookMs: 0, failed: null });

export function emptyReading(): Reading {
  return {
    overview: never(),
    who: never(),
    totals: never(),
    queues: never(),
    consumers: never(),
    channels: never(),
    connections: never(),
    nodes: never(),
    alarms: never(),
    vhosts: never(),
    exchanges: never(),
    bindings: never(),
    policies: never(),
  };
}

export function failureOf(error: unknown, at: number, before: Failure | null): Failure {
  const known = isHoplightError(error);
  return {
    code: known ? error.code : 'internal',
    why: wordsOf(error),
    mend: (known ? error.more.next : undefined) ?? 'It is tried again by itself.',
    since: before?.since ?? at,
  };
}

/** Asks for one part; never throws. On failure the last value stays beside the failure. */
export async function readPart<T>(
  before: Part<T>,
  ask: () => Promise<T>,
  clock: () => number,
): Promise<Part<T>> {
  const askedAt = clock();
  try {
    const value = await ask();
    return { value, askedAt, tookMs: clock() - askedAt, failed: null };
  } catch (error) {
    const failed = failureOf(error, clock(), before.failed);
    return { value: before.value, askedAt, tookMs: clock() - askedAt, failed };
  }
}

/**
 * Whether a part is to be asked for again: not more often than each `everyMs`, and so that it costs the broker at most
 * one part in `share` of the time, however slow it is (10,000 queues take a second of broker time to list).
 */
export function isDue(part: Part<unknown>, now: number, everyMs: number, share: number): boolean {
  return part.askedAt === null || now - part.askedAt >= paceOf(part, everyMs, share);
}

/** ms from one asking to the next. */
export function paceOf(part: Part<unknown>, everyMs: number, share: number): number {
  return Math.max(everyMs, part.tookMs * share);
}

/** One consumer: tags are unique within a channel only. */
export function consumerKey(
  c: Pick<BareConsumer, 'vhost' | 'queue' | 'tag' | 'connection' | 'channel'>,
): string {
  return [c.vhost, c.queue, c.tag, c.connection, c.channel ?? ''].join('\u0000');
}
