'use client';
import { useState } from 'react';
import { call, problemOf } from '@/app/_live/api';
import type { JourneyList } from '@/lib/model/api';
import type { Problem } from '@/lib/model/errors';
import type { JourneySummary } from '@/lib/model/journey';
import { joinPages } from './question';

interface Older {
  query: string;
  journeys: JourneySummary[];
  next: string | null;
}

/** The first page, kept fresh by the caller, with older pages under it as they are asked for. */
export function useOlder(first: JourneyList, query: string) {
  const [older, setOlder] = useState<Older | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const here = older?.query === query ? older : null;
  const next = here ? here.next : first.next;
  const read = async (cursor: string) => {
    setBusy(true);
    setProblem(null);
    try {
      const params = new URLSearchParams(query);
      params.set('cursor', cursor);
      const page = await call<JourneyList>(`/api/journeys?${params}`);
      setOlder({ query, journeys: [...(here?.journeys ?? []), ...page.journeys], next: page.next });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    rows: joinPages(first.journeys, here?.journeys ?? []),
    more: next === null ? null : () => void read(next),
    busy,
    problem,
  };
}
