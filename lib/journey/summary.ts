/** One fact's share of what is kept for lists; `mergeSummary` joins the shares. */
import type { Death } from '../model/death.ts';
import type { Fact } from '../model/fact.ts';
import { endedWell, isAboutTrace, operationOf, queueHint, sendersOf, traceOf } from './span-words.ts';
import {
  type DeathTally,
  type EndTally,
  emptySummary,
  join,
  LIMIT,
  type MessageTally,
  mergeDeath,
  mergeSummary,
  type Origin,
  type SummaryState,
} from './summary-state.ts';

export { type DeathTally, emptySummary, LIMIT, mergeSummary, type SummaryState } from './summary-state.ts';

/** Links of a batch's span that are kept for the list. */
const MOST_SENDERS = 4;

/** The summary with one more fact. Neither argument is changed. */
export function foldSummary(summary: SummaryState, fact: Fact): SummaryState {
  return mergeSummary(summary, summaryOf(summary.id, fact));
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
      counts.spans = 1;
      summary.ends = endsIn(fact);
      break;
    case 'settled':
      counts.settled = 1;
      summary.ends = [
        [
          fact.id,
          {
            op: 'settle',
            ok: true,
            sure: true,
            queue: fact.queue ?? null,
            parent: null,
            senders: [],
            here: true,
            at: fact.at,
          },
        ],
      ];
      break;
    default:
      counts[fact.kind] = 1;
  }
  summary.deaths = deathsOf(fact);
  summary.messages = messagesOf(fact);
  if (fact.error !== undefined) summary.failure = { at: fact.at, factId: fact.id, words: fact.error };
  if (fact.ids.replayId !== undefined) {
    const sent = fact.kind === 'replayed' || (fact.kind === 'published' && fact.source === 'firehose');
    const ended = isDelivery(fact) || fact.kind === 'died' || fact.kind === 'returned';
    const tally = { message: messageOf(fact), sentAt: sent ? fact.at : 0, ended };
    summary.replays = [[JSON.stringify([tally.message, fact.ids.replayId]), tally]];
  }
  return summary;
}

/** Of an original; copies of replays go their own way. */
function messagesOf(fact: Fact): [string, MessageTally][] {
  if (fact.ids.replayId !== undefined) return [];
  const published = fact.kind === 'published';
  const delivered = isDelivery(fact);
  if (!published && !delivered) return [];
  const ours = published && fact.source === 'publisher';
  const tally = {
    named: fact.ids.messageId !== undefined,
    sender: fact.ids.spanId ?? null,
    tapped: published && !ours ? 1 : 0,
    ours: ours ? 1 : 0,
    publishedAt: published ? fact.at : null,
    deliveredAt: delivered ? fact.at : null,
  };
  return [[messageOf(fact), tally]];
}

function endsIn(fact: Fact): [string, EndTally][] {
  const { span } = fact;
  const op = span && operationOf(span);
  if (!span || (op !== 'process' && op !== 'settle')) return [];
  const here = isAboutTrace(span, traceOf(fact.journey));
  const end = {
    op,
    ok: endedWell(span),
    queue: queueHint(span) ?? span.messaging?.destination ?? null,
    sure: span.messaging?.queue != null,
    parent: span.parentSpanId,
    senders: sendersOf(span).sort().slice(0, MOST_SENDERS),
    here,
    at: span.endAt,
  };
  return [[span.spanId, end]];
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
    rank: fact.kind === 'span' ? 3 : published ? 0 : original ? 1 : 2,
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
