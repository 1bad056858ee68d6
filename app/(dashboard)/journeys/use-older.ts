'use client';
import { useState } from 'react';
import { call, problemOf } from '@/app/_live/api';
import type { JourneyList } from '@/lib/model/api';
import type { Problem } from '@/lib/model/errors';
import type { JourneySummary } from '@/lib/model/journey';
import { joinPages } from '../_parts/find/question';

interface Older {
  view: string;
  /** The first page as it was when the first older one was read: renewed, it would leave a hole between the two. */
  first: readonly JourneySummary[];
  journeys: readonly JourneySummary[];
  next: string | null;
  searchedTo: number | null;
}

/**
 * The first page, kept fresh by the caller, with older pages under it as they are asked for; from then on all stand still.
 * `query` gives the question as the API takes it, for the same `view`.
 */
export function useOlder(first: JourneyList, view: string, query: () => string) {
  const [older, setOlder] = useState<Older | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const here = older?.view === view ? older : null;
  const { next, searchedTo } = here ?? first;
  const read = async (cursor: string) => {
    setBusy(true);
    setProblem(null);
    try {
      const params = new URLSearchParams(query());
      params.set('cursor', cursor);
      const page = await call<JourneyList>(`/api/journeys?${params}`);
      setOlder({
        view,
        first: here?.first ?? first.journeys,
        journeys: [...(here?.journeys ?? []), ...page.journeys],
        next: page.next,
        searchedTo: page.searchedTo,
      });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    rows: here ? joinPages(here.first, here.journeys) : first.journeys,
    more: next === null ? null : () => void read(next),
    /** How far back was looked, when that was not to the end. */
    searchedTo,
    /** True while older pages are shown, and nothing is renewed. */
    still: here !== null,
    latest: () => setOlder(null),
    busy,
    problem,
  };
}
