/**
 * The broker closed the publishing channel and does not say for which message. Every one without an answer goes again,
 * alone: the one that closes it alone is set aside with the broker's words, the others arrive.
 */
import { wordsOf } from '../log.ts';
import type { ReplayOutcome } from '../model/replay.ts';
import type { Flight, Sent } from './flight.ts';
import type { Journal } from './journal.ts';
import type { CopyLane } from './lane.ts';
import { countOf } from './words.ts';

/** A connection went, or may have gone: the job can be resumed. */
export class Interrupted extends Error {}

export interface Bench {
  flight: Flight;
  lane: CopyLane;
  journal: Journal;
  clock: () => number;
  /** Why no more may be sent; null: go on. */
  ended: () => string | null;
  /** It closes the channel: it stays. */
  setAside: (sent: Sent, words: string) => void;
}

/**
 * Access refused, exchange not found: the fault need not be the message's. Before the permission or the exchange went, the
 * broker may have taken the copy that it had not confirmed yet.
 */
const turned: ReadonlySet<number | null> = new Set([403, 404]);

/** Throws Interrupted when answers cannot be had: those rows are then `unknown`. */
export async function isolate(o: Bench): Promise<void> {
  const { flight, lane, journal } = o;
  await flight.idle();
  const suspects = flight.takeSuspects();
  const words = lane.broken?.words ?? 'the channel closed';
  if (lane.broken?.cut) giveUp(o, suspects, words);
  if (suspects.length > 0)
    journal.step(
      `The broker closed the publishing channel (${words}); ${countOf(suspects.length)} in flight go again one at a time`,
    );
  mark(o, suspects, 'sending', null, true);
  for (let next = suspects.shift(); next; next = suspects.shift()) {
    const why = o.ended();
    if (why !== null) giveUp(o, [next, ...suspects], why);
    if (lane.broken) await reopen(o, [next, ...suspects]);
    const answer = await flight.publish(next);
    if (answer.kind !== 'lost') {
      flight.answered(next, answer, false);
      await flight.idle();
    } else if (lane.broken?.cut) {
      giveUp(o, [next, ...suspects], lane.broken.words);
    } else {
      const said = lane.broken?.words ?? words;
      const reason = `The broker answers it by closing the channel: ${said}`;
      mark(o, [next], 'skipped', reason, turned.has(lane.broken?.code ?? null));
      journal.step(`Message ${next.row.seq} set aside: ${said}`);
      o.setAside(next, said);
    }
  }
  if (lane.broken) await reopen(o, []);
}

/** Leaves these as unknown: their originals go back into the queue, their copies may have gone. */
export function markUnknown(o: Pick<Bench, 'journal' | 'clock'>, sent: readonly Sent[], why: string): void {
  mark(o, sent, 'unknown', `No answer came: ${why}. The original stays; a copy may exist.`, true);
}

function giveUp(o: Bench, sent: readonly Sent[], why: string): never {
  markUnknown(o, sent, why);
  throw new Interrupted(`No answer came from the broker: ${why}.`);
}

async function reopen(o: Bench, waiting: readonly Sent[]): Promise<void> {
  try {
    await o.lane.open();
  } catch (error) {
    giveUp(o, waiting, wordsOf(error));
  }
}

/** On disk when it returns. */
function mark(
  { journal, clock }: Pick<Bench, 'journal' | 'clock'>,
  sent: readonly Sent[],
  outcome: ReplayOutcome,
  reason: string | null,
  possiblyDuplicated: boolean,
): void {
  const at = clock();
  const rows = sent.map(({ row }) => Object.assign(row, { outcome, reason, at, possiblyDuplicated }));
  journal.put([], rows);
}
