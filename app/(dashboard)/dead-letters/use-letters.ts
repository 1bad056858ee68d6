'use client';
import { useEffect, useRef, useState } from 'react';
import { call, problemOf } from '@/app/_live/api';
import { withParams } from '@/app/_live/scope';
import type { DeadLetterPage } from '@/lib/model/api';
import type { Problem } from '@/lib/model/errors';
import type { LetterFilter } from '@/lib/model/letter-filter';
import { queueKey } from '@/lib/model/names';
import type { DeadLetterQueue } from '@/lib/model/replay';
import { whereText } from '@/lib/model/where';
import { firstPage, type Letters, withPage } from './letters';

/** Messages of one page. */
export const PAGE = 1_000;

/** The last reading of the last queue: coming back from a journey must not cost the messages another life. */
let kept: { key: string; letters: Letters } | null = null;

export interface Reading {
  letters: Letters | null;
  problem: Problem | null;
  busy: 'first' | 'more' | null;
  /** Reads from the queue's head, with a filter as it was typed and as it was understood. */
  read: (typed: string, filter: LetterFilter | null) => Promise<Letters | null>;
  /** Reads the page after the last one. */
  more: (filter: LetterFilter | null) => Promise<Letters | null>;
}

/** Reads a dead-letter queue page by page, and only when told to. A new reading takes the place of one on its way. */
export function useLetters({ vhost, queue }: Pick<DeadLetterQueue, 'vhost' | 'queue'>): Reading {
  const key = queueKey(vhost, queue);
  const [letters, setLetters] = useState<Letters | null>(() => (kept?.key === key ? kept.letters : null));
  const [problem, setProblem] = useState<Problem | null>(null);
  const [busy, setBusy] = useState<Reading['busy']>(null);
  const asking = useRef<AbortController>(null);
  useEffect(() => () => asking.current?.abort(), []);

  const get = async (
    how: 'first' | 'more',
    filter: LetterFilter | null,
    after: number | null,
    take: (page: DeadLetterPage) => Letters,
  ): Promise<Letters | null> => {
    asking.current?.abort();
    const mine = new AbortController();
    asking.current = mine;
    setBusy(how);
    setProblem(null);
    const url = withParams(
      `/api/dead-letters/${encodeURIComponent(vhost)}/${encodeURIComponent(queue)}/messages`,
      {
        limit: String(PAGE),
        after: after === null ? null : String(after),
        // as understood here, in this reader's zone and at this moment
        where: filter ? whereText(filter) : null,
      },
    );
    try {
      const next = take(await call<DeadLetterPage>(url, { signal: mine.signal }));
      if (mine.signal.aborted) return null;
      kept = { key, letters: next };
      setLetters(next);
      setBusy(null);
      return next;
    } catch (error) {
      if (mine.signal.aborted) return null;
      setProblem(problemOf(error));
      setBusy(null);
      return null;
    }
  };
  return {
    letters,
    problem,
    busy,
    read: (typed, filter) => get('first', filter, null, (page) => firstPage(page, typed)),
    more: async (filter) => {
      if (!letters || letters.next === null) return null;
      return get('more', filter, letters.next, (page) => withPage(letters, page));
    },
  };
}
