/** When a job pauses by itself, and when it goes on: pure. Unknown is not zero: what cannot be read brakes too. */
import type { Brake, Hold } from '../model/replay.ts';
import { tookWords } from './took.ts';

/** What a target holds, as last read; null: not known. */
export interface Reading {
  queue: string;
  /** ready and unacknowledged */
  depth: number | null;
  unacked: number | null;
  /** ms since 1970 */
  at: number | null;
}

export interface BrakeSeen {
  /** Copies of this job that died again, less those that somebody has seen and let go on. */
  diedAgain: number;
  targets: readonly Reading[];
}

/** A reading that is older is no reading, ms. */
export const STALE_MS = 15_000;

/**
 * The hold that there should be now; null: it may go. `held`: the hold of this brake that there is; a target that braked lets
 * go below half of its limit only, so that the job does not stutter about the limit itself.
 */
export function judgeBrake(brake: Brake, seen: BrakeSeen, held: Hold | null, now: number): Hold | null {
  if (held && !held.goesOn) return held;
  const { diedAgain, depth, unacked } = brake;
  if (diedAgain !== undefined && seen.diedAgain >= diedAgain)
    return { by: 'brake', at: now, goesOn: false, words: `${figure(seen.diedAgain)} died again` };
  for (const target of seen.targets) {
    const age = target.at === null ? null : now - target.at;
    const words =
      tooMuch(target, 'messages', target.depth, depth, age, held !== null) ??
      tooMuch(target, 'unacknowledged', target.unacked, unacked, age, held !== null);
    if (words !== null) return { by: 'brake', at: held?.at ?? now, goesOn: true, words };
  }
  return null;
}

function tooMuch(
  { queue }: Reading,
  unit: string,
  value: number | null,
  limit: number | undefined,
  age: number | null,
  isHeld: boolean,
): string | null {
  if (limit === undefined) return null;
  const stale = age === null || age > STALE_MS;
  if (stale || value === null)
    return `how many ${unit} ${queue} holds is not known${stale && age !== null ? ` for ${tookWords(age)}` : ''}`;
  if (value > limit) return `${queue} holds ${figure(value)} ${unit}, over ${figure(limit)}`;
  return isHeld && value >= limit / 2
    ? `${queue} holds ${figure(value)} ${unit}; goes on below ${figure(limit / 2)}`
    : null;
}

function figure(n: number): string {
  return n.toLocaleString('en-US');
}
