'use client';
import { useEffect, useRef, useState } from 'react';

/** Without a scrolled frame for so long the page stands still, ms. */
const STILL = 150;

/**
 * The latest value, or while the page is scrolled the one from before: to filter and sort ten thousand rows anew takes
 * several frames. Where there was none, a first one is taken at once.
 */
export function useHeldWhileScrolling<T>(value: T | null): T | null {
  const [held, setHeld] = useState<T | null>(null);
  const latest = useRef(value);
  useEffect(() => {
    latest.current = value;
  }, [value]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const scrolled = () => {
      if (timer === undefined) setHeld(latest.current);
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        setHeld(null);
      }, STILL);
    };
    addEventListener('scroll', scrolled, { passive: true });
    return () => {
      removeEventListener('scroll', scrolled);
      clearTimeout(timer);
    };
  }, []);
  return held ?? value;
}
