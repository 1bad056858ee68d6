/** Tells all who subscribed. A listener that throws does not keep the others from hearing. */
import { log, wordsOf } from '../log.ts';

export interface Hub {
  subscribe(listener: () => void): () => void;
  tell(): void;
}

export function createHub(): Hub {
  const listeners = new Set<() => void>();
  return {
    subscribe(listener) {
      // Wrapped, so that one function may subscribe twice and leave once.
      const own = () => listener();
      listeners.add(own);
      return () => listeners.delete(own);
    },
    tell() {
      for (const listener of [...listeners]) {
        try {
          listener();
        } catch (error) {
          log.error('a listener of the live picture failed', { error: wordsOf(error) });
        }
      }
    },
  };
}
