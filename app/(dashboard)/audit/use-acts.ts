'use client';
import { useState } from 'react';
import { call, problemOf } from '@/app/_live/api';
import { useApi } from '@/app/_live/query';
import type { AuditEntryView, AuditList } from '@/lib/model/audit';
import type { Problem } from '@/lib/model/errors';

const EVERY_MS = 4_000;
/** A text is looked for in every entry: less often. */
const EVERY_MS_WITH_TEXT = 20_000;

interface Older {
  view: string;
  entries: readonly AuditEntryView[];
  next: number | null;
}

/** The latest entries, kept fresh, and older ones under them as they are asked for; from then on all stand still. */
export function useActs(query: URLSearchParams) {
  const view = query.toString();
  const [older, setOlder] = useState<Older | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const here = older?.view === view ? older : null;
  const state = useApi<AuditList>(
    ['audit', view],
    `/api/audit?${view}`,
    here ? {} : { every: query.has('text') ? EVERY_MS_WITH_TEXT : EVERY_MS },
  );
  const next = here ? here.next : (state.data?.next ?? null);
  const entries = here?.entries ?? state.data?.entries ?? [];
  const read = async (before: number) => {
    setBusy(true);
    setProblem(null);
    try {
      const page = await call<AuditList>(`/api/audit?${view}&before=${before}`);
      setOlder({ view, entries: [...entries, ...page.entries], next: page.next });
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  };
  return {
    state,
    entries,
    more: next === null ? null : () => void read(next),
    still: here !== null,
    latest: () => setOlder(null),
    busy,
    problem,
  };
}
