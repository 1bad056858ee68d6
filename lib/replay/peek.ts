/** Reading a dead-letter queue for people: the first messages, their causes, and what the reading cost. */
import type { DeadLetterPage } from '../model/api.ts';
import type { Fact } from '../model/fact.ts';
import type { DeadLetter } from '../model/replay.ts';
import { groupCauses } from './causes.ts';
import { type Actor, connectForReading, DEFAULT_BODY_BYTES, type ReplayDeps } from './deps.ts';
import { readFact } from './facts.ts';
import { deadLetterOf, Ordinals } from './letter.ts';
import { requireQueue, rulesOf } from './queue-facts.ts';
import { type Lives, survey } from './survey.ts';

export const MAX_READ = 1_000;
/** Bodies of one reading, as they travel to the screen. */
const MAX_BYTES = 8_388_608;

/**
 * Reads up to `limit` (1 to 1,000) messages on the actor's own connection and puts them back. Throws HoplightError:
 * not_found, conflict (a stream; too few lives left; a replay has the queue), forbidden, broker_unreachable.
 */
export async function readDeadLetters(
  d: Pick<ReplayDeps, 'snapshot' | 'clock' | 'ownConnection' | 'bodyBytes' | 'record' | 'firehoseTellsReads'>,
  actor: Actor,
  vhost: string,
  name: string,
  limit: number,
  lives: Lives,
): Promise<DeadLetterPage> {
  const { snapshot, queue } = requireQueue(d.snapshot(), vhost, name);
  const connection = await connectForReading(d, actor, vhost, `hoplight: read ${name}`);
  const messages: DeadLetter[] = [];
  const ordinals = new Ordinals();
  const facts: Fact[] = [];
  const tells = d.firehoseTellsReads?.(vhost) ?? false;
  let bytes = MAX_BYTES;
  try {
    const { inQueue } = await survey(
      connection,
      snapshot,
      queue,
      Math.min(limit, MAX_READ),
      lives,
      (letter, position) => {
        const keep = Math.min(bytes, d.bodyBytes ?? DEFAULT_BODY_BYTES);
        const id = ordinals.idOf(letter.key);
        const seen = deadLetterOf(letter, id, position, keep);
        if (!tells) facts.push(readFact(letter, d.clock(), { vhost, queue: name, nth: id }, keep));
        bytes -= Math.min(keep, letter.body.length);
        messages.push(seen);
        return true;
      },
    );
    if (facts.length > 0) d.record(facts);
    const { level, words, limit: left } = rulesOf(snapshot, queue, lives.spent(vhost, name));
    return {
      vhost,
      queue: name,
      readAt: d.clock(),
      inQueue,
      messages,
      read: messages.length,
      next: messages.length < inQueue ? messages.length - 1 : null,
      causes: groupCauses(messages),
      reading: { level, words, limit: left },
    };
  } finally {
    await connection.close();
  }
}
