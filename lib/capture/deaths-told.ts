/** Deaths in a batch of facts, by where and why, for the figures of this process: as a dead-letter tap saw them. Pure. */
import type { Fact } from '../model/fact.ts';

export interface DeathsTold {
  vhost: string;
  /** Where they died. */
  queue: string;
  reason: string;
  count: number;
}

export function deathsIn(facts: readonly Fact[]): DeathsTold[] {
  const told = new Map<string, DeathsTold>();
  for (const fact of facts) {
    // other sources tell of the same deaths again
    if (fact.kind !== 'died' || fact.source !== 'dead-letter-tap') continue;
    const { vhost, queue = '' } = fact;
    const reason = fact.deaths?.[0]?.reason ?? 'unknown';
    const key = JSON.stringify([vhost, queue, reason]);
    const one = told.get(key) ?? { vhost, queue, reason, count: 0 };
    one.count++;
    told.set(key, one);
  }
  return [...told.values()];
}
