/** What a poll has read, part by part, so that one part's failure leaves the others whole. */
import type { BareConsumer, ChannelInfo, ConnectionInfo } from '../broker/consumers.ts';
import type { Overview } from '../broker/overview.ts';
import type { WhoAmI } from '../broker/permissions.ts';
import type { Policy } from '../broker/policies.ts';
import type { QueueMetrics } from '../broker/prometheus.ts';
import type { CountedVhost } from '../broker/vhosts.ts';
import type { Rates } from '../broker/wire.ts';
import { wordsOf } from '../log.ts';
import type { Binding, Exchange, Node, Queue } from '../model/broker.ts';
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

/** The queues' figures by the nodes' own metrics. */
export interface Figures {
  depths: QueueMetrics['depths'];
  /** By `queueKey`; a queue that is not among them has let nothing pass. Null: not known. */
  rates: Map<string, Rates> | null;
  /** How many nodes answered, and those that run and did not. */
  nodes: number;
  silent: QueueMetrics['silent'];
  /** Labels of queues that the list does not have. */
  strangers: ReadonlySet<string>;
}

export interface Reading {
  overview: Part<Overview>;
  who: Part<WhoAmI>;
  /** What exists, and fresh depths, see `ManagementClient.queueTotals`. Read seldom while `figures` tell the depths. */
  totals: Part<Queue[]>;
  /** All figures, lagging. While `figures` tell depths and rates it is asked for seldom, or not at all. */
  queues: Part<Queue[]>;
  figures: Part<Figures>;
  consumers: Part<BareConsumer[]>;
  channels: Part<ChannelInfo[]>;
  connections: Part<ConnectionInfo[]>;
  nodes: Part<Node[]>;
  alarms: Part<boolean>;
  /** With the totals of each. */
  vhosts: Part<CountedVhost[]>;
  exchanges: Part<Exchange[]>;
  bindings: Part<Binding[]>;
  policies: Part<Policy[]>;
  pace: Pace;
}

/** How the parts are asked for at present. */
export interface Pace {
  /** ms, by part; absent: not asked for. */
  everyMs: ReadonlyMap<PartName, number>;
  /** What they cost together, in parts of the time, and what they may. */
  share: number;
  allowed: number;
  /** Since when the list of queues counts as too dear for the quick pace, ms since 1970; null: it does not. */
  dearSince: number | null;
}

export type PartName = Exclude<keyof Reading, 'pace' | 'exchanges' | 'bindings'> | 'topology';

export const never = <T>(): Part<T> => ({ value: null, askedAt: null, tookMs: 0, failed: null });

export function emptyReading(): Reading {
  return {
    overview: never(),
    who: never(),
    totals: never(),
    queues: never(),
    figures: never(),
    consumers: never(),
    channels: never(),
    connections: never(),
    nodes: never(),
    alarms: never(),
    vhosts: never(),
    exchanges: never(),
    bindings: never(),
    policies: never(),
    pace: { everyMs: new Map(), share: 0, allowed: 1, dearSince: null },
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

/** Whether the queues' lists are asked for at the quick pace: the metrics do not tell all that they would. */
export function needsLists(r: Reading): boolean {
  const figures = r.figures.failed ? null : r.figures.value;
  const none = r.totals.value === null || figures === null;
  return r.pace.dearSince === null || none || figures.silent.length > 0;
}

/** One consumer: tags are unique within a channel only. */
export function consumerKey(
  c: Pick<BareConsumer, 'vhost' | 'queue' | 'tag' | 'connection' | 'channel'>,
): string {
  return [c.vhost, c.queue, c.tag, c.connection, c.channel ?? ''].join('\u0000');
}

export function somebodyLeft(before: Part<BareConsumer[]>, after: Part<BareConsumer[]>): boolean {
  if (after.failed || after.value === before.value) return false;
  const there = new Set(after.value?.map(consumerKey));
  return (before.value ?? []).some((c) => !there.has(consumerKey(c)));
}

/** Whether channels and connections were asked for after the consumers: only then they say why one is not there. */
export function listsAreYounger(r: Pick<Reading, 'consumers' | 'channels' | 'connections'>): boolean {
  const at = r.consumers.askedAt ?? 0;
  return (r.channels.askedAt ?? 0) >= at && (r.connections.askedAt ?? 0) >= at;
}
