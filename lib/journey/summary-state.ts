import type { MessageIds } from '../model/ids.ts';

/**
 * What is kept of a journey for lists: only sums, minima, maxima and sets of the smallest keys, so that facts may come
 * in any order and in any batches. Plain JSON. A fact folded twice counts twice: telling facts apart by ID is the
 * store's work. Every list is sorted by its first element and bounded by `LIMIT`.
 */
export interface SummaryState {
  id: string;
  /** ms since 1970; null before the first fact. */
  firstAt: number | null;
  lastAt: number;
  /** The earliest fact that names its sender's intent best: an original publish before anything else. */
  origin: Origin | null;
  /** Facts counted by kind; a delivery read by ourselves does not count. */
  counts: Counts;
  /** By queue name. */
  queues: [name: string, tally: QueueTally][];
  /** By message, queue and reason. */
  deaths: [key: string, death: DeathTally][];
  /** By message and replay ID. */
  replays: [key: string, tally: ReplayTally][];
  /** By message: how it was published and first delivered. */
  messages: [message: string, tally: MessageTally][];
  /** By ID of a consumer's span, or of the fact that told of a settlement. */
  ends: [id: string, end: EndTally][];
  /** The latest failure that a service wrote into a header. */
  failure: { at: number; factId: string; words: string } | null;
}

export interface Origin {
  /** 0 a publish, 1 another fact of an original, 2 of a replay's copy, 3 a span: no message was seen. */
  rank: number;
  at: number;
  factId: string;
  vhost: string;
  ids: MessageIds;
  exchange: string | null;
  routingKey: string | null;
}

export interface Counts {
  /** Publishes seen by the firehose, copies of a replay not among them. */
  published: number;
  /** Our own publishes as our publisher recorded them: the same messages as above where the tap was on. */
  ours: number;
  confirmed: number;
  /** Publishes that no queue took: returned to our publisher, or routed nowhere as the firehose saw. */
  returned: number;
  unroutable: number;
  refused: number;
  unanswered: number;
  deliveries: number;
  died: number;
  replayed: number;
  settled: number;
  /** Spans that services reported. */
  spans: number;
  /** Latest time at which a publish was refused by routing, and at which one was taken by a queue. */
  bouncedAt: number;
  takenAt: number;
}

export interface QueueTally {
  /** Publishes routed here by an exchange, and those by the default exchange, which names even a missing queue. */
  routed: number;
  named: number;
  /** Deliveries that were the first of their message, as far as the broker's flag tells. */
  first: number;
  again: number;
}

export interface DeathTally {
  message: string;
  queue: string;
  reason: string;
  /** The broker's own count: deaths of this message here for this reason. A replay's copy starts again at 1. */
  count: number;
  at: number;
  error: string | null;
  errorAt: number;
  /** Latest delivery or republishing of the message with this death behind it, and the highest count it carried. */
  passedAt: number;
  passedCount: number;
}

export interface ReplayTally {
  message: string;
  /** 0 when it was not seen to be sent. */
  sentAt: number;
  /** It was delivered, came back or died. */
  ended: boolean;
}

/** Copies of replays do not count. */
export interface MessageTally {
  /** It carries a message ID: published again it is the same message, and not another of the same content. */
  named: boolean;
  /** Span ID of its sender, as its headers name it. */
  sender: string | null;
  /** Publishes that the firehose saw, and those of our own publisher. */
  tapped: number;
  ours: number;
  /** Of the first of each, ms since 1970; null: not seen. */
  publishedAt: number | null;
  deliveredAt: number | null;
}

/** What a consumer's span says of one delivery. */
export interface EndTally {
  op: 'process' | 'settle';
  /** It ended without error, and did not give the message back. */
  ok: boolean;
  /** The queue that the span names; null: it names none. */
  queue: string | null;
  /** It names it as a queue, not by the words of its own name. */
  sure: boolean;
  parent: string | null;
  /** Span IDs of those who may have sent its message. */
  senders: string[];
  /** Its message is of this journey: it links here, or its parent is here and it links nowhere. */
  here: boolean;
  /** When it ended, ms since 1970. */
  at: number;
}

export const LIMIT = 64;

export function emptySummary(id: string): SummaryState {
  const counts: Counts = {
    published: 0,
    ours: 0,
    confirmed: 0,
    returned: 0,
    unroutable: 0,
    refused: 0,
    unanswered: 0,
    deliveries: 0,
    died: 0,
    replayed: 0,
    settled: 0,
    spans: 0,
    bouncedAt: 0,
    takenAt: 0,
  };
  return {
    id,
    firstAt: null,
    lastAt: 0,
    origin: null,
    counts,
    queues: [],
    deaths: [],
    replays: [],
    messages: [],
    ends: [],
    failure: null,
  };
}

/** Associative and commutative, with `emptySummary` as its neutral element. */
export function mergeSummary(a: SummaryState, b: SummaryState): SummaryState {
  const counts = { ...a.counts };
  for (const key of countKeys) {
    const latest = key === 'bouncedAt' || key === 'takenAt';
    // rows that an earlier version kept have no spans counted
    const [x, y] = [a.counts[key] ?? 0, b.counts[key] ?? 0];
    counts[key] = latest ? Math.max(x, y) : x + y;
  }
  return {
    id: a.id,
    firstAt: earliest(a.firstAt, b.firstAt),
    lastAt: Math.max(a.lastAt, b.lastAt),
    origin: earlier(a.origin, b.origin),
    counts,
    queues: join(a.queues, b.queues, (x, y) => ({
      routed: x.routed + y.routed,
      named: x.named + y.named,
      first: x.first + y.first,
      again: x.again + y.again,
    })),
    deaths: join(a.deaths, b.deaths, mergeDeath),
    replays: join(a.replays, b.replays, (x, y) => ({
      message: x.message,
      sentAt: Math.max(x.sentAt, y.sentAt),
      ended: x.ended || y.ended,
    })),
    messages: join(a.messages ?? [], b.messages ?? [], (x, y) => ({
      named: x.named || y.named,
      sender: smaller(x.sender, y.sender),
      tapped: x.tapped + y.tapped,
      ours: x.ours + y.ours,
      publishedAt: earliest(x.publishedAt, y.publishedAt),
      deliveredAt: earliest(x.deliveredAt, y.deliveredAt),
    })),
    ends: join(a.ends ?? [], b.ends ?? [], laterEnd),
    failure: later(a.failure, b.failure),
  };
}

const countKeys = Object.keys(emptySummary('').counts) as (keyof Counts)[];

export function mergeDeath(x: DeathTally, y: DeathTally): DeathTally {
  const newer =
    x.errorAt > y.errorAt || (x.errorAt === y.errorAt && (x.error ?? '') >= (y.error ?? '')) ? x : y;
  return {
    ...x,
    count: Math.max(x.count, y.count),
    at: Math.max(x.at, y.at),
    error: newer.error,
    errorAt: newer.errorAt,
    passedAt: Math.max(x.passedAt, y.passedAt),
    passedCount: Math.max(x.passedCount, y.passedCount),
  };
}

/**
 * The union of two sorted lists, cut to the smallest keys. Cutting keeps the merge associative: a key among the
 * smallest of all is among the smallest of every part that holds it, so no part of its tally is lost on the way.
 */
export function join<T>(a: [string, T][], b: [string, T][], both: (x: T, y: T) => T): [string, T][] {
  if (b.length === 0) return a;
  if (a.length === 0) return b;
  const joined: [string, T][] = [];
  for (let i = 0, j = 0; joined.length < LIMIT; ) {
    const x = a[i];
    const y = b[j];
    if (x && y && x[0] === y[0]) {
      joined.push([x[0], both(x[1], y[1])]);
      i++;
      j++;
    } else if (x && (!y || x[0] < y[0])) {
      joined.push(x);
      i++;
    } else if (y) {
      joined.push(y);
      j++;
    } else break;
  }
  return joined;
}

function earlier(a: Origin | null, b: Origin | null): Origin | null {
  if (!a || !b) return a ?? b;
  if (a.rank !== b.rank) return a.rank < b.rank ? a : b;
  if (a.at !== b.at) return a.at < b.at ? a : b;
  return a.factId <= b.factId ? a : b;
}

function later(a: SummaryState['failure'], b: SummaryState['failure']): SummaryState['failure'] {
  if (!a || !b) return a ?? b;
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return a.factId >= b.factId ? a : b;
}

function smaller(a: string | null, b: string | null): string | null {
  return a === null || b === null ? (a ?? b) : a < b ? a : b;
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b);
}

/** One span told twice counts once. */
function laterEnd(a: EndTally, b: EndTally): EndTally {
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return JSON.stringify(a) >= JSON.stringify(b) ? a : b;
}
