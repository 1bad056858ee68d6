'use client';
import { useEffect, useState } from 'react';

/**
 * State that outlives leaving the page, for this tab: the session storage of the browser. `read` makes the
 * value of what was stored, null when it cannot.
 * The first render is always `initial`, as on the server. A value that is too large to store is kept while the page lasts.
 * Until `loaded` a change would be overwritten by what was stored: let nobody type before.
 */
export function useStored<T>(
  name: string,
  read: (stored: unknown) => T | null,
  initial: T,
  arrive?: (stored: T) => T,
) {
  const [value, setValue] = useState(initial);
  const [loaded, setLoaded] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: read once, when the page opens
  useEffect(() => {
    const stored = load(name, read) ?? initial;
    setValue(arrive ? arrive(stored) : stored);
    setLoaded(true);
  }, []);
  useEffect(() => {
    if (loaded) save(name, value);
  }, [loaded, name, value]);
  return [value, setValue, loaded] as const;
}

function load<T>(name: string, read: (stored: unknown) => T | null): T | null {
  try {
    return read(JSON.parse(sessionStorage.getItem(name) ?? 'null'));
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
