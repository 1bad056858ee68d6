/** One job per dead-letter queue: a claim in the store that outlives a crash by a few seconds only. */
import { hostname } from 'node:os';
import { queueKey } from '../model/broker.ts';

export const leaseKey = (vhost: string, queue: string) => `replay ${queueKey(vhost, queue)}`;

/** Who holds it, for people, and behind an @ the process, so that its death can be seen before the claim runs out. */
export function holderOf(user: string, jobId: string): string {
  return `${user}, replay ${jobId} @${hostname()}/${process.pid}`;
}

export function shownHolder(holder: string): string {
  return holder.replace(/ @[^@]*$/, '');
}

/**
 * True when the holder was a process of this machine that is gone. `atStart`: asked before any job of our own; a holder
 * with our process ID is then an earlier process (in a container it always has the same).
 */
export function isGone(holder: string, atStart: boolean): boolean {
  const [, host, pid] = / @([^@]*)\/(\d+)$/.exec(holder) ?? [];
  if (host !== hostname() || pid === undefined) return false;
  if (Number(pid) === process.pid) return atStart;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
