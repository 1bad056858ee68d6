import type { Death } from '../model/death.ts';
import type { Fact } from '../model/fact.ts';
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
  /** The latest failure that a service wrote into a header. */
  failure: { at: number; factId: string; words: string } | null;
}

interface Origin {
  rank: number;
  at: number;
  factId: string;
  vhost: string;
  ids: MessageIds;
  exchange: string | null;
  routingKey: string | null;
}

interface Counts {
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
  /** Latest time at which a publish was refused by routing, and at which one was taken by a queue. */
  bouncedAt: number;
  takenAt: number;
}

interface QueueTally {
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

interface ReplayTally {
  message: string;
  /** 0 when it was not seen to be sent. */
  sentAt: number;
  /** It was delivered, came back or died. */
  ended: boolean;
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
    failure: null,
  };
}

/** The summary with one more fact. Neither argument is changed. */
export function foldSummary(summary: SummaryState, fact: Fact): SummaryState {
  return mergeSummary(summary, summaryOf(summary.id, fact));
}

/** Associative and commutative, with `emptySummary` as its neutral element. */
export function mergeSummary(a: SummaryState, b: SummaryState): SummaryState {
  const counts = { ...a.counts };
  for (const key of countKeys) {
    const latest = key === 'bouncedAt' || key === 'takenAt';
    counts[key] = latest ? Math.max(a.counts[key], b.counts[key]) : a.counts[key] + b.counts[key];
  }
  return {
    id: a.id,
    firstAt:
      a.firstAt === null || b.firstAt === null ? (a.firstAt ?? b.firstAt) : Math.min(a.firstAt, b.firstAt),
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
    failure: later(a.failure, b.failure),
  };
}

const countKeys = Object.keys(emptySummary('').counts) as (keyof Counts)[];

function mergeDeath(x: DeathTally, y: DeathTally): DeathTally {
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
function join<T>(a: [string, T][], b: [string, T][], both: (x: T, y: T) => T): [string, T][] {
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

/** Identity of a message within its journey. A copy of a replay keeps both, so that it meets its original. */
export function messageOf(fact: Pick<Fact, 'ids' | 'fingerprint'>): string {
  return fact.ids.messageId ?? fact.fingerprint;
}

/** Our own reading of a queue is no delivery to a consumer. */
function isDelivery(fact: Fact): boolean {
  return fact.kind === 'delivered' && fact.source !== 'read';
}

function summaryOf(id: string, fact: Fact): SummaryState {
  const summary = { ...emptySummary(id), firstAt: fact.at, lastAt: fact.at, origin: originOf(fact) };
  const { counts } = summary;
  const copy = fact.ids.replayId !== undefined;
  switch (fact.kind) {
    case 'published': {
      const routed = fact.routedQueues;
      if (fact.source === 'publisher') counts.ours = 1;
      else if (!copy) counts.published = 1;
      if (fact.source === 'firehose' && routed?.length === 0) {
        counts.unroutable = 1;
        counts.bouncedAt = fact.at;
      } else if (routed?.length && fact.exchange !== '') counts.takenAt = fact.at;
      summary.queues = sortedNames(routed ?? []).map((name) => [
        name,
        fact.exchange === ''
          ? { routed: 0, named: 1, first: 0, again: 0 }
          : { routed: 1, named: 0, first: 0, again: 0 },
      ]);
      break;
    }
    case 'delivered':
      if (!isDelivery(fact)) break;
      counts.deliveries = 1;
      counts.takenAt = fact.at;
      if (fact.queue !== undefined) {
        const again = fact.redelivered === true;
        summary.queues = [[fact.queue, { routed: 0, named: 0, first: again ? 0 : 1, again: again ? 1 : 0 }]];
      }
      break;
    case 'returned':
      counts.returned = 1;
      counts.bouncedAt = fact.at;
      break;
    case 'refused':
      counts.refused = 1;
      counts.bouncedAt = fact.at;
      break;
    case 'span':
      break;
    default:
      counts[fact.kind] = 1;
  }
  summary.deaths = deathsOf(fact);
  if (fact.error !== undefined) summary.failure = { at: fact.at, factId: fact.id, words: fact.error };
  if (fact.ids.replayId !== undefined) {
    const sent = fact.kind === 'replayed' || (fact.kind === 'published' && fact.source === 'firehose');
    const ended = isDelivery(fact) || fact.kind === 'died' || fact.kind === 'returned';
    const tally = { message: messageOf(fact), sentAt: sent ? fact.at : 0, ended };
    summary.replays = [[JSON.stringify([tally.message, fact.ids.replayId]), tally]];
  }
  return summary;
}

function sortedNames(names: readonly string[]): string[] {
  return [...new Set(names)].sort().slice(0, LIMIT);
}

function originOf(fact: Fact): Origin {
  const original = fact.ids.replayId === undefined && fact.kind !== 'replayed';
  const published = fact.kind === 'published' && original;
  const { replayId: _, ...ids } = fact.ids;
  // a dead letter's own exchange is the dead-letter exchange: its oldest death knows the first one
  const before = fact.kind === 'published' ? undefined : fact.deaths?.at(-1);
  return {
    rank: published ? 0 : original ? 1 : 2,
    at: fact.at,
    factId: fact.id,
    vhost: fact.vhost,
    ids,
    exchange: before?.exchange ?? fact.exchange ?? null,
    routingKey: (before?.routingKeys ?? fact.routingKeys)?.[0] ?? null,
  };
}

/** Each death that the fact tells of: the one it is, and those in the x-death list that its message carries. */
function deathsOf(fact: Fact): [string, DeathTally][] {
  const died = fact.kind === 'died';
  const message = messageOf(fact);
  const movedOn = isDelivery(fact) || fact.kind === 'published' || fact.kind === 'replayed';
  return deathEntries(fact)
    .map((d, i): [string, DeathTally] => {
      const newest = i === 0;
      const error = newest ? (fact.error ?? null) : null;
      const passed = movedOn || !newest;
      const tally = {
        message,
        queue: d.queue,
        reason: d.reason,
        count: d.count,
        at: died && newest ? fact.at : (d.at ?? 0),
        error,
        errorAt: error === null ? 0 : fact.at,
        passedAt: passed ? fact.at : 0,
        passedCount: passed ? d.count : 0,
      };
      // a replay's copy carries no x-death of its own past, so its counts are told apart by the replay's ID
      return [
        JSON.stringify([
          message,
          fact.kind === 'replayed' ? '' : (fact.ids.replayId ?? ''),
          d.queue,
          d.reason,
        ]),
        tally,
      ];
    })
    .reduce<[string, DeathTally][]>((all, one) => join(all, [one], mergeDeath), []);
}

/** The x-death list, newest first; a death that came without one is told by the fact itself. */
function deathEntries(fact: Fact): Pick<Death, 'queue' | 'reason' | 'count' | 'at'>[] {
  if (fact.deaths?.length) return fact.deaths;
  if (fact.kind !== 'died' || fact.queue === undefined) return [];
  return [{ queue: fact.queue, reason: fact.detail ?? 'unknown', count: 1, at: fact.at }];
}
