'use client';
import { useLive } from '@/app/_live/LiveProvider';
import { useNow } from '@/app/_ui/clock';
import { ageOf, type What } from './reading-age';

/** "rates up to 15 s old" beside figures that are read less often than people expect; nothing while they are young. */
export function Aged({ parts }: { parts: readonly What[] }) {
  const live = useLive();
  const now = useNow();
  // stale and away have their own words, over the whole page
  const age = live && now !== null && live.freshness === 'live' ? ageOf(live.readings, parts, now) : null;
  return age ? (
    <span className="s t3" title={age.title}>
      {age.words}
    </span>
  ) : null;
}
