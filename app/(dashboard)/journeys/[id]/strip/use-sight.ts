'use client';
import { type RefObject, useEffect, useState } from 'react';

/** From where to where the drawing is to be drawn, px. */
export interface Sight {
  x0: number;
  x1: number;
}

const ALL: Sight = { x0: Number.NEGATIVE_INFINITY, x1: Number.POSITIVE_INFINITY };
/** Moved in steps of this many px, and drawn so far beyond the frame. */
const STEP = 600;

/** What a frame that scrolls sideways shows, generously; everything while it is not `many`. */
export function useSight(frame: RefObject<HTMLElement | null>, many: boolean): Sight {
  const [sight, setSight] = useState<Sight>(ALL);
  useEffect(() => {
    const box = frame.current;
    if (!box || !many) return setSight(ALL);
    const look = () => {
      const first = Math.floor(box.scrollLeft / STEP) - 1;
      const steps = Math.ceil(box.clientWidth / STEP) + 3;
      const now = { x0: first * STEP, x1: (first + steps) * STEP };
      setSight((old) => (old.x0 === now.x0 && old.x1 === now.x1 ? old : now));
    };
    look();
    box.addEventListener('scroll', look, { passive: true });
    addEventListener('resize', look);
    return () => {
      box.removeEventListener('scroll', look);
      removeEventListener('resize', look);
    };
  }, [frame, many]);
  return sight;
}

export function inSight(sight: Sight, x0: number, x1: number): boolean {
  return x1 >= sight.x0 && x0 <= sight.x1;
}
