/**
 * Facts on their way into the store, and the deliveries to acknowledge once they are there. A batch is committed at
 * `BATCH_FACTS` or `BATCH_MS` after its first, whichever comes first. received = stored + dropped + in memory, always.
 */
import { isHoplightError } from '../model/errors.ts';
import type { Fact } from '../model/fact.ts';
import type { CaptureCounts } from '../model/live.ts';
import type { FactWriter } from '../store/facts.ts';

export const BATCH_FACTS = 500;
export const BATCH_MS = 50;
/** After the store refused a batch: the facts stay here, the broker holds back the rest. */
const RETRY_MS = 1_000;

/** Somebody whose deliveries are acknowledged when the batch that holds them is in the store. */
export interface Acknowledging {
  /** Everything that it handed in so far is stored or dropped. */
  stored(): void;
}

export interface BatchOptions {
  writer: () => FactWriter | null;
  /** After each commit, with the facts of that batch. */
  committed: (facts: readonly Fact[]) => void;
  /** The store refused (words) or takes facts again (null). */
  trouble: (words: string | null) => void;
  setTimer: (run: () => void, ms: number) => () => void;
}

export class Batch {
  readonly #o: BatchOptions;
  readonly #dropped: Record<string, number> = {};
  readonly #waiting = new Set<Acknowledging>();
  #facts: Fact[] = [];
  #received = 0;
  #stored = 0;
  #cancel: (() => void) | null = null;
  #refused = false;

  constructor(o: BatchOptions) {
    this.#o = o;
  }

  /** One event came and is a fact. */
  add(fact: Fact, from: Acknowledging): void {
    this.#received++;
    this.#facts.push(fact);
    this.#expect(from);
    if (this.#facts.length >= BATCH_FACTS && !this.#refused) this.flush();
  }

  /** One event came and is not stored. */
  drop(reason: string, from: Acknowledging): void {
    this.#received++;
    this.#count(reason, 1);
    this.#expect(from);
  }

  counts(): CaptureCounts {
    return {
      received: this.#received,
      stored: this.#stored,
      inMemory: this.#facts.length,
      dropped: { ...this.#dropped },
    };
  }

  /** Commits what is there. Answers false when the store refused: nothing is lost, it is tried again. */
  flush(): boolean {
    this.#cancel?.();
    this.#cancel = null;
    if (this.#facts.length > 0 && !this.#store()) return false;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const one of waiting) one.stored();
    return true;
  }

  #store(): boolean {
    const facts = this.#facts;
    try {
      const writer = this.#o.writer();
      if (!writer) return this.#wait('The fact store is not open.');
      const fresh = writer.append(facts);
      this.#facts = [];
      this.#stored += fresh;
      if (fresh < facts.length) this.#count('stored before', facts.length - fresh);
      this.#refused = false;
      this.#o.trouble(writer.problem()?.message ?? null);
    } catch (error) {
      return this.#wait(isHoplightError(error) ? error.message : String(error));
    }
    this.#o.committed(facts);
    return true;
  }

  #wait(words: string): false {
    this.#refused = true;
    this.#o.trouble(words);
    this.#cancel ??= this.#o.setTimer(() => this.flush(), RETRY_MS);
    return false;
  }

  #expect(from: Acknowledging): void {
    this.#waiting.add(from);
    this.#cancel ??= this.#o.setTimer(() => this.flush(), BATCH_MS);
  }

  #count(reason: string, n: number): void {
    this.#dropped[reason] = (this.#dropped[reason] ?? 0) + n;
  }
}
