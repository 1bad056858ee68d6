'use client';
import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useMemo } from 'react';
import {
  type Condition,
  paramsWith,
  type Question,
  questionOf,
  withCondition,
} from '../_parts/find/question';

export interface Asking {
  question: Question;
  /** Conditions to add, or put in place of those of their field; `q` when it changed too. */
  add: (conditions: readonly Condition[], q?: string) => void;
  remove: (condition: Condition) => void;
  /** All conditions but the vhost, which is the scope of every screen, and what is looked for. */
  clear: () => void;
  set: (question: Question) => void;
}

/** The question lives in the URL, which is written in place. */
export function useQuestion(): Asking {
  const params = useSearchParams();
  const path = usePathname();
  const question = useMemo(() => questionOf(params), [params]);
  const write = useCallback(
    (change: (was: Question) => Question) => {
      // the address bar, not the last render: two changes in one event must both survive
      const now = new URLSearchParams(location.search);
      const text = paramsWith(now, change(questionOf(now))).toString();
      history.replaceState(null, '', text ? `${path}?${text}` : path);
    },
    [path],
  );
  return useMemo(
    () => ({
      question,
      add: (conditions, q) =>
        write((was) => ({
          q: q ?? was.q,
          conditions: conditions.reduce<readonly Condition[]>(withCondition, was.conditions),
        })),
      remove: (gone) =>
        write((was) => ({
          ...was,
          conditions: was.conditions.filter((c) => c.field !== gone.field || c.value !== gone.value),
        })),
      clear: () => write((was) => ({ q: '', conditions: was.conditions.filter((c) => c.field === 'vhost') })),
      set: (next) => write(() => next),
    }),
    [question, write],
  );
}
