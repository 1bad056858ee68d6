/**
 * Our own facts (publishes, replays) on their way to the worker. They are kept until it has stored them, so that a worker
 * that ends takes none with it: the next one gets them again, and the store knows them by their IDs.
 */
import type { Fact } from '../model/fact.ts';
import type { CaptureCounts } from '../model/live.ts';
import { emptyCounts } from './counts.ts';

interface Entry {
  number: number;
  facts: Fact[];
}

/** Facts kept while the worker is away or its store refuses; then the newest are dropped, and counted. */
const LIMIT = 50_000;

export class Recorder {
  #entries: Entry[] = [];
  #waiting = 0;
  #number = 0;
  #dropped = 0;

  /** The entry to send, or null when there is no room. */
  add(facts: readonly Fact[]): Entry | null {
    if (this.#waiting + facts.length > LIMIT) {
      this.#dropped += facts.length;
      return null;
    }
    const entry = { number: ++this.#number, facts: [...facts] };
    this.#entries.push(entry);
    this.#waiting += facts.length;
    return entry;
  }

  /** Everything up to `number` is stored. */
  stored(number: number): void {
    this.#entries = this.#entries.filter((entry) => entry.number > number);
    this.#waiting = this.#entries.reduce((sum, entry) => sum + entry.facts.length, 0);
  }

  /** To be sent again to a new worker. */
  entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Facts that a worker had taken and not stored. */
  takenBy(taken: number): number {
    return this.#entries.reduce((sum, e) => (e.number <= taken ? sum + e.facts.length : sum), 0);
  }

  /** What the worker, which took up to `taken`, has not counted yet. */
  counts(taken: number): CaptureCounts {
    const underWay = this.#waiting - this.takenBy(taken);
    return {
      ...emptyCounts,
      received: underWay + this.#dropped,
      inMemory: underWay,
      dropped: this.#dropped > 0 ? { 'too many waiting': this.#dropped } : {},
    };
  }
}
