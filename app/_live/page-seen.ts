'use client';
import { useEffect, useState } from 'react';

/** False while the page is hidden: its streams are let go then, since browsers open few connections to one host. */
export function usePageSeen(): boolean {
  const [seen, setSeen] = useState(true);
  useEffect(() => {
    const look = () => setSeen(document.visibilityState === 'visible');
    look();
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return seen;
}
