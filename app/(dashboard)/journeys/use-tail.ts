'use client';
import { useEffect, useState } from 'react';
import { openEvents } from '@/app/_live/events';
import { usePageSeen } from '@/app/_live/page-seen';
import type { JourneyTail } from '@/lib/model/api';
import type { Problem } from '@/lib/model/errors';
import type { JourneySummary } from '@/lib/model/journey';
import { NO_ROWS, type TailRows, withChange, withLines } from './tail-rows';

export interface Tail extends TailRows {
  /** The question that the rows answer: for a moment still the one before. */
  view: string;
  state: 'opening' | 'open' | 'lost';
  problem: Problem | null;
  note: string | null;
}

const CLOSED: Tail = { ...NO_ROWS, view: '', state: 'opening', problem: null, note: null };

/**
 * Rows as they come in while `on`. A hidden page lets its stream go: browsers open few connections to one host. `page` is
 * the list as it was read last: a line that changed behind the tail's back is renewed by it.
 */
export function useTail(
  view: string,
  query: () => string,
  on: boolean,
  page: readonly JourneySummary[] | undefined,
): Tail {
  const [tail, setTail] = useState<Tail>(CLOSED);
  const seen = usePageSeen();
  const open = on && seen;
  // biome-ignore lint/correctness/useExhaustiveDependencies: `view` is what `query` asks, whatever the clock says
  useEffect(() => {
    if (!on) setTail(CLOSED);
    if (!open) return;
    let first = true;
    setTail((was) => ({ ...CLOSED, rows: was.rows, view: was.view }));
    return openEvents<JourneyTail>(`/api/journeys/tail?${query()}`, 'journeys', {
      onEvent(change) {
        const begins = first;
        first = false;
        setTail((was) => {
          // what an earlier question had found goes when this one is answered
          const base = begins ? { ...was, ...NO_ROWS, view } : was;
          return { ...base, ...withChange(base, change, begins), note: change.note ?? was.note };
        });
      },
      onState(state) {
        if (state === 'opening') first = true;
        setTail((was) => (was.state === state ? was : { ...was, state }));
      },
      onProblem: (problem) => setTail((was) => (was.problem === problem ? was : { ...was, problem })),
    });
  }, [on, open, view]);
  useEffect(() => {
    if (!on || !page) return;
    setTail((was) => (was.state === 'open' ? { ...was, rows: withLines(was.rows, page) } : was));
  }, [on, page]);
  return tail;
}
