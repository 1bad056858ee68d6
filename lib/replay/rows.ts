/** The journal of a job: a row per message, on disk before its copy is sent. */
import type { MessageIds } from '../model/ids.ts';
import type { ReplayMessage, ReplayOutcome } from '../model/replay.ts';
import type { StateStore } from '../store/state.ts';
import { isReturned, keyOfId } from './letter.ts';
import type { Entry } from './selection.ts';

export interface RowInput {
  id: string;
  journey: string;
  ids: MessageIds;
  originQueue: string | null;
  address: { exchange: string; routingKey: string } | { cannot: string };
  replays: number;
}

export function rowOf(
  jobId: string,
  seq: number,
  from: RowInput,
  outcome: ReplayOutcome,
  at: number,
): ReplayMessage {
  const address = 'cannot' in from.address ? { exchange: '', routingKey: '' } : from.address;
  return {
    seq,
    replayId: `${jobId}.${seq}`,
    deadLetterId: from.id,
    journey: from.journey,
    ids: from.ids,
    originQueue: from.originQueue,
    ...address,
    attempt: from.replays + 1,
    outcome,
    possiblyDuplicated: false,
    reason: null,
    at,
  };
}

const CHUNK = 1_000;

/** Freezes a selection: a row `waiting` for each of its messages. */
export function freeze(state: StateStore, jobId: string, entries: readonly Entry[], at: number): void {
  for (let from = 0; from < entries.length; from += CHUNK) {
    const rows = entries
      .slice(from, from + CHUNK)
      .map((entry, i) => rowOf(jobId, from + i + 1, entry, 'waiting', at));
    state.putMessages(jobId, rows);
  }
}

/** What the journal of a job says before it goes on. */
export interface Resumed {
  /** Rows whose message is still to be sent, or sent again, by the message's key. */
  open: Map<string, ReplayMessage[]>;
  /** Keys of messages whose copy the broker confirmed. */
  done: Set<string>;
  /** Messages that were dealt with and lie in the queue, by key. */
  stays: Map<string, number>;
  /** Copies that were sent and answered. */
  sent: number;
  nextSeq: number;
  /** Of the frozen messages, those that have a row. */
  known: number;
}

export function readJournal(state: StateStore, jobId: string): Resumed {
  const open = new Map<string, ReplayMessage[]>();
  const waiting = state.messagesIn(jobId, 'waiting');
  const unanswered = state.unanswered(jobId);
  for (const row of [...unanswered, ...waiting]) {
    const key = keyOfId(row.deadLetterId);
    const others = open.get(key);
    if (others) others.push(row);
    else open.set(key, [row]);
  }
  const uncertain = new Set(unanswered.map((row) => row.seq));
  const done = new Set<string>();
  const stays = new Map<string, number>();
  let sent = 0;
  let rows = waiting.length + unanswered.length;
  let returned = [...waiting, ...unanswered].filter((row) => isReturned(row.deadLetterId)).length;
  // one by one: of a million rows their objects would not fit beside each other
  for (const outcome of [
    'confirmed',
    'delivered',
    'settled',
    'died again',
    'returned',
    'skipped',
    'deleted',
  ] as const)
    state.eachLetter(jobId, outcome, ({ seq, deadLetterId }) => {
      if (uncertain.has(seq)) return;
      rows++;
      if (isReturned(deadLetterId)) returned++;
      const key = keyOfId(deadLetterId);
      if (outcome !== 'skipped') sent++;
      if (outcome === 'returned' || outcome === 'skipped') stays.set(key, (stays.get(key) ?? 0) + 1);
      else done.add(key);
    });
  return { open, done, stays, sent, nextSeq: rows + 1, known: rows - returned };
}

/**
 * Rows that were being sent when their process ended: sent or not, nobody can say. Those whose copy a tap saw arrive
 * keep that outcome. Returns how many there are.
 */
export function markUncertain(state: StateStore, jobId: string, reason: string, at: number): number {
  const rows = state.unanswered(jobId).filter((row) => row.outcome !== 'unknown');
  if (rows.length > 0)
    state.setOutcomes(
      jobId,
      rows.map(({ seq }) => ({ seq, outcome: 'unknown' as const, reason, at, possiblyDuplicated: true })),
    );
  return rows.length;
}
