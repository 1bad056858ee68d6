'use client';
import { useEffect, useState } from 'react';

/**
 * False while the page is hidden, `graceMs` after it was: its streams are let go then, since browsers open few connections
 * to one host (six over HTTP/1.1: with six forgotten tabs the seventh would wait for ever).
 */
export function usePageSeen(graceMs = 0): boolean {
  const [seen, setSeen] = useState(true);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => {
      clearTimeout(timer);
      if (document.visibilityState === 'visible') setSeen(true);
      else timer = setTimeout(() => setSeen(false), graceMs);
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [graceMs]);
  return seen;
}
