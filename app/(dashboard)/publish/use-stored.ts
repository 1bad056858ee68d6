'use client';
import { useEffect, useState } from 'react';
import type { z } from 'zod';

/**
 * State that outlives leaving the page, for this tab: the session storage of the browser, parsed when read again.
 * The first render is always `initial`, as on the server. A value that is too large to store is kept while the page lasts.
 */
export function useStored<T>(name: string, schema: z.ZodType<T>, initial: T, arrive?: (stored: T) => T) {
  const [value, setValue] = useState(initial);
  const [read, setRead] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, when the page opens
  useEffect(() => {
    const stored = load(name, schema) ?? initial;
    setValue(arrive ? arrive(stored) : stored);
    setRead(true);
  }, []);
  useEffect(() => {
    if (read) save(name, value);
  }, [read, name, value]);
  return [value, setValue] as const;
}

function load<T>(name: string, schema: z.ZodType<T>): T | null {
  try {
    return schema.parse(JSON.parse(sessionStorage.getItem(name) ?? 'null'));
  } catch {
    return null;
  }
}

function save(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(name, JSON.stringify(value));
  } catch {
    sessionStorage.removeItem(name);
  }
}
