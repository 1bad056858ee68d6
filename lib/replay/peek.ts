/** Reading a dead-letter queue for people: a page of its messages, the causes, and what the reading cost. */
import type { DeadLetterPage } from '../model/api.ts';
import type { Fact } from '../model/fact.ts';
import type { LetterFilter } from '../model/letter-filter.ts';
import type { DeadLetter } from '../model/replay.ts';
import { type Died, groupCauses } from './causes.ts';
import { type Actor, connectForReading, DEFAULT_BODY_BYTES, type ReplayDeps } from './deps.ts';
import { readFact } from './facts.ts';
import { deadLetterOf, Ordinals } from './letter.ts';
import { letterMatches } from './matches.ts';
import { requireQueue, rulesOf } from './queue-facts.ts';
import { type Lives, survey } from './survey.ts';

export const MAX_READ = 1_000;
/** Bodies of one reading, as they travel to the screen. */
const MAX_BYTES = 8_388_608;
/** A filter that few messages pass looks on behind the page's beginning for so long at most, ms, and through so many. */
const BUDGET_MS = 5_000;
const BUDGET_READ = 50_000;

export interface PageAsk {
  /** Messages of the page, 1 to 1,000. */
  limit: number;
  /** Position of the last message of the page before: in a stream its offset. */
  after?: number;
  filter?: LetterFilter;
  /** Ends the reading when nobody waits for it any more. */
  signal?: AbortSignal;
  progress?: (read: number, of: number) => void;
}

/**
 * Reads a page on the actor's own connection and puts everything back. A queue can only be read from its head, so a page
 * further behind reads what lies before it too; a stream is read from where the page begins. Throws HoplightError:
 * not_found, conflict (too few lives left; a replay has the queue), forbidden, broker_unreachable.
 */
export async function readDeadLetters(
  d: Pick<ReplayDeps, 'snapshot' | 'clock' | 'ownConnection' | 'bodyBytes' | 'record' | 'firehoseTellsReads'>,
  actor: Actor,
  vhost: string,
  name: string,
  ask: PageAsk,
  lives: Lives,
): Promise<DeadLetterPage> {
  const { snapshot, queue } = requireQueue(d.snapshot(), vhost, name);
  const connection = await connectForReading(d, actor, vhost, `hoplight: read ${name}`);
  const most = Math.min(ask.limit, MAX_READ);
  const after = ask.after ?? -1;
  const passes = ask.filter ? letterMatches(ask.filter) : () => true;
  const messages: DeadLetter[] = [];
  const died: Died[] = [];
  const ordinals = new Ordinals();
  const facts: Fact[] = [];
  const tells = d.firehoseTellsReads?.(vhost) ?? false;
  const behind = queue.type === 'stream' ? 0 : after + 1;
  let bytes = MAX_BYTES;
  let last = after;
  let until = Number.POSITIVE_INFINITY;
  let looked = 0;
  try {
    const { inQueue, putBack, offsets } = await survey(
      connection,
      snapshot,
      queue,
      lives,
      {
        limit: behind + (ask.filter ? BUDGET_READ : most),
        ...(ask.after === undefined ? {} : { after: ask.after }),
        ...(ask.signal ? { signal: ask.signal } : {}),
        ...(ask.progress ? { progress: ask.progress } : {}),
      },
      (letter, position) => {
        const id = ordinals.idOf(letter.key);
        const { originQueue, reason, error, diedAt } = letter;
        died.push({ originQueue, reason, error, diedAt });
        if (position <= after) return true;
        if (looked++ === 0) until = d.clock() + BUDGET_MS;
        last = position;
        if (!passes(letter)) return d.clock() < until;
        const keep = Math.min(bytes, d.bodyBytes ?? DEFAULT_BODY_BYTES);
        messages.push(deadLetterOf(letter, id, position, keep));
        if (!tells) facts.push(readFact(letter, d.clock(), { vhost, queue: name, nth: id }, keep));
        bytes -= Math.min(keep, letter.body.length);
        return messages.length < most;
      },
    );
    if (facts.length > 0) d.record(facts);
    const { level, words, limit } = rulesOf(snapshot, queue, lives.spent(vhost, name));
    const end = queue.type === 'stream' ? (offsets?.last ?? after) : inQueue - 1;
    return {
      vhost,
      queue: name,
      readAt: d.clock(),
      inQueue,
      messages,
      read: looked,
      putBack: queue.type === 'stream' ? 0 : putBack,
      next: looked > 0 && last < end ? last : null,
      causes: groupCauses(died),
      reading: { level, words, limit },
    };
  } finally {
    await connection.close();
  }
}
