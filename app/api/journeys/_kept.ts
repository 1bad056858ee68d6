/** The last few results by key, each for as long as what it was made from stays the same. */
export interface Kept<T> {
  /** `state` and `about` (compared by identity) say what it was made from; `make` is called when either changed. */
  of(key: string, state: string, about: object | null, make: () => T): T;
}

export function createKept<T>(most: number): Kept<T> {
  const entries = new Map<string, { state: string; about: object | null; value: T }>();
  return {
    of(key, state, about, make) {
      const known = entries.get(key);
      const value = known && known.state === state && known.about === about ? known.value : make();
      // the latest asked last: the first is the one to go
      entries.delete(key);
      entries.set(key, { state, about, value });
      const [oldest] = entries.keys();
      if (entries.size > most && oldest !== undefined) entries.delete(oldest);
      return value;
    },
  };
}
