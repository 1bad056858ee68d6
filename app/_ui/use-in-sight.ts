'use client';
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { inSight } from './table-items';

interface Range {
  first: number;
  end: number;
}

/** What covers the window's ends (top bar, sticky head; bottom bar, selection), px: a revealed row stands between. */
const COVERED = { top: 96, bottom: 64 };

/**
 * Which items of a list that the page itself scrolls are to be drawn, `edges` as of `edgesOf`. Follows the window, and
 * what stands above the list and grows or shrinks.
 */
export function useInSight(list: RefObject<HTMLElement | null>, edges: readonly number[]): Range {
  const [range, setRange] = useState<Range>(() => inSight(edges, 0, 1_000));
  const look = () => {
    const box = list.current?.getBoundingClientRect();
    if (!box) return;
    const now = inSight(edges, -box.top, innerHeight - box.top);
    setRange((old) => (old.first === now.first && old.end === now.end ? old : now));
  };
  const drawn = useRef({ edges, range });
  useLayoutEffect(() => {
    // drawn anew because of what was looked at: looking again would lay the page out once more in every scrolled frame
    const scrolled = drawn.current.edges === edges && drawn.current.range !== range;
    drawn.current = { edges, range };
    if (!scrolled) look();
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `look` reads what it needs when it is called
  useEffect(() => {
    addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [list, edges]);
  return range;
}

/** Scrolls the window just so far that the item stands in sight. */
export function reveal(list: HTMLElement, edges: readonly number[], index: number): void {
  const { top } = list.getBoundingClientRect();
  const above = top + (edges[index] ?? 0) - COVERED.top;
  const below = top + (edges[index + 1] ?? 0) - (innerHeight - COVERED.bottom);
  const by = above < 0 ? above : Math.max(below, 0);
  if (by !== 0) scrollBy({ top: by, behavior: 'instant' });
}
