/** Reads dead letters to find copies of a job that died again, where no tap sees deaths. */

import type { CopyChange } from '../store/state.ts';
import { type Actor, connectForReading, type ReplayDeps } from './deps.ts';
import { requireQueue } from './queue-facts.ts';
import { MOST_LOOKED } from './seen-deaths.ts';
import { type Lives, survey } from './survey.ts';

export interface Looked {
  /** Everything that lay there was read. */
  whole: boolean;
  found: CopyChange[];
}

/** On the actor's own connection; puts everything back. Throws as a reading does. */
export async function lookForCopies(
  d: Pick<ReplayDeps, 'snapshot' | 'clock' | 'ownConnection'>,
  lives: Lives,
  actor: Actor,
  job: { id: string; vhost: string },
  name: string,
): Promise<Looked> {
  const { snapshot, queue } = requireQueue(d.snapshot(), job.vhost, name);
  const connection = await connectForReading(
    d,
    actor,
    job.vhost,
    `hoplight: replay ${job.id}, look for copies`,
  );
  const found: CopyChange[] = [];
  try {
    const { inQueue, read } = await survey(
      connection,
      snapshot,
      queue,
      lives,
      { limit: MOST_LOOKED },
      (letter) => {
        const { replayId } = letter.ids;
        if (replayId?.startsWith(`${job.id}.`)) {
          const reason = [letter.reason, letter.error].filter(Boolean).join(': ') || null;
          found.push({ replayId, outcome: 'died again', reason, at: letter.diedAt ?? d.clock() });
        }
        return true;
      },
    );
    return { whole: read >= inQueue, found };
  } finally {
    await connection.close();
  }
}
