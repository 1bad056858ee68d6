/** Which messages of a stream were replayed already: the stream does not tell, the journals of its replays do. */
import type { StateStore } from '../store/state.ts';
import { keyOfId } from './letter.ts';

/** Most jobs that are looked through, and most journals of this stream that are read. */
const JOBS = 1_000;
const JOURNALS = 20;

/** Keys of letters; a letter of a stream has its place in its key. */
export function sentBefore(
  state: Pick<StateStore, 'listJobs' | 'eachLetter'>,
  vhost: string,
  stream: string,
): Set<string> {
  const jobs = state.listJobs(JOBS).filter((job) => job.vhost === vhost && job.queue === stream);
  const sent = new Set<string>();
  for (const { id } of jobs.slice(0, JOURNALS))
    for (const outcome of ['confirmed', 'delivered', 'settled', 'died again', 'unknown'] as const)
      state.eachLetter(id, outcome, ({ deadLetterId }) => sent.add(keyOfId(deadLetterId)));
  return sent;
}
