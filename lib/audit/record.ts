/** Intent before, outcome after: a crash between both leaves the intent, so nothing happens unseen. */
import { randomUUID } from 'node:crypto';
import { wordsOf } from '../log.ts';
import type { StateStore } from '../store/state.ts';

export interface ActIntent {
  by: string;
  /** replay, publish, tap, cancel, … */
  kind: string;
  words: string;
  intent: unknown;
  href: string | null;
}

export interface Audit {
  /** Writes the intent, does the work, writes how it ended (`outcomeOf` in words), and passes result or error on. */
  act<T>(intent: ActIntent, work: () => Promise<T>, outcomeOf: (result: T) => string): Promise<T>;
  /** For work that ends later, elsewhere: the returned function writes the outcome. */
  begin(intent: ActIntent): (outcome: string) => void;
}

export function createAudit(state: StateStore, clock: () => number): Audit {
  function begin(intent: ActIntent): (outcome: string) => void {
    const id = randomUUID();
    state.recordIntent({ id, at: clock(), ...intent });
    return (outcome) => state.recordOutcome(id, outcome, clock());
  }
  return {
    begin,
    async act(intent, work, outcomeOf) {
      const end = begin(intent);
      try {
        const result = await work();
        end(outcomeOf(result));
        return result;
      } catch (error) {
        end(`failed: ${wordsOf(error)}`);
        throw error;
      }
    },
  };
}
