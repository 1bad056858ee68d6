/** When a job that sent everything need not be followed any longer: pure. */
import type { ReplayCounts } from '../model/replay.ts';

export interface Following {
  counts: Pick<ReplayCounts, 'confirmed' | 'delivered' | 'settled' | 'diedAgain'>;
  now: number;
  until: number;
  /** Since when no row has changed. */
  quietSince: number;
  /** Consumers of the targets report spans: what is delivered may still become settled. */
  spans: boolean;
  /** A death of a copy would be known by now: a tap sees them, or the dead letters were read since the last delivery. */
  deathsKnown: boolean;
}

/** A delivery that its consumer rejects is dead within this time, mostly; ms. */
export const QUIET_MS = 5_000;

/** `note`: what stays unknown, in words; null: nothing does. */
export function judgeFollowing(f: Following): { note: string | null } | null {
  const { confirmed, delivered } = f.counts;
  if (confirmed + delivered === 0) return { note: null };
  const quiet = f.now - f.quietSince >= QUIET_MS;
  if (f.now < f.until && (confirmed > 0 || f.spans || !quiet || !f.deathsKnown)) return null;
  const parts = [
    confirmed > 0
      ? `${n(confirmed)} not yet seen to be delivered: ${one(confirmed, 'it waits', 'they wait')} in the target, or the event was missed`
      : '',
    delivered > 0
      ? `${n(delivered)} delivered, not known to be settled: ${f.spans ? 'no span has come yet' : 'no spans come from there'}`
      : '',
    delivered > 0 && !f.deathsKnown
      ? 'whether they died again is not known: no tap sees what dies there'
      : '',
  ].filter(Boolean);
  return { note: `${parts.join('; ')}. The receipt changes when more is heard.` };
}

const n = (count: number) => count.toLocaleString('en-US');
const one = (count: number, single: string, many: string) => (count === 1 ? single : many);
